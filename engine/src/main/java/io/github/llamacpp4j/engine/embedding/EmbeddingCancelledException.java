package io.github.llamacpp4j.engine.embedding;

/**
 * The caller gave up: its thread was interrupted, in which case the interrupt flag is set again, the stream was closed, or
 * the progress listener asked to stop. Nothing more is computed for it.
 */
public final class EmbeddingCancelledException extends EmbeddingException {

    private static final long serialVersionUID = 1L;

    EmbeddingCancelledException() {
        this("this call was cancelled: nothing more is computed for it");
    }

    EmbeddingCancelledException(String message) {
        super(message);
    }

    EmbeddingCancelledException(InterruptedException cause) {
        super("interrupted while waiting for an embedding; what was still waiting is cancelled", cause);
    }
}
