package io.github.llamacpp4j.server;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request cannot be served; says so in the words of the OpenAI API. */
final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final @Nullable String code;
    private final @Nullable String param;

    /**
     * @param status the HTTP status
     * @param type the kind of error, such as {@code invalid_request_error}
     * @param code a word for programs, such as {@code context_length_exceeded}
     * @param param the field of the body that is to blame, such as {@code messages[2].content}
     * @param message what was expected, what was found and what to do
     */
    ApiException(int status, String type, @Nullable String code, @Nullable String param, String message) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.code = code;
        this.param = param;
    }

    /** A request that is wrong in itself: 400. */
    static ApiException invalid(@Nullable String param, String message) {
        return new ApiException(400, "invalid_request_error", null, param, message);
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    Optional<String> code() {
        return Optional.ofNullable(code);
    }

    Optional<String> param() {
        return Optional.ofNullable(param);
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
