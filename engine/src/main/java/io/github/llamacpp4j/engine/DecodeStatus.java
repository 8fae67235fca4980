package io.github.llamacpp4j.engine;

/** What became of a batch; see {@code llama_decode}. */
public enum DecodeStatus {
    /** All tokens are in the memory and the logits asked for can be read. */
    DECODED,
    /** The memory has no room for the batch and is as it was before. */
    NO_ROOM,
    /** The computation was aborted; some of the tokens may be in the memory. */
    ABORTED,
    /** The batch was refused and the memory is as it was before. */
    INVALID,
    /** The computation failed; some of the tokens may be in the memory. */
    FAILED
}
