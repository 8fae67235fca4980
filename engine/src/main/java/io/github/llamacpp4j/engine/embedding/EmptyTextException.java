package io.github.llamacpp4j.engine.embedding;

/** A text has no tokens, so that there is nothing to compute: it is empty and the model adds no special tokens. */
public final class EmptyTextException extends EmbeddingException {

    private static final long serialVersionUID = 1L;

    EmptyTextException() {
        super("expected a text with at least one token, found none: the text is empty and this model adds no special"
                + " tokens; leave such texts out");
    }
}
