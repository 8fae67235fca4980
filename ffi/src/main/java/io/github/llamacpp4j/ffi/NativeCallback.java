package io.github.llamacpp4j.ffi;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.ffi.generated.ggml_abort_callback_t;
import io.github.llamacpp4j.ffi.generated.ggml_backend_sched_eval_callback;
import io.github.llamacpp4j.ffi.generated.ggml_log_callback;
import io.github.llamacpp4j.ffi.generated.llama_progress_callback;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Java function that C can call. A throwable must not cross back into C, which would end the JVM: the first one is kept
 * here and C gets the answer that the kind of callback names. After the native call returns, the Java caller asks
 * {@link #rethrow()}.
 *
 * <p>The function pointer is valid until its arena closes; C must have forgotten it by then. Callbacks may arrive on
 * threads that Java did not start. Thread-safe, if the function given is.
 */
public final class NativeCallback {
    private final MemorySegment pointer;
    private final Guard guard;

    private NativeCallback(MemorySegment pointer, Guard guard) {
        this.pointer = pointer;
        this.guard = guard;
    }

    /** Receives log lines of llama.cpp and ggml. */
    @FunctionalInterface
    public interface LogSink {
        /**
         * Called once per piece of output.
         *
         * @param level one of {@code GgmlH.GGML_LOG_LEVEL_*}
         * @param text the text, often a line with its line feed, but possibly a part of one
         */
        void log(int level, String text);
    }

    /** Follows the loading of a model. */
    @FunctionalInterface
    public interface ProgressListener {
        /**
         * Called as loading proceeds.
         *
         * @param fraction from 0 to 1
         * @return whether to go on; {@code false} cancels the load
         */
        boolean progress(float fraction);
    }

    /** Follows a computation tensor by tensor. */
    public interface TensorObserver {
        /**
         * Called before a tensor is computed.
         *
         * @param tensor a {@code ggml_tensor}
         * @return whether to be called when its values can be read
         */
        boolean wants(MemorySegment tensor);

        /**
         * Called when a tensor that was wanted has been computed, before its memory is used again.
         *
         * @param tensor a {@code ggml_tensor}
         */
        void computed(MemorySegment tensor);
    }

    /** A {@code ggml_log_callback}; after a failure it goes on with the next piece of text. */
    public static NativeCallback log(Arena arena, LogSink sink) {
        requireNonNull(sink, "sink");
        Guard guard = new Guard();
        MemorySegment pointer = ggml_log_callback.allocate(
                (level, text, userData) -> guard.run(() -> sink.log(level, text.getString(0))), arena);
        return new NativeCallback(pointer, guard);
    }

    /** A {@code llama_progress_callback}; a failure cancels the load. */
    public static NativeCallback progress(Arena arena, ProgressListener listener) {
        requireNonNull(listener, "listener");
        Guard guard = new Guard();
        MemorySegment pointer = llama_progress_callback.allocate(
                (fraction, userData) -> guard.ask(() -> listener.progress(fraction), false), arena);
        return new NativeCallback(pointer, guard);
    }

    /**
     * A {@code ggml_backend_sched_eval_callback}; after a failure it wants nothing more and the computation goes on to its
     * end, because one that stops half-way leaves numbers that later operations may not survive.
     */
    public static NativeCallback evaluation(Arena arena, TensorObserver observer) {
        requireNonNull(observer, "observer");
        Guard guard = new Guard();
        MemorySegment pointer = ggml_backend_sched_eval_callback.allocate(
                (tensor, ask, userData) -> {
                    if (ask) {
                        return guard.ask(() -> guard.failure.get() == null && observer.wants(tensor), false);
                    }
                    guard.run(() -> observer.computed(tensor));
                    return true;
                },
                arena);
        return new NativeCallback(pointer, guard);
    }

    /** A {@code ggml_abort_callback_t}: told the failed assertion just before ggml ends the process. */
    public static NativeCallback lastWords(Arena arena, Consumer<String> listener) {
        requireNonNull(listener, "listener");
        Guard guard = new Guard();
        MemorySegment pointer = ggml_abort_callback_t.allocate(
                message -> guard.run(() -> listener.accept(message.getString(0))), arena);
        return new NativeCallback(pointer, guard);
    }

    /** The function pointer to hand to C. */
    public MemorySegment pointer() {
        return pointer;
    }

    /** What the function threw first since the last {@link #rethrow()}. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(guard.failure.get());
    }

    /** Throws what the function threw first, if anything, and forgets it. Call it after the native call has returned. */
    public void rethrow() {
        Throwable thrown = guard.failure.getAndSet(null);
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        if (thrown != null) {
            throw new IllegalStateException("a callback failed", thrown);
        }
    }

    /** Runs a function so that nothing leaves it, and keeps the first throwable. */
    private static final class Guard {
        final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        void run(Runnable body) {
            try {
                body.run();
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
            }
        }

        boolean ask(BooleanSupplier question, boolean answerOnFailure) {
            try {
                return question.getAsBoolean();
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
                return answerOnFailure;
            }
        }
    }
}
