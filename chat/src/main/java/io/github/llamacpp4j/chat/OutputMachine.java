package io.github.llamacpp4j.chat;

/** The outer state machine of an answer. */
interface OutputMachine {
    /** Takes in what the prompt has already written of the answer. */
    void prime(String generationPrompt);

    /** One step; false if nothing can be decided before more text comes or the answer ends. */
    boolean step();

    /** Settles what is open; called once, after the last step. */
    void finish();
}
