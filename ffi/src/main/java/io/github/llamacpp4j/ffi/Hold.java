package io.github.llamacpp4j.ffi;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;

/**
 * One owner's share in a native object: what a {@link NativeHandle} does, without being reachable from it, so that a
 * cleaner can hold it. Thread-safe; lock order: hold, then its object, then the objects it depends on.
 */
final class Hold {
    private static final System.Logger LOGGER = System.getLogger(NativeHandle.class.getName());

    private final NativeObject object;
    private volatile boolean open = true;

    /** Takes over one share of {@code object}. */
    Hold(NativeObject object) {
        this.object = object;
        LeakDetector.opened(this);
    }

    MemorySegment segment() {
        if (!open) {
            throw closed();
        }
        return object.segment();
    }

    boolean isOpen() {
        return open;
    }

    /** A further share of the object, for the caller to release. */
    synchronized NativeObject share() {
        if (!open) {
            throw closed();
        }
        object.retain();
        return object;
    }

    synchronized void close() {
        if (open) {
            object.release();
            open = false;
            LeakDetector.closed(this);
        }
    }

    /** Runs when the handle has been closed or has become unreachable. */
    void closeForgotten() {
        if (open) {
            LOGGER.log(
                    Level.WARNING, "a " + object.name() + " was never closed; closing it now", LeakDetector.site(this));
            try {
                close();
            } catch (IllegalStateException inUse) {
                LOGGER.log(Level.WARNING, "the forgotten " + object.name() + " cannot be freed", inUse);
            }
        }
    }

    String name() {
        return object.name();
    }

    private IllegalStateException closed() {
        return new IllegalStateException("this " + object.name() + " is closed");
    }

    @Override
    public String toString() {
        return open ? object.toString() : "closed " + object.name();
    }
}
