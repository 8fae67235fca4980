package io.github.llamacpp4j.engine;

import java.util.Arrays;

/** A list of tokens that grows at its end. */
final class TokenList {

    private int[] tokens;
    private int size;

    TokenList(int[] initial) {
        tokens = Arrays.copyOf(initial, initial.length + 64);
        size = initial.length;
    }

    int size() {
        return size;
    }

    int get(int index) {
        return tokens[index];
    }

    void add(int token) {
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, size + (size >> 1));
        }
        tokens[size++] = token;
    }

    void truncate(int newSize) {
        size = newSize;
    }

    void remove(int from, int to) {
        System.arraycopy(tokens, to, tokens, from, size - to);
        size -= to - from;
    }

    /** The array behind the list, of which {@link #size} tokens count. */
    int[] array() {
        return tokens;
    }

    int[] copy() {
        return Arrays.copyOf(tokens, size);
    }

    /** How many leading tokens both lists share. */
    int commonPrefix(TokenList other) {
        int shorter = Math.min(size, other.size);
        int mismatch = Arrays.mismatch(tokens, 0, shorter, other.tokens, 0, shorter);
        return mismatch < 0 ? shorter : mismatch;
    }
}
