package io.github.llamacpp4j.server;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A piece of a tool call, or a whole one. Used by one thread. */
final class CallPiece {

    /**
     * What the first piece of a call tells.
     *
     * @param id names the call
     * @param name the tool's name
     */
    record Beginning(String id, String name) {}

    private final int index;
    private final @Nullable Beginning beginning;
    private final StringBuilder arguments = new StringBuilder();
    private boolean sent;

    /**
     * @param index which call of the answer
     * @param beginning the call's id and name, if it begins here
     */
    CallPiece(int index, @Nullable Beginning beginning) {
        this.index = index;
        this.beginning = beginning;
    }

    /** Which call of the answer. */
    int index() {
        return index;
    }

    /** The call's id and name, if it begins here. */
    Optional<Beginning> beginning() {
        return Optional.ofNullable(beginning);
    }

    /** JSON text that is added to the arguments. */
    StringBuilder arguments() {
        return arguments;
    }

    boolean sent() {
        return sent;
    }

    void markSent() {
        sent = true;
    }
}
