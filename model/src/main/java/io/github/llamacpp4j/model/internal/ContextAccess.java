package io.github.llamacpp4j.model.internal;

import io.github.llamacpp4j.model.Context;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a context's logits where llama.cpp keeps them. The public API copies them instead, since what is read here is
 * overwritten by the next decode and gone when the context is closed.
 *
 * <p>Set once by {@link Context} when that class is initialised, hence before anybody can have one. Thread-safe.
 */
public final class ContextAccess {

    private static final AtomicReference<@Nullable Bridge> BRIDGE = new AtomicReference<>();

    private ContextAccess() {}

    /** What {@link Context} lends to this class. */
    public interface Bridge {

        /** See {@link ContextAccess#withLogits(Context, int, Function)}. */
        <T> T withLogits(Context context, int index, Function<MemorySegment, T> reader);
    }

    /** Called by {@link Context} and by nobody else. */
    public static void install(Bridge bridge) {
        BRIDGE.compareAndSet(null, bridge);
    }

    /**
     * Lets a function read the logits of a token of the last batch, without a copy. Other calls on the context wait
     * meanwhile.
     *
     * @param context the context
     * @param index the token's index in the batch, or -1 for the last one with an output
     * @param reader receives {@link Context#vocabularySize()} floats; must not keep them
     * @return what the function returns
     * @throws IllegalArgumentException if that token has no output
     * @throws IllegalStateException if nothing has been decoded or the context is closed
     */
    public static <T> T withLogits(Context context, int index, Function<MemorySegment, T> reader) {
        Bridge bridge = BRIDGE.get();
        if (bridge == null) {
            throw new IllegalStateException("no context has been made yet");
        }
        return bridge.withLogits(context, index, reader);
    }
}
