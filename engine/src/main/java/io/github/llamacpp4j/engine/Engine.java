package io.github.llamacpp4j.engine;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Generates for many callers at once on one decoder, by continuous batching: every step decodes one token of each generating
 * sequence and a piece of each prompt together.
 *
 * <p>Thread-safe. Blocking methods suit virtual threads: thousands may wait. One platform thread does the work.
 */
public final class Engine implements AutoCloseable {

    private static final Duration CLOSE_PATIENCE = Duration.ofMinutes(1);

    private final Supplier<? extends Decoder> decoders;
    private final Supplier<? extends Drafter> drafters;
    private final EngineVocabulary vocabulary;
    private final EngineOptions options;
    private final Telemetry telemetry;
    private final AtomicLong ids = new AtomicLong();
    private volatile EngineRun run;
    private boolean closed;

    private Engine(
            Supplier<? extends Decoder> decoders,
            Supplier<? extends Drafter> drafters,
            EngineVocabulary vocabulary,
            EngineOptions options) {
        this.decoders = decoders;
        this.drafters = drafters;
        this.vocabulary = vocabulary;
        this.options = options;
        telemetry = new Telemetry(options.listeners());
        run = newRun();
    }

    /**
     * Starts an engine.
     *
     * @param decoders makes the decoder, and a new one for each {@link #restart}; the engine closes them
     * @param vocabulary the vocabulary of the decoder's model
     * @param options how the decoder is shared
     */
    public static Engine start(
            Supplier<? extends Decoder> decoders, EngineVocabulary vocabulary, EngineOptions options) {
        return start(decoders, NgramDrafter::new, vocabulary, options);
    }

    static Engine start(
            Supplier<? extends Decoder> decoders,
            Supplier<? extends Drafter> drafters,
            EngineVocabulary vocabulary,
            EngineOptions options) {
        Engine engine = new Engine(
                requireNonNull(decoders, "decoders"),
                drafters,
                requireNonNull(vocabulary, "vocabulary"),
                requireNonNull(options, "options"));
        engine.run.start();
        return engine;
    }

    /**
     * Starts an engine with a context of its own on a model, which stays open at least as long.
     *
     * @param model the model
     * @param context what the context should be like; sequences and cache layout are set by the engine
     * @param options how the context is shared
     */
    public static Engine start(Model model, ContextOptions context, EngineOptions options) {
        return start(model, new ModelVocabulary(model), context, options);
    }

    /**
     * Like {@link #start(Model, ContextOptions, EngineOptions)} with a vocabulary that was read before.
     *
     * @param vocabulary the vocabulary of the model
     */
    public static Engine start(Model model, ModelVocabulary vocabulary, ContextOptions context, EngineOptions options) {
        return start(() -> ContextDecoder.open(model, context, options), vocabulary, options);
    }

    /**
     * Starts an engine that lets a smaller model guess ahead for the requests that ask for it, see
     * {@link EngineOptions#speculativeTokens}. What is guessed is checked by the model itself, so answers stay as they are.
     *
     * @param model the model
     * @param draftModel a smaller model with the same vocabulary; both stay open at least as long as the engine
     * @param vocabulary the vocabulary of {@code model}
     * @param context what the contexts should be like; sequences and cache layout are set by the engine
     * @param options how the context is shared
     * @throws IllegalArgumentException if the models' vocabularies differ or the draft model's memory cannot take back tokens
     */
    public static Engine start(
            Model model, Model draftModel, ModelVocabulary vocabulary, ContextOptions context, EngineOptions options) {
        DraftVocabulary.check(model.tokenizer(), draftModel.tokenizer());
        EngineOptions plain = options.toBuilder()
                .retainedSequences(0)
                .deterministic(false)
                .cacheLayout(CacheLayout.UNIFIED)
                .build();
        int vocabularySize = model.tokenizer().size();
        return start(
                () -> ContextDecoder.open(model, context, options),
                () -> drafter(ContextDecoder.open(draftModel, context, plain), vocabularySize),
                vocabulary,
                options);
    }

    private static Drafter drafter(Decoder decoder, int vocabularySize) {
        try {
            return new ModelDrafter(decoder, vocabularySize);
        } catch (RuntimeException e) {
            decoder.close();
            throw e;
        }
    }

    private EngineRun newRun() {
        Decoder decoder = decoders.get();
        try {
            if (decoder.limits().vocabularySize() != vocabulary.size()) {
                throw new IllegalArgumentException("the decoder knows "
                        + decoder.limits().vocabularySize() + " tokens and the vocabulary " + vocabulary.size());
            }
            return new EngineRun(decoder, drafters.get(), vocabulary, options, telemetry, ids);
        } catch (RuntimeException e) {
            decoder.close();
            throw e;
        }
    }

    /** What the decoder can hold and do. */
    public DecoderLimits limits() {
        return run.limits();
    }

    /** How the decoder is shared. */
    public EngineOptions options() {
        return options;
    }

    /** What the engine is doing and has done. Never waits for the engine's thread. */
    public EngineStats stats() {
        return run.loop().stats();
    }

    /** Whether the engine serves requests. */
    public boolean isRunning() {
        return run.isRunning();
    }

    /**
     * Submits a request, waiting for room in the queue as long as the request's timeout allows.
     *
     * @throws IllegalArgumentException if the request can never be served
     * @throws ContextOverflowException if the prompt is longer than the context
     * @throws EngineOverloadedException if there was no room in time
     * @throws EngineInterruptedException if the thread was interrupted
     * @throws EngineClosedException if the engine is closed
     * @throws EngineFailedException if the engine died
     */
    public Generation submit(EngineRequest request) {
        return submit(request, 1).getFirst();
    }

    /**
     * Submits a request for several answers to one prompt, which is read once. Their seeds follow each other if the request names
     * one. Otherwise as {@link #submit(EngineRequest)}.
     *
     * @param samples how many answers, 1 to the capacity of the queue
     */
    public List<Generation> submit(EngineRequest request, int samples) {
        return put(run, request, samples, null);
    }

    /**
     * Submits a request if there is room in the queue now. Otherwise as {@link #submit(EngineRequest)}.
     *
     * @throws EngineOverloadedException if there is none
     */
    public Generation trySubmit(EngineRequest request) {
        return trySubmit(request, 1).getFirst();
    }

    /** Submits a request for several answers if there is room in the queue now; see {@link #submit(EngineRequest, int)}. */
    public List<Generation> trySubmit(EngineRequest request, int samples) {
        EngineRun current = run;
        List<Sequence> sequences = current.create(request, samples, null);
        if (!current.queue().offer(sequences, telemetry::queued)) {
            throw overloaded(current, request, "the queue of " + options.queueCapacity() + " requests is full");
        }
        return submitted(current, sequences);
    }

    /**
     * Reads a prefix and keeps it in the memory until the pin is closed. Waits until it is there. At most as many are pinned as there are
     * retained sequences; none where sequences have cells of their own.
     *
     * @throws EngineException as {@link #submit(EngineRequest)}
     */
    public PrefixPin pin(int... prefix) {
        EngineRun current = run;
        PrefixPin pin = new PrefixPin(current::unpin);
        EngineRequest request = EngineRequest.builder(prefix)
                .maxTokens(0)
                .sampling(SamplingOptions.greedy())
                .build();
        try (Generation stream = put(current, request, 1, pin).getFirst()) {
            stream.result();
        } catch (RuntimeException e) {
            pin.close();
            throw e;
        }
        return pin;
    }

    private List<Generation> put(EngineRun current, EngineRequest request, int samples, @Nullable PrefixPin pin) {
        List<Sequence> sequences = current.create(request, samples, pin);
        long patience = request.timeout().map(Nanos::of).orElse(Long.MAX_VALUE);
        try {
            if (!current.queue().put(sequences, patience, telemetry::queued)) {
                throw overloaded(
                        current,
                        request,
                        "no room in the queue within " + request.timeout().orElseThrow());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineInterruptedException(e);
        }
        return submitted(current, sequences);
    }

    private EngineOverloadedException overloaded(EngineRun current, EngineRequest request, String message) {
        telemetry.rejected(request.caller(), current.queue().size());
        return new EngineOverloadedException(message + "; try again later or enlarge queueCapacity");
    }

    private List<Generation> submitted(EngineRun current, List<Sequence> sequences) {
        current.wake();
        return sequences.stream().map(Sequence::stream).toList();
    }

    /**
     * Takes no more requests, serves those taken and closes.
     *
     * @return whether that was done within {@code timeout}; if not, it goes on, and {@link #close} ends it
     */
    public boolean drain(Duration timeout) {
        EngineRun current;
        synchronized (this) {
            closed = true;
            current = run;
        }
        current.drain();
        try {
            return current.await(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Starts an engine that died once more, with a new decoder, once the old one is closed. Requests of its former life stay failed.
     *
     * @throws IllegalStateException if the engine is running, or its old decoder is not closed within a minute
     * @throws EngineClosedException if the engine is closed
     * @throws EngineInterruptedException if the thread was interrupted while it waited for that
     */
    public void restart() {
        restart(CLOSE_PATIENCE);
    }

    void restart(Duration patience) {
        EngineRun dead = failedRun();
        try {
            if (!dead.await(patience)) {
                throw new IllegalStateException(
                        "the engine that failed has not closed its decoder yet: its thread is still in"
                                + " native code, or it is a listener of this engine that calls restart(); try again later from another"
                                + " thread, or start another process");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineInterruptedException(e);
        }
        synchronized (this) {
            if (failedRun() != dead) {
                throw new IllegalStateException("another thread has restarted the engine meanwhile");
            }
            EngineRun next = newRun();
            run = next;
            next.start();
        }
    }

    private synchronized EngineRun failedRun() {
        if (closed) {
            throw new EngineClosedException("a closed engine cannot be restarted; start a new one");
        }
        if (run.failure() == null) {
            throw new IllegalStateException("the engine is running; restart() is for one that failed");
        }
        return run;
    }

    /** Closes at once: whatever is not done fails with {@link EngineClosedException}. May be called more than once. */
    @Override
    public void close() {
        EngineRun current;
        synchronized (this) {
            closed = true;
            current = run;
        }
        current.close();
        try {
            current.await(CLOSE_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
