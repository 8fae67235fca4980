package io.github.llamacpp4j.grammar;

/**
 * Counts the steps of work for the next token and, where it counts for a request, for the request. Not safe for use by several
 * threads.
 */
final class StepBudget {
    private static final int LOOKUPS_PER_STEP = 8;

    private final GrammarLimits limits;
    private final long mostOfAll;
    private long ofToken;
    private long ofAll;
    private int lookups;

    private StepBudget(GrammarLimits limits, long mostOfAll) {
        this.limits = limits;
        this.mostOfAll = mostOfAll;
    }

    /** {@return a budget for one request} */
    static StepBudget ofRequest(GrammarLimits limits) {
        return new StepBudget(limits, limits.stepsPerRequest());
    }

    /** {@return a budget for any number of tokens that no request waits for} */
    static StepBudget ofTokens(GrammarLimits limits) {
        return new StepBudget(limits, Long.MAX_VALUE);
    }

    void nextToken() {
        ofToken = 0;
    }

    /** {@return all steps} */
    long spent() {
        return ofAll;
    }

    /** Counts work that costs about as much as so many looks at a remembered state, or at an edge of the network. */
    void lookUp(int count) {
        lookups += count;
        if (lookups >= LOOKUPS_PER_STEP) {
            spend(lookups / LOOKUPS_PER_STEP);
            lookups %= LOOKUPS_PER_STEP;
        }
    }

    void spend(long steps) {
        ofToken += steps;
        ofAll += steps;
        if (ofToken > limits.stepsPerToken()) {
            throw exceeded("stepsPerToken", limits.stepsPerToken(), "one token");
        }
        if (ofAll > mostOfAll) {
            throw exceeded("stepsPerRequest", mostOfAll, "one request");
        }
    }

    private static GrammarException exceeded(String limit, long most, String unit) {
        return new GrammarException(
                GrammarException.Kind.LIMIT,
                "the grammar takes more than " + most + " steps for " + unit + " (GrammarLimits." + limit
                        + "); it can be read in too many ways: make its alternatives start differently, do not repeat what "
                        + "repeats itself, or raise the limit");
    }
}
