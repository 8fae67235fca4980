package io.github.llamacpp4j.template.exec;

/** Measures, during compilation, how deep each function's nodes nest: what a call of it costs in Java stack. */
final class StackMeter {
    private static final int CALL = 8;

    private int depth;
    private int deepest;

    void enter() {
        deepest = Math.max(deepest, ++depth);
    }

    void leave() {
        depth--;
    }

    /** Starts measuring a function inside; the answer goes back to {@link #leaveFunction}. */
    long enterFunction() {
        long outer = (long) depth << 32 | deepest;
        depth = 0;
        deepest = 0;
        return outer;
    }

    /** The weight of the function just compiled. */
    int leaveFunction(long outer) {
        int weight = deepest + CALL;
        depth = (int) (outer >> 32);
        deepest = (int) outer;
        return weight;
    }
}
