/**
 * Continuous batching over one llama.cpp context: tokens in, tokens out.
 *
 * <p>Start with {@link io.github.llamacpp4j.engine.SamplingOptions}, which says how the next token is chosen.
 */
@NullMarked
package io.github.llamacpp4j.engine;

import org.jspecify.annotations.NullMarked;
