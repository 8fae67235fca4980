/** GGUF files read and written in pure Java. */
@NullMarked
package io.github.llamacpp4j.gguf;

import org.jspecify.annotations.NullMarked;
