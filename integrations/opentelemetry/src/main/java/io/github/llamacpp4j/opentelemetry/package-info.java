/** OpenTelemetry spans and metrics for an engine; see {@link io.github.llamacpp4j.opentelemetry.EngineTelemetry}. */
@NullMarked
package io.github.llamacpp4j.opentelemetry;

import org.jspecify.annotations.NullMarked;
