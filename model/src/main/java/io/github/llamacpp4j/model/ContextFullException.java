package io.github.llamacpp4j.model;

import java.util.List;

/** The context's memory has no room for the batch; the part that did not fit was left out, the context stays usable. */
public final class ContextFullException extends DecodeException {

    private static final long serialVersionUID = 1L;

    ContextFullException(String message, List<String> nativeLog) {
        super(1, message, nativeLog);
    }
}
