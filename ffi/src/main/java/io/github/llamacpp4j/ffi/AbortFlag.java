package io.github.llamacpp4j.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Whether a computation is to stop, as a {@code ggml_abort_callback} and its data. ggml asks after each of hundreds of operations
 * in a token, while its other threads wait; a call into Java there costs about a percent of a small model's speed. So C asks C:
 * the callback is {@code strlen}, and the data a text that is empty until the flag is raised. Thread-safe.
 */
public final class AbortFlag {

    private static final VarHandle FIRST_CHARACTER = ValueLayout.JAVA_BYTE.varHandle();
    private static final byte RAISED = 1;

    private final MemorySegment callback = Linker.nativeLinker().defaultLookup().findOrThrow("strlen");

    /** Stays as long as anyone may raise the flag, which can be after C has forgotten it. */
    private final MemorySegment data = Arena.ofAuto().allocate(2);

    /** The function to hand to C. */
    public MemorySegment callback() {
        return callback;
    }

    /** The argument of the function. This flag must stay reachable until C has forgotten it. */
    public MemorySegment data() {
        return data;
    }

    /** Asks computations to stop from now on. */
    public void raise() {
        FIRST_CHARACTER.setVolatile(data, 0L, RAISED);
    }

    /** Lets computations go on. */
    public void lower() {
        FIRST_CHARACTER.setVolatile(data, 0L, (byte) 0);
    }

    /** Whether computations are asked to stop. */
    public boolean isRaised() {
        return (byte) FIRST_CHARACTER.getVolatile(data, 0L) != 0;
    }
}
