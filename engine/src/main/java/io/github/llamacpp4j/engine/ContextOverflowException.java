package io.github.llamacpp4j.engine;

/** A sequence does not fit its context; {@code context_length_exceeded} in the words of the OpenAI API. */
public final class ContextOverflowException extends EngineException {

    private static final long serialVersionUID = 1L;

    private final int promptTokens;
    private final int generatedTokens;
    private final int contextTokens;

    ContextOverflowException(int promptTokens, int generatedTokens, int contextTokens) {
        super("context_length_exceeded: " + promptTokens + " prompt tokens"
                + (generatedTokens > 0 ? " and " + generatedTokens + " generated ones" : "")
                + " leave no room in a context of " + contextTokens
                + " tokens; shorten the prompt, enlarge the context or choose ContextFullPolicy.SHIFT");
        this.promptTokens = promptTokens;
        this.generatedTokens = generatedTokens;
        this.contextTokens = contextTokens;
    }

    /** The length of the prompt. */
    public int promptTokens() {
        return promptTokens;
    }

    /** How many tokens had been generated. */
    public int generatedTokens() {
        return generatedTokens;
    }

    /** How many tokens a sequence may have. */
    public int contextTokens() {
        return contextTokens;
    }
}
