package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.OutputEvent;
import io.github.llamacpp4j.chat.OutputParser;
import io.github.llamacpp4j.chat.RenderedPrompt;
import io.github.llamacpp4j.engine.EngineException;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.GenerationEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A model's answer, read as it comes: reasoning, text and tool calls apart. Reading is pulling; closing cancels.
 *
 * <p>Not thread-safe, except that {@link #cancel} and {@link #close} may come from any thread.
 */
@SuppressWarnings("IterableAndIterator") // read once, by a for loop or by hand
public final class ChatStream implements Iterator<OutputEvent>, Iterable<OutputEvent>, AutoCloseable {

    private final Generation generation;
    private final OutputParser parser;
    private final RenderedPrompt prompt;
    private final Deque<OutputEvent> ready = new ArrayDeque<>();
    private final Listener listener;
    private volatile boolean closed;
    private @Nullable FinishedEvent end;

    /** Learns how a stream ends. */
    interface Listener {

        Listener NONE = new Listener() {
            @Override
            public void ended(ChatReply reply) {}

            @Override
            public void closed() {}
        };

        /** The whole answer was read. */
        void ended(ChatReply reply);

        /** The stream was closed, be it before or after its end; may come more than once and from any thread. */
        void closed();
    }

    ChatStream(Generation generation, OutputParser parser, RenderedPrompt prompt, Listener listener) {
        this.generation = generation;
        this.parser = parser;
        this.prompt = prompt;
        this.listener = listener;
    }

    /** What the model was asked, rendered. */
    public RenderedPrompt prompt() {
        return prompt;
    }

    /** This object itself: what has not been read yet. */
    @Override
    public Iterator<OutputEvent> iterator() {
        return this;
    }

    /**
     * Waits for the next event.
     *
     * @return whether there is one; false once the stream is closed
     * @throws EngineException if the request failed
     */
    @Override
    public boolean hasNext() {
        while (!closed && ready.isEmpty() && end == null && generation.hasNext()) {
            generation.poll(Duration.ZERO).ifPresent(this::accept);
        }
        return !closed && !ready.isEmpty();
    }

    private void accept(GenerationEvent event) {
        ready.addAll(parser.accept(event.text()));
        if (event instanceof FinishedEvent finished) {
            ready.addAll(parser.finish());
            end = finished;
            listener.ended(reply(finished));
        }
    }

    @Override
    public OutputEvent next() {
        if (ready.isEmpty() && !hasNext()) {
            throw new NoSuchElementException("the answer has ended; ask hasNext() first");
        }
        return ready.remove();
    }

    /**
     * Reads to the end; events that were not taken are part of the reply too.
     *
     * @throws EngineException if the request failed
     * @throws IllegalStateException if the stream was closed before its end
     */
    public ChatReply reply() {
        while (hasNext()) {
            next();
        }
        FinishedEvent finished = end;
        if (finished == null) {
            throw new IllegalStateException("this stream was closed before its end");
        }
        return reply(finished);
    }

    private ChatReply reply(FinishedEvent finished) {
        return new ChatReply(parser.result(), finished, prompt);
    }

    /** Asks for an early end; what was generated and the end can still be read. May come from any thread. */
    public void cancel() {
        generation.cancel();
    }

    /** Cancels what has not been generated yet and drops what was not read. May be called more than once. */
    @Override
    public void close() {
        closed = true;
        generation.close();
        listener.closed();
    }
}
