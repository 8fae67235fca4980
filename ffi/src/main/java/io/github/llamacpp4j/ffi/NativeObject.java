package io.github.llamacpp4j.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A native object with the number of shares in it. The last release frees the object, then its memory, then gives back
 * its shares in the objects it needs. Thread-safe.
 */
final class NativeObject {
    private final String name;
    private final Arena arena = Arena.ofShared();
    private final @Nullable Arena memory;
    private final MemorySegment segment;
    private final Deque<NativeObject> dependencies = new ArrayDeque<>();
    private int shares = 1;

    @SuppressWarnings("restricted") // the one place where a C destructor becomes part of an arena
    NativeObject(String name, @Nullable Arena memory, MemorySegment address, Consumer<MemorySegment> destructor) {
        this.name = name;
        this.memory = memory;
        this.segment = address.reinterpret(arena, destructor);
    }

    String name() {
        return name;
    }

    MemorySegment segment() {
        return segment;
    }

    /** Takes over one share of {@code dependency}, to be given back after this object has been freed. */
    void dependOn(NativeObject dependency) {
        dependencies.push(dependency);
    }

    synchronized void retain() {
        shares++;
    }

    /**
     * Gives back one share.
     *
     * @throws IllegalStateException if it is the last one and a native call is using the object; the share is then kept
     */
    synchronized void release() {
        if (shares > 1) {
            shares--;
            return;
        }
        try {
            arena.close();
        } catch (IllegalStateException inUse) {
            throw new IllegalStateException(
                    "this " + name + " is in use by another thread: close it after the running call has returned",
                    inUse);
        }
        shares = 0;
        if (memory != null) {
            memory.close();
        }
        dependencies.forEach(NativeObject::release);
    }

    @Override
    public String toString() {
        return name + "@" + Long.toHexString(segment.address());
    }
}
