package io.github.llamacpp4j.cli;

import java.io.IOException;
import java.util.Locale;

/** Standard output cannot be written. */
final class OutputFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OutputFailure(IOException cause) {
        super("cannot write to standard output: " + cause.getMessage(), cause);
    }

    /** Whether the reader at the other end has left, as {@code head} does when it has enough. */
    boolean readerLeft() {
        return String.valueOf(getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    }
}
