package io.github.llamacpp4j.server;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.engine.ConstraintFailedException;
import io.github.llamacpp4j.engine.ContextOverflowException;
import io.github.llamacpp4j.engine.EngineClosedException;
import io.github.llamacpp4j.engine.EngineFailedException;
import io.github.llamacpp4j.engine.EngineInterruptedException;
import io.github.llamacpp4j.engine.EngineOverloadedException;
import io.github.llamacpp4j.engine.embedding.EmbedderClosedException;
import io.github.llamacpp4j.engine.embedding.EmbedderOverloadedException;
import io.github.llamacpp4j.engine.embedding.EmbeddingCancelledException;
import io.github.llamacpp4j.engine.embedding.EmptyTextException;
import io.github.llamacpp4j.engine.embedding.ModelKindException;
import io.github.llamacpp4j.engine.embedding.TextTooLongException;
import io.github.llamacpp4j.grammar.GrammarException;
import io.github.llamacpp4j.grammar.SchemaException;
import tools.jackson.databind.node.ObjectNode;

/** What each exception becomes on the wire: the one place that knows. */
final class ErrorTable {

    private static final String INVALID = "invalid_request_error";
    private static final String SERVER = "server_error";

    private ErrorTable() {}

    /** The error that {@code failure} is to a client. */
    static ApiException of(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure) {
            case ApiException error -> error;
            case ContextOverflowException e ->
                tooLong(
                        "messages",
                        e.promptTokens() + e.generatedTokens() + ", what was generated included",
                        e.contextTokens());
            case TextTooLongException e -> tooLong("input", String.valueOf(e.tokens()), e.maxTokens());
            case EmptyTextException e -> new ApiException(400, INVALID, "empty_input", "input", message);
            case ModelKindException e -> new ApiException(400, INVALID, "model_not_supported", "model", message);
            case ChatException e -> new ApiException(400, INVALID, "chat_template_error", "messages", message);
            case GrammarException e -> new ApiException(400, INVALID, "invalid_grammar", "grammar", message);
            case ConstraintFailedException e -> e.getCause() instanceof GrammarException cause ? of(cause) : internal();
            case SchemaException e -> new ApiException(400, INVALID, "invalid_json_schema", "response_format", message);
            case IllegalArgumentException e -> new ApiException(400, INVALID, null, null, message);
            case EngineOverloadedException e -> overloaded(message);
            case EmbedderOverloadedException e -> overloaded(message);
            case EngineClosedException e -> draining();
            case EmbedderClosedException e -> draining();
            case EngineInterruptedException e -> draining();
            case EmbeddingCancelledException e -> draining();
            case EngineFailedException e -> engineFailed();
            default -> internal();
        };
    }

    private static ApiException tooLong(String field, String tokens, int most) {
        return new ApiException(
                400,
                INVALID,
                "context_length_exceeded",
                field,
                "this model takes " + most + " tokens at most as this server is set up, the request has " + tokens
                        + ": shorten it");
    }

    /** The request's time is over. */
    static ApiException deadline() {
        return new ApiException(
                504, "timeout_error", "deadline_exceeded", null, "the request took longer than this server allows");
    }

    static ApiException draining() {
        return unavailable("draining", "the server is shutting down; ask another one");
    }

    static ApiException engineFailed() {
        return unavailable("engine_failed", "the engine has failed; it must be restarted");
    }

    static ApiException unavailable(String code, String message) {
        return new ApiException(503, "service_unavailable", code, null, message);
    }

    static ApiException internal() {
        return new ApiException(
                500, SERVER, "internal_error", null, "something went wrong in the server; its log says what");
    }

    private static ApiException overloaded(String message) {
        return new ApiException(429, "rate_limit_error", "queue_full", null, message);
    }

    /** The body that tells of an error. */
    static ObjectNode body(ApiException error) {
        ObjectNode body = Json.object();
        ObjectNode inner = body.putObject("error").put("message", error.text()).put("type", error.type());
        error.param().ifPresentOrElse(value -> inner.put("param", value), () -> inner.putNull("param"));
        error.code().ifPresentOrElse(value -> inner.put("code", value), () -> inner.putNull("code"));
        return body;
    }
}
