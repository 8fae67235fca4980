package io.github.llamacpp4j.server;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.OptionalLong;
import tools.jackson.databind.node.ObjectNode;

/** Reads the bodies of requests within limits. Immutable and thread-safe. */
final class RequestBodies {

    private static final int FIRST_BUFFER = 1 << 16;

    private final int maxBytes;
    private final Json json;

    RequestBodies(ServerOptions options) {
        maxBytes = options.maxBodyBytes();
        json = new Json(options);
    }

    /**
     * The object in the body of a request.
     *
     * @throws ApiException if it is too large, of another type or not an object in JSON
     */
    ObjectNode read(ServerRequest request) {
        OptionalLong length = request.headers().contentLength();
        if (length.orElse(0) > maxBytes) {
            throw tooLarge();
        }
        request.headers().first(HeaderNames.CONTENT_TYPE).ifPresent(RequestBodies::checkType);
        return json.read(bytes(request, (int) length.orElse(-1)));
    }

    private byte[] bytes(ServerRequest request, int length) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            if (length >= 0) {
                return in.readNBytes(length);
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(FIRST_BUFFER);
            byte[] buffer = new byte[FIRST_BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (bytes.size() + count > maxBytes) {
                    throw tooLarge();
                }
                bytes.write(buffer, 0, count);
            }
            return bytes.toByteArray();
        } catch (IOException | UncheckedIOException | DataReader.InsufficientDataAvailableException e) {
            throw new ClientGoneException(e);
        } catch (RequestException e) {
            throw e.status().code() == 413 ? tooLarge() : malformed();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw malformed();
        }
    }

    private static ApiException malformed() {
        return new ApiException(
                400, "invalid_request_error", "malformed_request", null, "the body is not framed as HTTP/1.1 demands");
    }

    private ApiException tooLarge() {
        return new ApiException(
                413,
                "invalid_request_error",
                "request_too_large",
                null,
                "the body may have " + maxBytes + " bytes at most");
    }

    /**
     * Accepts what is said to be JSON, and what curl says of a body that it was told nothing about. A web page can send the latter to
     * any server without asking: {@link Origins} has refused it before.
     */
    private static void checkType(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!type.isEmpty()
                && !type.equals("application/json")
                && !type.equals("application/x-www-form-urlencoded")
                && !type.endsWith("+json")) {
            throw new ApiException(
                    415,
                    "invalid_request_error",
                    "unsupported_media_type",
                    null,
                    "expected JSON and the header Content-Type: application/json, found another type");
        }
    }
}
