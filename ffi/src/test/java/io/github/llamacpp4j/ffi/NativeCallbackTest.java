package io.github.llamacpp4j.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.ffi.generated.GgmlH;
import io.github.llamacpp4j.ffi.generated.ggml_abort_callback_t;
import io.github.llamacpp4j.ffi.generated.ggml_backend_sched_eval_callback;
import io.github.llamacpp4j.ffi.generated.ggml_log_callback;
import io.github.llamacpp4j.ffi.generated.ggml_tensor;
import io.github.llamacpp4j.ffi.generated.llama_progress_callback;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls each callback through its C function pointer, as native code does. */
class NativeCallbackTest {
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void releaseStubs() {
        arena.close();
    }

    @Test
    void aLogSinkReceivesLevelAndText() {
        List<String> lines = new ArrayList<>();
        NativeCallback log = NativeCallback.log(arena, (level, text) -> lines.add(level + " " + text));

        ggml_log_callback.invoke(
                log.pointer(), GgmlH.GGML_LOG_LEVEL_WARN, arena.allocateFrom("héllo\n"), MemorySegment.NULL);

        assertThat(lines).containsExactly(GgmlH.GGML_LOG_LEVEL_WARN + " héllo\n");
        assertThat(log.failure()).isEmpty();
        log.rethrow();
    }

    @Test
    void bytesThatAreNotUtf8DoNotBreakTheLog() {
        List<String> lines = new ArrayList<>();
        NativeCallback log = NativeCallback.log(arena, (level, text) -> lines.add(text));
        MemorySegment text = arena.allocate(4).copyFrom(MemorySegment.ofArray(new byte[] {'a', (byte) 0xC3, 'b', 0}));

        ggml_log_callback.invoke(log.pointer(), 2, text, MemorySegment.NULL);

        assertThat(lines).containsExactly("a\uFFFDb");
    }

    @Test
    void aThrowingLogSinkIsHeardOfLaterAndOnlyOnce() {
        IllegalArgumentException first = new IllegalArgumentException("first");
        List<Throwable> toThrow = new ArrayList<>(List.of(first, new IllegalArgumentException("second")));
        NativeCallback log = NativeCallback.log(arena, (level, text) -> {
            throw (RuntimeException) toThrow.removeFirst();
        });
        MemorySegment text = arena.allocateFrom("text");

        ggml_log_callback.invoke(log.pointer(), 2, text, MemorySegment.NULL);
        ggml_log_callback.invoke(log.pointer(), 2, text, MemorySegment.NULL);

        assertThat(log.failure()).containsSame(first);
        assertThatThrownBy(log::rethrow).isSameAs(first);
        log.rethrow();
    }

    @Test
    void progressAnswersWhatTheListenerSays() {
        NativeCallback progress = NativeCallback.progress(arena, fraction -> fraction < 0.5f);

        assertThat(llama_progress_callback.invoke(progress.pointer(), 0.25f, MemorySegment.NULL))
                .isTrue();
        assertThat(llama_progress_callback.invoke(progress.pointer(), 0.75f, MemorySegment.NULL))
                .isFalse();
    }

    @Test
    void afterAFailureNoTensorIsWantedAndTheComputationGoesOn() {
        List<String> calls = new ArrayList<>();
        NativeCallback evaluation = NativeCallback.evaluation(arena, new NativeCallback.TensorObserver() {
            @Override
            public boolean wants(MemorySegment tensor) {
                return calls.add("wants");
            }

            @Override
            public void computed(MemorySegment tensor) {
                calls.add("computed");
                throw new AssertionError("stop");
            }
        });
        MemorySegment tensor = ggml_tensor.allocate(arena);

        assertThat(ask(evaluation, tensor, true)).isTrue();
        assertThat(ask(evaluation, tensor, false)).isTrue();
        assertThat(ask(evaluation, tensor, true)).isFalse();
        assertThat(calls).containsExactly("wants", "computed");
        assertThatThrownBy(evaluation::rethrow)
                .isInstanceOf(AssertionError.class)
                .hasMessage("stop");
        assertThat(ask(evaluation, tensor, true)).isTrue();
    }

    private static boolean ask(NativeCallback evaluation, MemorySegment tensor, boolean before) {
        return ggml_backend_sched_eval_callback.invoke(evaluation.pointer(), tensor, before, MemorySegment.NULL);
    }

    @Test
    void aThrowingProgressListenerCancelsTheLoad() {
        NativeCallback progress = NativeCallback.progress(arena, fraction -> {
            throw new AssertionError("stop");
        });

        assertThat(llama_progress_callback.invoke(progress.pointer(), 0.25f, MemorySegment.NULL))
                .isFalse();
        assertThatThrownBy(progress::rethrow).isInstanceOf(AssertionError.class).hasMessage("stop");
    }

    @Test
    void aCheckedExceptionThatAListenerSmugglesOutIsWrapped() {
        NativeCallback progress = NativeCallback.progress(arena, fraction -> {
            throw NativeCallbackTest.<RuntimeException>smuggled(new IOException("disk"));
        });

        assertThat(llama_progress_callback.invoke(progress.pointer(), 0.25f, MemorySegment.NULL))
                .isFalse();
        assertThatThrownBy(progress::rethrow)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a callback failed")
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void evenARunawayRecursionDoesNotLeaveACallback() {
        NativeCallback progress = NativeCallback.progress(arena, fraction -> runaway());

        assertThat(llama_progress_callback.invoke(progress.pointer(), 0.25f, MemorySegment.NULL))
                .isFalse();
        assertThat(progress.failure()).containsInstanceOf(StackOverflowError.class);
    }

    @Test
    void lastWordsCarryTheAssertion() {
        List<String> words = new ArrayList<>();
        NativeCallback lastWords = NativeCallback.lastWords(arena, words::add);

        ggml_abort_callback_t.invoke(lastWords.pointer(), arena.allocateFrom("ggml.c:1: GGML_ASSERT(x) failed"));

        assertThat(words).containsExactly("ggml.c:1: GGML_ASSERT(x) failed");
    }

    @Test
    void aCallbackMayComeFromManyThreads() throws InterruptedException {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        NativeCallback log = NativeCallback.log(arena, (level, text) -> lines.add(text));
        MemorySegment text = arena.allocateFrom("text");
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 50; n++) {
                    ggml_log_callback.invoke(log.pointer(), 2, text, MemorySegment.NULL);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(lines).hasSize(200).containsOnly("text");
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> RuntimeException smuggled(Throwable checked) throws T {
        throw (T) checked;
    }

    @SuppressWarnings("InfiniteRecursion")
    private static boolean runaway() {
        return !runaway();
    }
}
