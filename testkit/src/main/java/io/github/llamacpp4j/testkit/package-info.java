/**
 * For the tests of programs that use llamacpp4j. Start with {@link io.github.llamacpp4j.testkit.LlamaTest}, or without
 * JUnit with {@link io.github.llamacpp4j.testkit.TestLlamas}.
 */
@NullMarked
package io.github.llamacpp4j.testkit;

import org.jspecify.annotations.NullMarked;
