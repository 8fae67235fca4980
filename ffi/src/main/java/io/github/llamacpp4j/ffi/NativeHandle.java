package io.github.llamacpp4j.ffi;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The right to use a native object, until closed. The C destructor runs exactly once, when the last handle to the object
 * is closed; using a closed handle is an {@link IllegalStateException}, never a stale pointer.
 *
 * <p>The object lives in an arena of its own, so even a {@link #segment()} fetched before the end is refused by the next
 * downcall after it. Pointers that C derives from the object know nothing of that arena: whoever keeps one must keep a
 * handle as well.
 *
 * <p>An object may need others, as a context needs its model. It shares their handles, hence they outlive it no matter in
 * which order their owners close them. {@link #share()} gives the same right to a second owner.
 *
 * <p>A handle that becomes unreachable while open is a bug: it is logged as a warning and closed. {@link LeakDetector}
 * tells where it came from. Thread-safe.
 */
public final class NativeHandle implements AutoCloseable {
    private final Hold hold;
    private final Cleaner.Cleanable net;

    private NativeHandle(Hold hold) {
        this.hold = hold;
        this.net = Net.CLEANER.register(this, hold::closeForgotten);
    }

    /**
     * Takes ownership of a native object.
     *
     * @param name what the object is, for messages: {@code "context"}
     * @param address the object
     * @param destructor the C function that frees it; must not throw
     * @param dependencies handles of the objects that must outlive this one
     * @throws IllegalArgumentException if {@code address} is NULL
     * @throws IllegalStateException if a dependency is closed; the object has then been freed
     */
    public static NativeHandle own(
            String name, MemorySegment address, Consumer<MemorySegment> destructor, NativeHandle... dependencies) {
        return take(name, null, address, destructor, dependencies);
    }

    /**
     * Takes ownership of a native object and of the memory it uses, such as callbacks and parameter arrays.
     *
     * @param name what the object is, for messages: {@code "context"}
     * @param memory a shared arena, closed after the object has been freed, or at once if this method fails
     * @param address the object
     * @param destructor the C function that frees it; must not throw
     * @param dependencies handles of the objects that must outlive this one
     * @throws IllegalArgumentException if {@code address} is NULL
     * @throws IllegalStateException if a dependency is closed; the object has then been freed
     */
    public static NativeHandle own(
            String name,
            Arena memory,
            MemorySegment address,
            Consumer<MemorySegment> destructor,
            NativeHandle... dependencies) {
        return take(name, memory, address, destructor, dependencies);
    }

    private static NativeHandle take(
            String name,
            @Nullable Arena memory,
            MemorySegment address,
            Consumer<MemorySegment> destructor,
            NativeHandle[] dependencies) {
        requireNonNull(name, "name");
        requireNonNull(destructor, "destructor");
        if (address.address() == 0) {
            if (memory != null) {
                memory.close();
            }
            throw new IllegalArgumentException("cannot own the " + name + ": its address is NULL");
        }
        NativeObject object = new NativeObject(name, memory, address, destructor);
        try {
            for (NativeHandle dependency : dependencies) {
                object.dependOn(dependency.hold.share());
            }
            return new NativeHandle(new Hold(object));
        } catch (RuntimeException | Error failure) {
            object.release();
            throw failure;
        }
    }

    /**
     * The native object.
     *
     * @throws IllegalStateException if this handle is closed
     */
    public MemorySegment segment() {
        return hold.segment();
    }

    /**
     * A second handle to the same object, to be closed on its own.
     *
     * @throws IllegalStateException if this handle is closed
     */
    public NativeHandle share() {
        return new NativeHandle(new Hold(hold.share()));
    }

    /** Whether this handle can still be used. */
    public boolean isOpen() {
        return hold.isOpen();
    }

    /**
     * Gives up the right to use the object, which is freed if nobody else holds it. Closing twice does nothing; the second
     * caller returns after the first has finished.
     *
     * @throws IllegalStateException if a native call on the object is still running; the handle then stays open
     */
    @Override
    public void close() {
        hold.close();
        net.clean();
    }

    @Override
    public String toString() {
        return hold.toString();
    }

    /** The thread that notices forgotten handles; one per JVM because a thread per handle is out of the question. */
    private static final class Net {
        static final Cleaner CLEANER = Cleaner.create();
    }
}
