/** jcstress tests of the queues between callers and the engine, in the engine's package because the queues are its own. */
@NullMarked
package io.github.llamacpp4j.engine;

import org.jspecify.annotations.NullMarked;
