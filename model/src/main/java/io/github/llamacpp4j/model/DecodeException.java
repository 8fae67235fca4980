package io.github.llamacpp4j.model;

import java.util.List;

/**
 * A batch could not be decoded or encoded. When {@link #status()} is below -1 or equals 2, a part of the batch may
 * already be in the context's memory: ask {@link ContextMemory#lastPosition(int)} where each sequence stands.
 */
public sealed class DecodeException extends LlamaException permits ContextFullException, DecodeAbortedException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient List<String> nativeLog;

    DecodeException(int status, String message, List<String> nativeLog) {
        super(NativeLog.appendTo(message, nativeLog));
        this.status = status;
        this.nativeLog = List.copyOf(nativeLog);
    }

    /** What {@code llama_decode} or {@code llama_encode} returned. */
    public int status() {
        return status;
    }

    /** The last lines that llama.cpp logged, oldest first. */
    public List<String> nativeLog() {
        return nativeLog;
    }
}
