/**
 * What stands between Java and llama.cpp's C functions. {@link io.github.llamacpp4j.ffi.NativeLibrary} is where the
 * generated bindings find their functions; {@link io.github.llamacpp4j.ffi.NativeHandle} owns a native object.
 */
@NullMarked
package io.github.llamacpp4j.ffi;

import org.jspecify.annotations.NullMarked;
