package io.github.llamacpp4j;

import org.jspecify.annotations.Nullable;

/**
 * What a tool does. Called on a virtual thread of its own, several at once where the model makes several calls.
 *
 * @param <A> the type of its arguments
 */
@FunctionalInterface
public interface ToolFunction<A> {

    /**
     * Does it.
     *
     * @param arguments what the model asks for; its schema is satisfied
     * @return the result: a string is given to the model as it is, anything else as JSON
     * @throws Exception if it fails; {@link ToolRunOptions#failures} says what becomes of that
     */
    @Nullable
    Object call(A arguments) throws Exception;
}
