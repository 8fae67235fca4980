package io.github.llamacpp4j.ffi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The heap of the C library. Thread-safe.
 *
 * <p>glibc keeps what has been freed. Where a context has been freed, small allocations of the JVM lie between its large
 * aligned blocks, and glibc before 2.38 rarely fits the next context into the gaps: a process that opens and closes
 * contexts of a small model all day grows by about a megabyte for each, though nothing leaks. Giving the gaps back to the
 * system keeps it flat. (Blocks above 32 MiB, as large models have, are given back by glibc itself.)
 */
public final class NativeHeap {

    private static final Optional<MethodHandle> MALLOC_TRIM = mallocTrim();

    private NativeHeap() {}

    @SuppressWarnings("restricted")
    private static Optional<MethodHandle> mallocTrim() {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("malloc_trim")
                .map(function -> linker.downcallHandle(
                        function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG)));
    }

    /** Gives freed memory back to the system where the C library has a function for it, and does nothing elsewhere. */
    public static void giveBack() {
        if (MALLOC_TRIM.isPresent()) {
            try {
                int released = (int) MALLOC_TRIM.get().invokeExact(0L);
                assert released >= 0;
            } catch (Throwable failure) {
                throw new IllegalStateException("malloc_trim failed", failure);
            }
        }
    }
}
