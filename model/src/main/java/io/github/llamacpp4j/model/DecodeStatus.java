package io.github.llamacpp4j.model;

/** How {@link Context#tryDecode(Batch)} ended. */
public enum DecodeStatus {
    /** All tokens are in the context's memory and the outputs asked for can be read. */
    DONE,
    /** The memory has no room; the part of the batch that did not fit was left out. */
    NO_ROOM,
    /** {@link Context#abort()} or {@link Context#close()} stopped it; a part may be in the memory. */
    ABORTED
}
