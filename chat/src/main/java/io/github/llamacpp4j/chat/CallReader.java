package io.github.llamacpp4j.chat;

/** Reads the calls of one block of tool calls, from behind the marker that opens it. */
interface CallReader {
    Step step();

    /** Whether a call was just completed and nothing but closing markup has come since. */
    boolean betweenCalls();
}
