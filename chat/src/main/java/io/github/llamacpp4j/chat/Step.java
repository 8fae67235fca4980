package io.github.llamacpp4j.chat;

/** What one step of a state machine led to. */
enum Step {
    /** Something was decided; step again. */
    GO,
    /** Nothing can be decided before more text comes. */
    MORE,
    /** The block is over; the text after it is somebody else's. */
    DONE,
    /** The text is not what the machine reads. */
    REJECT
}
