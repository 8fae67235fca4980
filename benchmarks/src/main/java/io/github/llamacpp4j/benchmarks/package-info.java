/** JMH benchmarks of the pure Java parts; start with {@link io.github.llamacpp4j.benchmarks.Benchmarks}. */
@NullMarked
package io.github.llamacpp4j.benchmarks;

import org.jspecify.annotations.NullMarked;
