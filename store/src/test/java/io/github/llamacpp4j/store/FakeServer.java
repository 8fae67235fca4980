package io.github.llamacpp4j.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server with every bad habit. */
final class FakeServer implements AutoCloseable {

    /** What is served at a path, and how. */
    static final class Resource {
        private volatile byte[] content = new byte[0];
        private int status = 200;
        private boolean ranges = true;
        private boolean conditions = true;
        private boolean announcesLength = true;
        private int dropAfterBytes = Integer.MAX_VALUE;
        private int drops;
        private int[] dropsAfterBytes = {};
        private int answers;
        private int pauseMillis;
        private final Map<String, String> headers = new HashMap<>();

        Resource content(byte[] value) {
            this.content = value;
            return this;
        }

        Resource status(int value) {
            this.status = value;
            return this;
        }

        Resource header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        Resource withoutRanges() {
            this.ranges = false;
            return this;
        }

        /** Sends the part that is asked for whatever {@code If-Range} says. */
        Resource withoutConditions() {
            this.conditions = false;
            return this;
        }

        Resource withoutLength() {
            this.announcesLength = false;
            return this;
        }

        /** Cuts the connection after so many bytes of an answer, so many times. */
        Resource dropping(int afterBytes, int times) {
            this.dropAfterBytes = afterBytes;
            this.drops = times;
            return this;
        }

        /** Cuts every answer, after these numbers of bytes in turn. */
        Resource alwaysDropping(int... afterBytes) {
            this.dropsAfterBytes = afterBytes;
            return this;
        }

        /** Waits after every 64 KiB. */
        Resource slow(int millis) {
            this.pauseMillis = millis;
            return this;
        }
    }

    /**
     * A request as it came.
     *
     * @param target path and query
     * @param headers headers by lower-case name
     */
    record Request(String target, Map<String, String> headers) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Resource> resources = new ConcurrentHashMap<>();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());

    FakeServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI at(String target) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + target);
    }

    Resource serve(String target) {
        return resources.computeIfAbsent(target, t -> new Resource());
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String target = exchange.getRequestURI().toString();
            Map<String, String> headers = new HashMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
            requests.add(new Request(target, headers));
            Resource resource = resources.get(target);
            if (resource == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            resource.headers.forEach(exchange.getResponseHeaders()::set);
            if (resource.status == 206 && !resource.headers.containsKey("Content-Range")) {
                exchange.getResponseHeaders().set("Content-Range", "bytes 7-8/100");
            }
            if (resource.status != 200) {
                exchange.sendResponseHeaders(resource.status, -1);
                return;
            }
            send(exchange, resource, headers);
        }
    }

    private static void send(HttpExchange exchange, Resource resource, Map<String, String> headers) throws IOException {
        byte[] content = resource.content;
        int from = 0;
        int to = content.length;
        int status = 200;
        String range = headers.get("range");
        String condition = headers.get("if-range");
        boolean same = condition == null
                || !resource.conditions
                || condition.equals(resource.headers.get("ETag"))
                || condition.equals(resource.headers.get("Last-Modified"));
        if (range != null && resource.ranges && same) {
            String[] bounds = range.substring("bytes=".length()).split("-", -1);
            from = Integer.parseInt(bounds[0]);
            to = bounds[1].isEmpty() ? to : Math.min(to, Integer.parseInt(bounds[1]) + 1);
            if (from >= content.length) {
                exchange.getResponseHeaders().set("Content-Range", "bytes */" + content.length);
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            status = 206;
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + content.length);
        }
        int end = to;
        if (resource.drops > 0) {
            resource.drops--;
            end = (int) Math.min(to, (long) from + resource.dropAfterBytes);
        }
        if (resource.dropsAfterBytes.length > 0) {
            int after = resource.dropsAfterBytes[resource.answers++ % resource.dropsAfterBytes.length];
            end = Math.min(to, from + after);
        }
        exchange.sendResponseHeaders(status, resource.announcesLength ? Math.max(1, to - from) : 0);
        try (OutputStream out = new Uncompleted(exchange.getResponseBody(), end == to)) {
            for (int at = from; at < end; at += 1 << 16) {
                out.write(content, at, Math.min(1 << 16, end - at));
                if (resource.pauseMillis > 0) {
                    out.flush();
                    pause(resource.pauseMillis);
                }
            }
        }
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves the stream open where it is to look cut, since closing it would end the answer properly. */
    private static final class Uncompleted extends FilterOutputStream {
        private final boolean complete;

        Uncompleted(OutputStream out, boolean complete) {
            super(out);
            this.complete = complete;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            if (complete) {
                out.close();
            } else {
                out.flush();
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
