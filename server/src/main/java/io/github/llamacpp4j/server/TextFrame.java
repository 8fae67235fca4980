package io.github.llamacpp4j.server;

/**
 * What stands around the text of those chunks of one choice that tell nothing but text. It is the same in all of them, so it is
 * written once, and a chunk costs no more than its text. Used by one thread.
 */
final class TextFrame {

    private final byte[] before;
    private final byte[] behind;

    /**
     * @param before the chunk up to the text
     * @param behind the chunk from the end of the text on
     */
    TextFrame(byte[] before, byte[] behind) {
        this.before = before.clone();
        this.behind = behind.clone();
    }

    void writeBefore(JsonBuffer out) {
        out.write(before, 0, before.length);
    }

    void writeBehind(JsonBuffer out) {
        out.write(behind, 0, behind.length);
    }
}
