package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.chat.OutputEvent;
import io.github.llamacpp4j.engine.EngineException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A typed answer, read as it grows: each element is the JSON written so far, closed where it is still open. Strings grow; a
 * number, a boolean or a member's name appears once it is whole. Only {@link #value()} is the value itself: a growing one would
 * have to break the promises of its type.
 *
 * <p>Reading is pulling; closing cancels. Not thread-safe, except that {@link #close} may come from any thread.
 *
 * @param <T> the type of the value
 */
@SuppressWarnings("IterableAndIterator") // read once, by a for loop or by hand
public final class TypedStream<T> implements Iterator<JsonNode>, Iterable<JsonNode>, AutoCloseable {

    private final ChatStream stream;
    private final OutputType<T> type;
    private final PartialJson partial = new PartialJson();
    private @Nullable JsonNode last;
    private @Nullable JsonNode ready;

    TypedStream(ChatStream stream, OutputType<T> type) {
        this.stream = stream;
        this.type = type;
    }

    /** This object itself: what has not been read yet. */
    @Override
    public Iterator<JsonNode> iterator() {
        return this;
    }

    /**
     * Waits until the value has grown.
     *
     * @return whether it has; false at the end
     * @throws EngineException if the request failed
     */
    @Override
    public boolean hasNext() {
        while (ready == null && stream.hasNext()) {
            if (stream.next() instanceof OutputEvent.Text text) {
                partial.append(text.text());
                Optional<JsonNode> grown = partial.tree().filter(tree -> !tree.equals(last));
                grown.ifPresent(tree -> ready = tree);
            }
        }
        return ready != null;
    }

    @Override
    public JsonNode next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the answer has ended; ask hasNext() first");
        }
        JsonNode next = requireNonNull(ready);
        last = next;
        ready = null;
        return next;
    }

    /**
     * Reads to the end.
     *
     * @return the value; the same as an equal one each time
     * @throws EngineException if the request failed
     * @throws TypedOutputException if the answer was cut off, called tools instead, or cannot be read
     * @throws IllegalStateException if the stream was closed before its end
     */
    public T value() {
        return type.decode(reply());
    }

    /**
     * Reads to the end.
     *
     * @throws EngineException if the request failed
     * @throws IllegalStateException if the stream was closed before its end
     */
    public ChatReply reply() {
        return stream.reply();
    }

    /** Cancels what has not been generated yet. May be called more than once. */
    @Override
    public void close() {
        stream.close();
    }
}
