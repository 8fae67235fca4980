/** Engine metrics in a Micrometer registry; see {@link io.github.llamacpp4j.micrometer.EngineMetrics}. */
@NullMarked
package io.github.llamacpp4j.micrometer;

import org.jspecify.annotations.NullMarked;
