package io.github.llamacpp4j.engine.embedding;

/** llama.cpp could not compute this text, alone either; the cause says why. */
public final class EmbeddingFailedException extends EmbeddingException {

    private static final long serialVersionUID = 1L;

    EmbeddingFailedException(int tokens, Throwable cause) {
        super("a text of " + tokens + " tokens cannot be computed: " + cause.getMessage(), cause);
    }
}
