package io.github.llamacpp4j.ffi;

import java.lang.foreign.MemorySegment;

/** C strings as Java strings. */
final class NativeStrings {

    private NativeStrings() {}

    /** A UTF-8 string; NULL is the empty string. */
    static String text(MemorySegment string) {
        return string.address() == 0 ? "" : string.getString(0);
    }
}
