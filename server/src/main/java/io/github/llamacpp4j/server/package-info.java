/**
 * An OpenAI-compatible HTTP server: start with {@link io.github.llamacpp4j.server.Server} and
 * {@link io.github.llamacpp4j.server.ServerOptions}.
 */
@NullMarked
package io.github.llamacpp4j.server;

import org.jspecify.annotations.NullMarked;
