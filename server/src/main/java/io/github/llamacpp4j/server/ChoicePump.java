package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.EngineException;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.GenerationEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Reads several generations on one thread, in batches of what is there: the engine computes them side by side, and none may wait
 * until another one is done. Used by one thread.
 */
final class ChoicePump {

    /** Takes what was read. */
    interface Reader {

        /** Takes the next event of one of the generations. */
        void accept(int index, GenerationEvent event);

        /** Nothing more is there for the moment. */
        void pause();
    }

    /** How long the others may wait while the one that is listened to has nothing to tell: usually all of them speak at once. */
    private static final Duration PATIENCE = Duration.ofMillis(20);

    private final List<Generation> generations;
    private final BooleanSupplier abandoned;
    private final Reader reader;
    private final List<Integer> running = new ArrayList<>();

    private ChoicePump(List<Generation> generations, BooleanSupplier abandoned, Reader reader) {
        this.generations = generations;
        this.abandoned = abandoned;
        this.reader = reader;
        for (int i = 0; i < generations.size(); i++) {
            running.add(i);
        }
    }

    /**
     * Reads the generations to their ends.
     *
     * @param abandoned tells that the generations were closed because nobody wants them any more
     * @return whether all came to an end
     * @throws EngineException if one failed
     */
    static boolean run(List<Generation> generations, BooleanSupplier abandoned, Reader reader) {
        return new ChoicePump(generations, abandoned, reader).run();
    }

    private boolean run() {
        while (!running.isEmpty()) {
            try {
                if (!await() || abandoned.getAsBoolean()) {
                    return false;
                }
                running.removeIf(this::drain);
            } catch (EngineException failure) {
                reader.pause();
                throw failure;
            }
            reader.pause();
        }
        return true;
    }

    /** Waits until there may be something to read; false if there will be nothing more. */
    private boolean await() {
        int first = running.getFirst();
        if (running.size() == 1) {
            return generations.get(first).hasNext();
        }
        Optional<GenerationEvent> event = generations.get(first).poll(PATIENCE);
        running.removeFirst();
        if (event.isEmpty() || !accept(first, event.get())) {
            running.add(first);
        }
        return true;
    }

    /** Reads what is there; true if that was the end. */
    private boolean drain(int index) {
        Generation generation = generations.get(index);
        Optional<GenerationEvent> event = generation.poll(Duration.ZERO);
        while (event.isPresent()) {
            if (accept(index, event.get())) {
                return true;
            }
            event = generation.poll(Duration.ZERO);
        }
        return false;
    }

    /** Hands on an event; true if it is the end. */
    private boolean accept(int index, GenerationEvent event) {
        reader.accept(index, event);
        return event instanceof FinishedEvent;
    }
}
