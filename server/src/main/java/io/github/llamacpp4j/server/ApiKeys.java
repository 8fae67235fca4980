package io.github.llamacpp4j.server;

import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The keys that requests must show. Immutable and thread-safe. */
final class ApiKeys {

    private static final int CALLER_DIGITS = 8;
    private static final String BEARER = "bearer ";

    private final List<byte[]> digests;

    ApiKeys(List<String> keys) {
        digests = keys.stream().map(ApiKeys::digest).toList();
    }

    /** Whether any key is asked for. */
    boolean required() {
        return !digests.isEmpty();
    }

    /**
     * A name for the key that a request shows, the same for each of its requests and of no use as a key.
     *
     * @throws ApiException if keys are asked for and the request shows none of them
     */
    Optional<String> caller(ServerRequestHeaders headers) {
        Optional<String> shown = shown(headers);
        if (digests.isEmpty()) {
            return Optional.empty();
        }
        byte[] digest = digest(shown.orElse(""));
        boolean known = false;
        for (byte[] key : digests) {
            known |= MessageDigest.isEqual(key, digest);
        }
        if (shown.isEmpty() || !known) {
            throw new ApiException(
                    401,
                    "invalid_request_error",
                    "invalid_api_key",
                    null,
                    (shown.isEmpty() ? "no API key was given" : "the API key is not one of this server's")
                            + "; send the header Authorization: Bearer KEY");
        }
        return Optional.of("key-" + HexFormat.of().formatHex(digest, 0, CALLER_DIGITS / 2));
    }

    private static Optional<String> shown(ServerRequestHeaders headers) {
        Optional<String> authorization = headers.first(HeaderNames.AUTHORIZATION)
                .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()).strip());
        return authorization.or(() -> headers.first(HeaderNames.create("x-api-key")));
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
