/**
 * The {@code llamacpp4j} command. {@link io.github.llamacpp4j.cli.Main} is where it starts; every subcommand is one
 * class that receives its {@link io.github.llamacpp4j.cli.Terminal} in the constructor.
 */
@NullMarked
package io.github.llamacpp4j.cli;

import org.jspecify.annotations.NullMarked;
