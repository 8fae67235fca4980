package io.github.llamacpp4j.grammar;

/** How an object is written. */
interface ObjectForm {
    Node open();

    Node close();

    Node separator();

    /** An object without members. */
    Node empty();

    /** A member whose name is known; never if that name cannot be written. */
    Node member(String name, Conjunction value);

    /** Any of these names; never if none can be written. */
    Node name(Dfa names);

    /** A member with a name that {@link #name} has given. */
    Node member(Node name, Conjunction value);
}
