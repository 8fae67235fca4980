/**
 * Models, tokenizers, contexts, batches and samplers of llama.cpp as safe Java objects.
 *
 * <p>Start with {@link io.github.llamacpp4j.model.Model}, which is loaded from a GGUF file, and with
 * {@link io.github.llamacpp4j.model.Context}, which holds the state of running sequences. Every precondition of the
 * native library is checked before the call, because a violated one ends the process.
 */
@NullMarked
package io.github.llamacpp4j.model;

import org.jspecify.annotations.NullMarked;
