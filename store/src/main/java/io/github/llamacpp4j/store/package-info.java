/**
 * Models on this machine: fetched with resume and checksum, verified, listed and removed. Start with
 * {@link io.github.llamacpp4j.store.ModelStore}; {@link io.github.llamacpp4j.store.ModelSource} says what a model can be
 * called.
 */
@NullMarked
package io.github.llamacpp4j.store;

import org.jspecify.annotations.NullMarked;
