package io.github.llamacpp4j.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One life of an engine: a decoder, a queue and the thread that serves it, from start to close or death. Thread-safe. */
final class EngineRun {

    private static final Logger LOGGER = System.getLogger(EngineRun.class.getName());

    private final Decoder decoder;
    private final Drafter drafter;
    private final DecoderLimits limits;
    private final EngineOptions options;
    private final Telemetry telemetry;
    private final RequestQueue queue;
    private final SequenceFactory sequences;
    private final EngineLoop loop;
    private final Thread thread;
    private volatile boolean awake;
    private volatile boolean draining;
    private volatile boolean closing;
    private volatile boolean stepping;
    private volatile long stepStartedNanos;
    private volatile @Nullable EngineFailedException failure;

    EngineRun(
            Decoder decoder,
            Drafter drafter,
            EngineVocabulary vocabulary,
            EngineOptions options,
            Telemetry telemetry,
            AtomicLong ids) {
        this.decoder = decoder;
        this.drafter = drafter;
        this.options = options;
        this.telemetry = telemetry;
        limits = decoder.limits();
        queue = new RequestQueue(options.queueCapacity());
        sequences = new SequenceFactory(vocabulary, limits, options, System::nanoTime, this::wake, ids);
        loop = new EngineLoop(decoder, vocabulary, options, queue, System::nanoTime, telemetry, drafter);
        thread = Thread.ofPlatform().name("llamacpp4j-engine").daemon(true).unstarted(this::serve);
    }

    void start() {
        thread.start();
        Thread.ofVirtual().name("llamacpp4j-engine-watchdog").start(this::watch);
    }

    DecoderLimits limits() {
        return limits;
    }

    RequestQueue queue() {
        return queue;
    }

    EngineLoop loop() {
        return loop;
    }

    @Nullable
    EngineFailedException failure() {
        return failure;
    }

    boolean isRunning() {
        return failure == null && thread.isAlive();
    }

    /** Makes the engine's thread look at what there is to do. */
    void wake() {
        awake = true;
        LockSupport.unpark(thread);
    }

    /** Takes no more requests and ends once all that were taken are served. */
    void drain() {
        queue.close(new EngineClosedException("the engine is closing and takes no more requests"));
        draining = true;
        wake();
    }

    /** Ends now; whatever is not done fails. */
    void close() {
        queue.close(new EngineClosedException("the engine is closed"));
        closing = true;
        decoder.abort();
        drafter.abort();
        wake();
    }

    /** Waits until the decoder is closed; false if it was not in time, and at once for the engine's own thread, which closes it. */
    boolean await(Duration timeout) throws InterruptedException {
        return !Thread.currentThread().equals(thread) && thread.join(timeout);
    }

    private void serve() {
        try {
            while (!closing && !(draining && loop.isIdle())) {
                stepOrSleep();
            }
            loop.failAll(new EngineClosedException("the engine was closed while this request was in work"));
        } catch (RuntimeException | Error e) {
            die(e);
        } finally {
            stepping = false;
            close(decoder);
            close(drafter);
        }
    }

    /** A method of its own, which gets compiled, unlike a loop that runs for as long as the engine lives. */
    private void stepOrSleep() {
        awake = false;
        stepStartedNanos = System.nanoTime();
        stepping = true;
        boolean worked = loop.step();
        stepping = false;
        if (!worked) {
            sleep();
        }
    }

    /**
     * Waits for {@link #wake}. Nothing between the last look at {@code awake} and the park may take a lock: waiting for one uses up
     * the permit that {@code wake} leaves, and the thread would sleep with work to do.
     */
    private void sleep() {
        long idleNanos = Nanos.of(loop.idleTime());
        boolean drained = draining && loop.isIdle();
        if (!awake && !closing && !drained) {
            LockSupport.parkNanos(this, idleNanos);
        }
    }

    private void die(Throwable cause) {
        LOGGER.log(Level.ERROR, "the engine stopped because of a fault", cause);
        EngineFailedException reason = new EngineFailedException(cause);
        failure = reason;
        queue.close(reason);
        loop.failAll(reason);
    }

    private static void close(AutoCloseable owned) {
        try {
            owned.close();
        } catch (Exception e) { // what it throws is not known here, and nobody waits for it
            LOGGER.log(Level.WARNING, "closing " + owned.getClass().getSimpleName() + " failed", e);
        }
    }

    /** Reports a step that takes too long, once; ends with the engine's thread, so that nothing keeps a closed engine. */
    private void watch() {
        long limit = Nanos.of(options.stuckAfter());
        Duration interval = Duration.ofNanos(Math.max(limit / 4, 1_000_000));
        long reported = 0;
        try {
            while (!thread.join(interval)) {
                long started = stepStartedNanos;
                long running = System.nanoTime() - started;
                if (stepping && running > limit && reported != started) {
                    telemetry.stuck(running);
                    reported = started;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void unpin(Branch branch) {
        loop.execute(() -> loop.unpin(branch));
        wake();
    }

    List<Sequence> create(EngineRequest request, int samples, @Nullable PrefixPin pin) {
        return sequences.create(request, samples, pin);
    }
}
