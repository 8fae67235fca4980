/** The bundled demonstration model. Start with {@link io.github.llamacpp4j.tinychat.TinyChat}. */
@NullMarked
package io.github.llamacpp4j.tinychat;

import org.jspecify.annotations.NullMarked;
