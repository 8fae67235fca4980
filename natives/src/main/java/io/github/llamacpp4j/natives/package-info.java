/**
 * Sets of llama.cpp libraries on disk. Start with {@link io.github.llamacpp4j.natives.NativeSets}, which finds the set to
 * load, and {@link io.github.llamacpp4j.natives.NativesInstaller}, which fetches one.
 */
@NullMarked
package io.github.llamacpp4j.natives;

import org.jspecify.annotations.NullMarked;
