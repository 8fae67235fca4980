package io.github.llamacpp4j.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One connection on which a test says what it wants, byte by byte. */
final class RawClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;

    /** An answer: its status, its headers by lower-case name, and its body. */
    record Answer(int status, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        String errorCode() {
            return json().path("error").path("code").asString("");
        }
    }

    RawClient(Server server) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Asks on a connection of its own. */
    static Answer ask(Server server, String request) throws IOException {
        try (RawClient client = new RawClient(server)) {
            return client.send(request).answer();
        }
    }

    static String get(String path, String... headers) {
        return "GET " + path + " HTTP/1.1\r\n" + headers(headers) + "\r\n";
    }

    static String post(String path, String body, String... headers) {
        return postAs("application/json", path, body, headers);
    }

    static String postAs(String type, String path, String body, String... headers) {
        return "POST " + path + " HTTP/1.1\r\n" + headers(headers)
                + "Content-Type: " + type + "\r\nContent-Length: " + body.getBytes(UTF_8).length + "\r\n\r\n"
                + body;
    }

    private static String headers(String... headers) {
        StringBuilder text = new StringBuilder("Host: 127.0.0.1\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.toString();
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(UTF_8));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    Socket socket() {
        return socket;
    }

    Answer answer() throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        Map<String, String> headers = readHeaders();
        if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (byte[] chunk = chunk(); chunk.length > 0; chunk = chunk()) {
                body.writeBytes(chunk);
            }
            return new Answer(status, headers, body.toString(UTF_8));
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Answer(status, headers, new String(in.readNBytes(length), UTF_8));
    }

    /** Reads the beginning of an answer that comes in chunks, for {@link #chunk}. */
    Answer begin() throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        return new Answer(status, readHeaders(), "");
    }

    private Map<String, String> readHeaders() throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    /** The next chunk; empty at the end. */
    byte[] chunk() throws IOException {
        int length = Integer.parseInt(line(), 16);
        byte[] bytes = in.readNBytes(length);
        line();
        return bytes;
    }

    /** Whether the server has closed the connection; waits for it. */
    boolean isClosed() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the server closed the connection after: " + line.toString(ISO_8859_1));
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
