package io.github.llamacpp4j.engine;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A promise that a prefix stays in the memory until this is closed, so that requests that begin with it find it there.
 *
 * <p>Thread-safe.
 */
public final class PrefixPin implements AutoCloseable {

    private final Consumer<Branch> unpin;
    private @Nullable Branch branch;
    private boolean closed;

    PrefixPin(Consumer<Branch> unpin) {
        this.unpin = unpin;
    }

    /** Called by the engine's thread; false if the pin was closed before the prefix was there. */
    synchronized boolean hold(Branch pinned) {
        branch = pinned;
        return !closed;
    }

    /** Lets go of the prefix, which from now on may be dropped when room is needed. May be called more than once. */
    @Override
    public void close() {
        Branch held;
        synchronized (this) {
            held = branch;
            branch = null;
            closed = true;
        }
        if (held != null) {
            unpin.accept(held);
        }
    }
}
