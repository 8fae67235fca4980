package io.github.llamacpp4j.model;

/** A text cannot be turned into tokens, or tokens into text, with this vocabulary. */
public final class TokenizationException extends LlamaException {

    private static final long serialVersionUID = 1L;

    TokenizationException(String message) {
        super(message);
    }
}
