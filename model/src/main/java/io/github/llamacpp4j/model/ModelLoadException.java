package io.github.llamacpp4j.model;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model, or an adapter for one, cannot be loaded from a file. */
public final class ModelLoadException extends LlamaException {

    private static final long serialVersionUID = 1L;

    /** Why a file was not loaded. */
    public enum Reason {
        /** There is no such file, or it may not be read. */
        UNREADABLE,
        /** The path leads to something that is not a regular file, such as a directory. */
        NOT_A_FILE,
        /** The file does not begin as a GGUF file does: a web page, an archive, another format. */
        NOT_GGUF,
        /** The file is a GGUF file that contradicts itself or is shorter than its own tables say. */
        DAMAGED,
        /** The file is sound, but llama.cpp refused it; the message carries what it logged. */
        REFUSED,
        /** The progress listener asked to stop. */
        CANCELLED
    }

    private final transient Path path;
    private final Reason reason;
    private final transient List<String> nativeLog;

    ModelLoadException(Path path, Reason reason, String message, List<String> nativeLog, @Nullable Throwable cause) {
        super(NativeLog.appendTo("cannot load " + path + ": " + message, nativeLog), cause);
        this.path = path;
        this.reason = reason;
        this.nativeLog = List.copyOf(nativeLog);
    }

    ModelLoadException(Path path, Reason reason, String message) {
        this(path, reason, message, List.of(), null);
    }

    /** The file that was to be loaded. */
    public Path path() {
        return path;
    }

    /** The kind of failure. */
    public Reason reason() {
        return reason;
    }

    /** The last lines that llama.cpp logged during the load, oldest first; empty if it was never called. */
    public List<String> nativeLog() {
        return nativeLog;
    }
}
