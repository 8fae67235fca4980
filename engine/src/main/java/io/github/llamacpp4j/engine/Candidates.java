package io.github.llamacpp4j.engine;

/**
 * The tokens that may come next, with their logits and probabilities: what {@code llama_token_data_array} is to llama.cpp's
 * samplers, laid out as separate arrays.
 *
 * <p>To use one: ask for {@link #nextRow()}, fill it with the logits of the whole vocabulary and hand this object to
 * {@link SamplerPipeline#sample}. Everything is allocated at construction and reused, so one object serves all sequences of a
 * thread.
 *
 * <p>Not thread-safe.
 */
public final class Candidates {

    private final float[] logits;
    private final float[] probabilities;
    private final int[] tokens;
    private final float[] movedFloats;
    private final int[] movedTokens;
    private final BlockMaxima blocks;
    private final SortKeys keys;

    private int size;
    private boolean tokensAreIndexes;
    private boolean sorted;
    private boolean scanned;
    private boolean certain;
    private float maximum;
    private int selected;

    /** Makes room for {@code vocabularySize} tokens, at least one. */
    public Candidates(int vocabularySize) {
        if (vocabularySize < 1) {
            throw new IllegalArgumentException("vocabularySize must be at least 1, got " + vocabularySize);
        }
        logits = new float[vocabularySize];
        probabilities = new float[vocabularySize];
        tokens = new int[vocabularySize];
        movedFloats = new float[vocabularySize];
        movedTokens = new int[vocabularySize];
        blocks = new BlockMaxima(vocabularySize);
        keys = new SortKeys(vocabularySize);
    }

    /** Starts over with the whole vocabulary and returns the array that takes its logits, indexed by token. */
    public float[] nextRow() {
        size = logits.length;
        tokensAreIndexes = true;
        sorted = false;
        scanned = false;
        reopen();
        return logits;
    }

    /** Forgets what was selected, and with what certainty. */
    void reopen() {
        selected = -1;
        certain = false;
    }

    /** The number of tokens in the vocabulary. */
    public int vocabularySize() {
        return logits.length;
    }

    /** The number of tokens still in play. */
    public int size() {
        return size;
    }

    /** The token at {@code index}, which runs from 0 to {@link #size()} exclusive. */
    public int token(int index) {
        return tokensAreIndexes ? index : tokens[index];
    }

    /** The logit at {@code index} after the samplers that ran. */
    public float logit(int index) {
        return logits[index];
    }

    /** The probability at {@code index}; of use once a token has been sampled. */
    public float probability(int index) {
        return certain ? (index == selected ? 1f : 0f) : probabilities[index];
    }

    /** The index of the token that was sampled, or -1. */
    public int selected() {
        return selected;
    }

    void select(int index) {
        selected = index;
    }

    boolean isSorted() {
        return sorted;
    }

    /** Whether {@code token(i) == i} for the whole vocabulary, so that a token's logit can be reached directly. */
    boolean tokensAreIndexes() {
        return tokensAreIndexes;
    }

    float[] logits() {
        return logits;
    }

    float[] probabilities() {
        return probabilities;
    }

    /** To be called after logits were changed in a way that may have changed their order. */
    void orderChanged() {
        sorted = false;
        scanned = false;
    }

    /** To be called after logits were changed in a way that kept their order. */
    void valuesChanged() {
        scanned = false;
    }

    /**
     * The largest logit.
     *
     * @throws InvalidLogitsException if a logit is not a number or positive infinity, or all are negative infinity
     */
    float maximum() {
        if (!scanned) {
            maximum = blocks.scan(logits, size);
            scanned = true;
        }
        if (!Float.isFinite(maximum)) {
            throw InvalidLogitsException.of(maximum);
        }
        return maximum;
    }

    /** The lowest index that holds the largest logit. */
    int indexOfMaximum() {
        return blocks.lowestIndexOf(maximum(), logits);
    }

    /** Sets each logit whose token is in {@code excluded} to negative infinity. Needs the whole vocabulary in play. */
    void exclude(int[] excluded) {
        for (int token : excluded) {
            logits[token] = Float.NEGATIVE_INFINITY;
        }
        orderChanged();
    }

    /** Keeps the tokens whose bit is set in {@code allowed}. Needs the whole vocabulary in play. */
    void retain(long[] allowed) {
        int kept = 0;
        for (int word = 0; word < allowed.length; word++) {
            for (long bits = allowed[word]; bits != 0; bits &= bits - 1) {
                int token = (word << 6) + Long.numberOfTrailingZeros(bits);
                if (token < size) {
                    logits[kept] = logits[token];
                    tokens[kept++] = token;
                }
            }
        }
        if (kept < size) {
            size = kept;
            tokensAreIndexes = false;
        }
        orderChanged();
    }

    /** Keeps the first {@code newSize} tokens. */
    void truncate(int newSize) {
        size = newSize;
        scanned = false;
    }

    /** Drops the first {@code count} tokens. */
    void dropFirst(int count) {
        nameTokens();
        size -= count;
        System.arraycopy(logits, count, logits, 0, size);
        System.arraycopy(probabilities, count, probabilities, 0, size);
        System.arraycopy(tokens, count, tokens, 0, size);
        scanned = false;
    }

    /** Keeps the tokens with a logit of at least {@code lowest}, in their order, if there are at least {@code atLeast}. */
    boolean keepFrom(float lowest, int atLeast) {
        int reaching = 0;
        for (int i = 0; i < size; i++) {
            if (logits[i] >= lowest) {
                reaching++;
            }
        }
        if (reaching < Math.max(atLeast, 1)) {
            return false;
        }
        nameTokens();
        int kept = 0;
        for (int i = 0; kept < reaching; i++) {
            if (logits[i] >= lowest) {
                logits[kept] = logits[i];
                probabilities[kept] = probabilities[i];
                tokens[kept++] = tokens[i];
            }
        }
        size = reaching;
        scanned = false;
        return true;
    }

    /** Sorts by logit, largest first. */
    void sort() {
        if (!sorted) {
            keepLargest(size);
        }
    }

    /** Keeps the {@code count} tokens with the largest logits, sorted. */
    void keepLargest(int count) {
        int kept = Math.min(count, size);
        if (!sorted) {
            maximum();
            collectLargest(kept);
            keepCollected(kept);
            sorted = true;
        }
        size = kept;
        scanned = false;
    }

    /** Keeps the first {@code count} of the ranking prepared last, in its order. */
    void keepRanked(int count) {
        keepCollected(count);
        size = count;
        sorted = false;
        scanned = false;
    }

    /** To be called when the candidates are known to stand in descending order of their logits. */
    void sortedNow() {
        sorted = true;
    }

    /** Prepares {@link #ranked} for the candidates ordered by {@code scores}, smallest first. */
    void sortByScore(float[] scores) {
        keys.clear();
        for (int i = 0; i < size; i++) {
            keys.add(-scores[i], i);
        }
        keys.sort();
    }

    /** Prepares {@link #ranked} for the {@code count} largest logits, leaving the candidates as they are. */
    void rankLargest(int count) {
        maximum();
        collectLargest(Math.min(count, size));
    }

    /** The index of the candidate that came {@code rank}-th in the ranking prepared last. */
    int ranked(int rank) {
        return keys.index(rank);
    }

    /** Fills in probabilities with a softmax in single precision, as {@code llama_sampler_softmax_impl}. */
    void softmax() {
        float largest = maximum();
        float sum = 0f;
        for (int i = 0; i < size; i++) {
            float p = FloatExp.exp(logits[i] - largest);
            probabilities[i] = p;
            sum += p;
        }
        for (int i = 0; i < size; i++) {
            probabilities[i] /= sum;
        }
    }

    /** Gives all the probability to the candidate that will be selected. */
    void beCertain() {
        certain = true;
    }

    /** Draws an index by the probabilities, as {@code std::discrete_distribution} of libstdc++ does. */
    int draw(MersenneTwister random) {
        if (size < 2) {
            return 0;
        }
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += probabilities[i];
        }
        double draw = random.nextDouble();
        double running = 0;
        int last = 0;
        for (int i = 0; i < size; i++) {
            if (probabilities[i] > 0) {
                running += probabilities[i] / sum;
                last = i;
                if (running >= draw) {
                    return i;
                }
            }
        }
        return last;
    }

    /** Room for {@code vocabularySize} floats that a sampler may use until it returns. */
    float[] scratch() {
        return movedFloats;
    }

    private void nameTokens() {
        if (tokensAreIndexes) {
            for (int i = 0; i < size; i++) {
                tokens[i] = i;
            }
            tokensAreIndexes = false;
        }
    }

    /** Puts at least the {@code count} largest logits into the sort keys and sorts those. */
    private void collectLargest(int count) {
        keys.clear();
        if (2 * count > blocks.blocks()) {
            for (int i = 0; i < size; i++) {
                keys.add(logits[i], i);
            }
        } else {
            blocks.collect(blocks.ranked(count), logits, size, keys);
        }
        keys.sort();
    }

    /** Moves the first {@code count} ranked candidates to the front. */
    private void keepCollected(int count) {
        nameTokens();
        for (int i = 0; i < count; i++) {
            movedTokens[i] = tokens[keys.index(i)];
        }
        System.arraycopy(movedTokens, 0, tokens, 0, count);
        moveRanked(logits, count);
        moveRanked(probabilities, count);
    }

    private void moveRanked(float[] values, int count) {
        for (int i = 0; i < count; i++) {
            movedFloats[i] = values[keys.index(i)];
        }
        System.arraycopy(movedFloats, 0, values, 0, count);
    }
}
