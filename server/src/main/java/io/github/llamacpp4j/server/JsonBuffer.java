package io.github.llamacpp4j.server;

import java.io.ByteArrayOutputStream;

/** JSON text that is being put together; its array is kept when it is emptied, and shared with who reads it. */
final class JsonBuffer extends ByteArrayOutputStream {

    private static final int USUAL_EVENT_BYTES = 1024;

    JsonBuffer() {
        super(USUAL_EVENT_BYTES);
    }

    /** The array itself, of which the first {@link #size} bytes count. */
    byte[] array() {
        return buf;
    }
}
