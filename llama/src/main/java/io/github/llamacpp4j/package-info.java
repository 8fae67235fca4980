/**
 * Run GGUF models inside the JVM. Start with {@link io.github.llamacpp4j.Llama}; {@link io.github.llamacpp4j.GenerationOptions}
 * says what one generation is to do.
 */
@NullMarked
package io.github.llamacpp4j;

import org.jspecify.annotations.NullMarked;
