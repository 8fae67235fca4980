package io.github.llamacpp4j.engine;

/** The last tokens of a sequence, at most {@code capacity} of them, newest first. */
final class TokenRing {

    private final int[] tokens;
    private int next;
    private int size;

    TokenRing(int capacity) {
        tokens = new int[capacity];
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == tokens.length;
    }

    /** Adds a token; when the ring is full the oldest one drops out. */
    void add(int token) {
        tokens[next] = token;
        next = next + 1 == tokens.length ? 0 : next + 1;
        size = Math.min(size + 1, tokens.length);
    }

    /** The token {@code age} places before the newest one. */
    int recent(int age) {
        int index = next - 1 - age;
        return tokens[index < 0 ? index + tokens.length : index];
    }

    int oldest() {
        return recent(size - 1);
    }
}
