package io.github.llamacpp4j.engine;

/** The logits from which a token should be sampled leave none to choose. */
public final class InvalidLogitsException extends EngineException {

    private static final long serialVersionUID = 1L;

    private InvalidLogitsException(String message) {
        super(message);
    }

    static InvalidLogitsException of(float maximum) {
        if (maximum == Float.NEGATIVE_INFINITY) {
            return new InvalidLogitsException("every token is excluded: all logits are negative infinity;"
                    + " loosen the logit bias or the constraint");
        }
        return new InvalidLogitsException("expected logits that are numbers below infinity, found others: the model"
                + " computed an overflow; check the model file and the KV cache types");
    }
}
