/**
 * GGUF files read and written in pure Java. Start with {@link io.github.llamacpp4j.gguf.GgufFile} to read and
 * {@link io.github.llamacpp4j.gguf.GgufWriter} to write.
 */
@NullMarked
package io.github.llamacpp4j.gguf;

import org.jspecify.annotations.NullMarked;
