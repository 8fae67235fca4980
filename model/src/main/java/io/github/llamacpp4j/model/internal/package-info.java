/** What only the engine may see of a context: native memory without a copy. */
@NullMarked
package io.github.llamacpp4j.model.internal;

import org.jspecify.annotations.NullMarked;
