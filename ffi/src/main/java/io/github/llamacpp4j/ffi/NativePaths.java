package io.github.llamacpp4j.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * File names as llama.cpp takes them: UTF-8 on Windows, elsewhere the bytes that the operating system sees, which are those
 * of the charset that Java uses for file names.
 */
public final class NativePaths {

    private static final Charset CHARSET = System.getProperty("os.name", "").startsWith("Windows")
            ? StandardCharsets.UTF_8
            : Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"), StandardCharsets.UTF_8);

    private NativePaths() {}

    /** A path as a C string. */
    public static MemorySegment allocate(SegmentAllocator allocator, Path path) {
        return allocator.allocateFrom(path.toString(), CHARSET);
    }
}
