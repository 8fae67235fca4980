package io.github.llamacpp4j.grammar;

/**
 * The tokens that may come next, as a bit set over token ids. Immutable and safe for use by several threads.
 */
public final class TokenMask {
    private final long[] words;
    private final int size;

    TokenMask(long[] words, int size) {
        this.words = words;
        this.size = size;
    }

    /** {@return the number of tokens in the vocabulary} */
    public int size() {
        return size;
    }

    /**
     * Tells whether a token may come next.
     *
     * @param token a token id
     * @return whether it is allowed
     */
    public boolean allows(int token) {
        return token >= 0 && token < size && (words[token >> 6] >>> token & 1) != 0;
    }

    /** {@return how many tokens are allowed} */
    public int count() {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    /** {@return the number of 64-bit words} */
    public int wordCount() {
        return words.length;
    }

    /**
     * Gives 64 bits of the set.
     *
     * @param index the word; it holds the tokens from {@code 64 * index} on, the first in the lowest bit
     * @return the bits
     */
    public long word(int index) {
        return words[index];
    }

    /** {@return a copy of the bits, lowest token in the lowest bit of the first word} */
    public long[] toLongArray() {
        return words.clone();
    }
}
