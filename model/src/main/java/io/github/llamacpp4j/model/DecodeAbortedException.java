package io.github.llamacpp4j.model;

import java.util.List;

/** A running decode was stopped by {@link Context#abort()} or {@link Context#close()} from another thread. */
public final class DecodeAbortedException extends DecodeException {

    private static final long serialVersionUID = 1L;

    DecodeAbortedException(String message) {
        super(2, message, List.of());
    }
}
