package io.github.llamacpp4j.model;

import java.util.List;

/** A context cannot be made: it does not fit into memory or the model does not support what was asked for. */
public final class ContextCreationException extends LlamaException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> nativeLog;

    ContextCreationException(String message, List<String> nativeLog) {
        super(NativeLog.appendTo(message, nativeLog));
        this.nativeLog = List.copyOf(nativeLog);
    }

    /** The last lines that llama.cpp logged, oldest first; empty if it was never called. */
    public List<String> nativeLog() {
        return nativeLog;
    }
}
