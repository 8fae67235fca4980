package io.github.llamacpp4j.engine;

/** How large the load tests are: small by default, full with {@code -Dllamacpp4j.test.full=true}. */
final class Scale {

    static final boolean FULL = Boolean.getBoolean("llamacpp4j.test.full");

    private Scale() {}

    static int of(int small, int full) {
        return FULL ? full : small;
    }

    /** For how many seconds the soak runs; {@code -Dllamacpp4j.test.soakMinutes} makes it longer. */
    static int soakSeconds() {
        int minutes = Integer.getInteger("llamacpp4j.test.soakMinutes", 0);
        return minutes > 0 ? 60 * minutes : 5;
    }
}
