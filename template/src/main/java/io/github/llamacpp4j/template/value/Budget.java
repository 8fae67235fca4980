package io.github.llamacpp4j.template.value;

/**
 * What one rendering may still spend: steps, memory, time, and stack. Not thread-safe.
 *
 * <p>Memory is charged when text or lists are created and never given back, so it bounds the garbage as well as what is
 * kept; a unit is about one char.
 */
public final class Budget {
    private static final int CLOCK_EVERY_STEPS = 4096;
    private static final long CLOCK_EVERY_UNITS = 1 << 20;

    private final long maxSteps;
    private final long maxUnits;
    private final int maxStringChars;
    private final int maxIntBits;
    private final int maxStack;
    private final long maxNanos;
    private final long startNanos;
    private long steps;
    private long nextClockStep = CLOCK_EVERY_STEPS;
    private long units;
    private long nextClockUnit = CLOCK_EVERY_UNITS;
    private int stack;

    /**
     * A fresh budget.
     *
     * @param maxSteps loop iterations, calls and items visited
     * @param maxUnits chars of text and items of lists created in all
     * @param maxStringChars chars in one string
     * @param maxIntBits bits in one integer
     * @param maxStack nesting of calls, weighted by the nesting inside them
     * @param maxNanos wall time in nanoseconds
     */
    public Budget(long maxSteps, long maxUnits, int maxStringChars, int maxIntBits, int maxStack, long maxNanos) {
        this.maxSteps = maxSteps;
        this.maxUnits = maxUnits;
        this.maxStringChars = maxStringChars;
        this.maxIntBits = maxIntBits;
        this.maxStack = maxStack;
        this.maxNanos = maxNanos;
        this.startNanos = System.nanoTime();
    }

    /** Counts one step. */
    public void step() {
        if (++steps >= nextClockStep) {
            checkSteps();
        }
    }

    /** Counts several steps at once. */
    public void steps(long count) {
        steps += count;
        if (steps >= nextClockStep) {
            checkSteps();
        }
    }

    private void checkSteps() {
        nextClockStep = Math.min(steps + CLOCK_EVERY_STEPS, maxSteps + 1);
        if (steps > maxSteps) {
            throw PyError.limit("the template took more than " + maxSteps + " steps");
        }
        checkTime();
    }

    private void checkTime() {
        if (System.nanoTime() - startNanos > maxNanos) {
            throw PyError.limit("the template ran longer than " + maxNanos / 1_000_000 + " ms");
        }
    }

    /** Counts items or chars that are about to be created. */
    public void charge(long count) {
        units += count;
        if (units >= nextClockUnit) {
            nextClockUnit = units + CLOCK_EVERY_UNITS;
            if (units > maxUnits) {
                throw PyError.limit("the template made more than " + maxUnits + " chars of text");
            }
            checkTime();
        }
    }

    /** Asks for a string of so many chars, before it is made. */
    public void string(long chars) {
        if (chars > maxStringChars) {
            throw PyError.limit("a string of " + chars + " chars; the limit is " + maxStringChars);
        }
        charge(chars + 16);
    }

    /** Asks for a list of so many items, before it is made. */
    public void list(long items) {
        if (items > maxStringChars) {
            throw PyError.limit("a list of " + items + " items; the limit is " + maxStringChars);
        }
        charge(items * 4 + 16);
    }

    /** Asks for an integer of so many bits, before it is made. */
    public void bits(long bits) {
        if (bits > maxIntBits) {
            throw PyError.limit("an integer of " + bits + " bits; the limit is " + maxIntBits);
        }
        charge(bits >> 4);
        steps(bits >> 10);
    }

    /** Enters a call whose body nests so deep. */
    public void enter(int weight) {
        stack += weight;
        if (stack > maxStack) {
            throw PyError.recursion();
        }
        step();
    }

    /** Leaves a call. */
    public void leave(int weight) {
        stack -= weight;
    }

    /** The most chars one string may have. */
    public int maxStringChars() {
        return maxStringChars;
    }
}
