package io.github.llamacpp4j.chat;

/** Where readers put the calls they find. */
interface CallSink {
    /** Whether a tool of that name was offered. */
    boolean offers(String name);

    /** Begins a call; false, and nothing begins, if no tool has that name. */
    boolean begin(String name, String id);

    /** The id of the open call, where it follows the name. */
    void identify(String id);

    /** Adds JSON text to the open call's arguments. */
    void arguments(CharSequence json);

    /** Whether the open call has any arguments yet. */
    boolean hasArguments();

    /** Completes the open call; false if its arguments are no JSON object, or it lacks required ones altogether. */
    boolean complete();

    /** What the open call's schema says about an argument. */
    ArgumentSchema schemaOf(String argument);

    void flag(OutputFlag flag);
}
