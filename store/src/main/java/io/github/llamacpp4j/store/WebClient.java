package io.github.llamacpp4j.store;

import io.github.llamacpp4j.store.StoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks web servers. Redirects are followed here and not by the JDK's client, because the token must not travel to the
 * host that a redirect names.
 */
final class WebClient implements AutoCloseable {

    private static final int MAX_REDIRECTS = 10;

    /**
     * What a server answered.
     *
     * @param address the address that answered, after redirects
     */
    record Answer(URI address, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {

        Optional<String> header(String name) {
            return headers.firstValue(name);
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    private final StoreOptions options;
    private final HttpClient client;

    WebClient(StoreOptions options) {
        this.options = options;
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(options.connectTimeout())
                .proxy(options.proxies())
                .build();
    }

    StoreOptions options() {
        return options;
    }

    /**
     * Asks for an address and follows redirects.
     *
     * @throws IOException if no answer comes, so that another try may help
     */
    Answer get(URI address, Map<String, String> headers) throws IOException {
        Set<URI> seen = new HashSet<>();
        URI next = address;
        while (seen.add(next)) {
            if (seen.size() > MAX_REDIRECTS) {
                throw new StoreException(Kind.REDIRECT, address + " redirects more than " + MAX_REDIRECTS + " times");
            }
            Answer answer = once(next, headers);
            switch (answer.status()) {
                case 301, 302, 303, 307, 308 -> {
                    answer.close();
                    next = target(address, next, answer);
                }
                default -> {
                    return answer;
                }
            }
        }
        throw new StoreException(Kind.REDIRECT, address + " redirects in a circle, through " + next);
    }

    private static URI target(URI start, URI from, Answer answer) {
        String location = answer.header("Location").orElse("");
        URI target;
        try {
            target = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    Kind.REDIRECT, start + " redirects to something that is no address: " + location, e);
        }
        boolean secure = "https".equalsIgnoreCase(target.getScheme());
        boolean plain = "http".equalsIgnoreCase(target.getScheme());
        if (location.isEmpty() || target.getHost() == null || !(secure || plain)) {
            throw new StoreException(
                    Kind.REDIRECT, start + " redirects to '" + location + "', which is no web address");
        }
        if (plain && "https".equalsIgnoreCase(from.getScheme())) {
            throw new StoreException(
                    Kind.REDIRECT, start + " redirects from https to http (" + target + "), which is not followed");
        }
        return target;
    }

    private Answer once(URI address, Map<String, String> headers) throws IOException {
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(address)
                    .timeout(options.stallTimeout())
                    .header("User-Agent", "llamacpp4j");
        } catch (IllegalArgumentException e) {
            throw new StoreException(Kind.NOT_FOUND, "not a web address: " + address + " (" + e.getMessage() + ")", e);
        }
        headers.forEach(request::header);
        options.huggingFaceToken()
                .filter(token -> sameOrigin(address, options.huggingFaceEndpoint()))
                .ifPresent(token -> request.header("Authorization", "Bearer " + token));
        try {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            return new Answer(address, response.statusCode(), response.headers(), response.body());
        } catch (ConnectException e) {
            throw new IOException("cannot connect to " + address.getAuthority() + throughProxy(address), e);
        } catch (IOException e) {
            String through = throughProxy(address);
            throw through.isEmpty() ? e : new IOException(reason(e) + through, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Kind.INTERRUPTED, "interrupted while waiting for " + address, e);
        }
    }

    /** Names the proxy that an address is asked through: where it fails, the address itself may be fine. */
    private String throughProxy(URI address) {
        return options.proxies().select(address).stream()
                .map(Proxy::address)
                .filter(InetSocketAddress.class::isInstance)
                .map(InetSocketAddress.class::cast)
                .findFirst()
                .map(proxy -> " through the proxy " + proxy.getHostString() + ":" + proxy.getPort()
                        + " (the variables https_proxy, http_proxy and all_proxy name it, no_proxy makes exceptions)")
                .orElse("");
    }

    /** What a failure says of itself. */
    static String reason(IOException failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private static boolean sameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && one.getPort() == other.getPort();
    }

    /**
     * What an answer other than success means.
     *
     * @throws IOException where another try may help
     * @throws StoreException where it will not
     */
    StoreException refused(URI asked, Answer answer) throws IOException {
        int status = answer.status();
        boolean huggingFace = sameOrigin(asked, options.huggingFaceEndpoint());
        return switch (status) {
            case 401 ->
                new StoreException(
                        Kind.UNAUTHORIZED,
                        asked + " wants to know who asks (401). "
                                + (huggingFace
                                        ? "The repository is private, gated or misspelt: set HF_TOKEN to a token that may read it."
                                        : "Fetch the file with a program that can log in and use its path."));
            case 403 ->
                new StoreException(
                        Kind.FORBIDDEN,
                        asked + " is refused (403). "
                                + (huggingFace
                                        ? "Accept the model's terms on its page and set HF_TOKEN to a token that may read it."
                                        : "Check the address, or fetch the file by other means and use its path."));
            case 404, 410 ->
                new StoreException(
                        Kind.NOT_FOUND,
                        asked + " does not exist (" + status + "). Check owner, repository, revision and file name.");
            case 408, 425, 429, 500, 502, 503, 504 ->
                throw new IOException(asked + " answered with status " + status + " (try later)");
            default -> new StoreException(Kind.NETWORK, asked + " answered with status " + status);
        };
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
