package io.github.llamacpp4j.cli;

import java.io.IOException;

/** Options of a command that can be found wrong before anything is done. */
@FunctionalInterface
interface CheckedFlags {

    /**
     * Builds what the options ask for, and uses none of it.
     *
     * @throws IllegalArgumentException if a value is out of its range
     * @throws CommandFailure if a value is wrong in another way
     * @throws IOException if a file that an option names cannot be read
     */
    void check() throws IOException;
}
