package io.github.llamacpp4j.model;

/** No token can be chosen: the logits are not numbers, or every candidate is excluded. */
public final class SamplingException extends LlamaException {

    private static final long serialVersionUID = 1L;

    SamplingException(String message) {
        super(message);
    }
}
