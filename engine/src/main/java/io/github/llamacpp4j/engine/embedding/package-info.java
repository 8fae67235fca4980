/**
 * Texts to vectors, and documents ranked by a query. Start with {@link io.github.llamacpp4j.engine.embedding.Embedder} or
 * {@link io.github.llamacpp4j.engine.embedding.Reranker}.
 */
@NullMarked
package io.github.llamacpp4j.engine.embedding;

import org.jspecify.annotations.NullMarked;
