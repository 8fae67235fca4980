package io.github.llamacpp4j.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request, read as it comes: any number of {@link TokenEvent}s, then one {@link FinishedEvent}.
 *
 * <p>Reading is pulling: a stream that is not read pauses its own sequence once its buffer is full, and is ended when it stays
 * unread for too long. Closing a stream cancels its request wherever it is.
 *
 * <p>Thread-safe; meant for one reader.
 */
@SuppressWarnings("IterableAndIterator") // read once, by a for loop or by hand
public final class Generation implements Iterator<GenerationEvent>, Iterable<GenerationEvent>, AutoCloseable {

    private final long id;
    private final EventBuffer events;
    private final Runnable wakeEngine;
    private volatile List<TokenLogprobs> promptLogprobs = List.of();
    private volatile boolean cancelled;
    private volatile boolean closed;

    Generation(long id, int capacity, Runnable wakeEngine) {
        this.id = id;
        this.wakeEngine = wakeEngine;
        events = new EventBuffer(capacity, wakeEngine);
    }

    /** The request's number, as in {@link EngineListener}. */
    public long id() {
        return id;
    }

    /** This object itself: what has not been read yet. */
    @Override
    public Iterator<GenerationEvent> iterator() {
        return this;
    }

    /**
     * Waits for the next event.
     *
     * @return whether there is one; false once the end was taken or the stream closed
     * @throws EngineException if the request failed, once all earlier events were taken
     * @throws EngineInterruptedException if the thread is interrupted, which cancels the request
     */
    @Override
    public boolean hasNext() {
        try {
            if (!closed) {
                events.await();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return !isOver();
    }

    /**
     * Waits for the next event and takes it.
     *
     * @throws NoSuchElementException if {@link #hasNext} would return false
     * @throws EngineException as {@link #hasNext}
     */
    @Override
    public GenerationEvent next() {
        while (hasNext()) {
            Optional<GenerationEvent> event = poll(Duration.ZERO);
            if (event.isPresent()) {
                return event.get();
            }
        }
        throw new NoSuchElementException("the stream has ended; ask hasNext() first");
    }

    /**
     * Waits for the next event for at most {@code timeout} and takes it.
     *
     * @return the event; empty if none came in time or the stream is over
     * @throws EngineException as {@link #hasNext}
     */
    public Optional<GenerationEvent> poll(Duration timeout) {
        try {
            @Nullable GenerationEvent event = closed ? null : events.take(Nanos.of(timeout));
            if (event == null) {
                isOver();
            }
            return Optional.ofNullable(event);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * Reads to the end.
     *
     * @throws EngineException as {@link #hasNext}
     * @throws IllegalStateException if the end was taken before or the stream closed
     */
    public Completion result() {
        StringBuilder text = new StringBuilder();
        List<Integer> tokens = new ArrayList<>();
        List<TokenLogprobs> logprobs = new ArrayList<>();
        while (hasNext()) {
            @Nullable GenerationEvent event = poll(Duration.ZERO).orElse(null);
            switch (event) {
                case null -> {} // closed or read by another thread meanwhile
                case TokenEvent token -> {
                    text.append(token.text());
                    tokens.add(token.token());
                    token.logprobs().ifPresent(logprobs::add);
                }
                case FinishedEvent end -> {
                    text.append(end.text());
                    return new Completion(text.toString(), tokens, logprobs, end);
                }
            }
        }
        throw new IllegalStateException("the end of this stream was taken before or the stream is closed");
    }

    /**
     * The log probabilities of the prompt's tokens from the second on, each given those before it. Complete once the first event is
     * there; empty before that, and if the request did not ask for them.
     */
    public List<TokenLogprobs> promptLogprobs() {
        return promptLogprobs;
    }

    void promptLogprobs(List<TokenLogprobs> value) {
        promptLogprobs = List.copyOf(value);
    }

    /** Asks the engine to end the request soon; what was generated and the end can still be read. */
    public void cancel() {
        cancelled = true;
        wakeEngine.run();
    }

    /** Cancels the request and drops what was not read. May be called more than once. */
    @Override
    public void close() {
        closed = true;
        events.discard();
        if (!events.isEnded()) {
            cancel();
        }
    }

    boolean isCancelled() {
        return cancelled;
    }

    EventBuffer events() {
        return events;
    }

    private boolean isOver() {
        if (closed) {
            return true;
        }
        if (!events.isExhausted()) {
            return false;
        }
        EngineException failure = events.failure();
        if (failure != null) {
            throw failure;
        }
        return true;
    }

    private EngineInterruptedException interrupted(InterruptedException cause) {
        cancel();
        Thread.currentThread().interrupt();
        return new EngineInterruptedException(cause);
    }
}
