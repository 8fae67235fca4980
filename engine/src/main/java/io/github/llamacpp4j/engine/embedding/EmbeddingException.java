package io.github.llamacpp4j.engine.embedding;

import io.github.llamacpp4j.model.LlamaException;

/** A text cannot be embedded or ranked; the subtypes say why. Other texts are not affected. */
public abstract sealed class EmbeddingException extends LlamaException
        permits TextTooLongException,
                EmptyTextException,
                EmbeddingCancelledException,
                EmbedderOverloadedException,
                EmbedderClosedException,
                EmbeddingFailedException,
                ModelKindException {

    private static final long serialVersionUID = 1L;

    EmbeddingException(String message) {
        super(message);
    }

    EmbeddingException(String message, Throwable cause) {
        super(message, cause);
    }
}
