package io.github.llamacpp4j.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.ffi.generated.ggml_abort_callback;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Stands in for C with memory of its own and destructors that write down what they were given. */
class NativeHandleTest {
    private final List<Long> freed = Collections.synchronizedList(new ArrayList<>());

    @Test
    void closingFreesTheObjectOnce() {
        NativeHandle handle = own("context", 0x1000);
        assertThat(handle.segment().address()).isEqualTo(0x1000);
        assertThat(handle.isOpen()).isTrue();

        handle.close();
        handle.close();

        assertThat(freed).containsExactly(0x1000L);
        assertThat(handle.isOpen()).isFalse();
    }

    @Test
    void aClosedHandleIsRefusedWithItsName() {
        NativeHandle handle = own("context", 0x1000);
        handle.close();

        assertThatThrownBy(handle::segment)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this context is closed");
        assertThatThrownBy(handle::share)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this context is closed");
        assertThat(handle).hasToString("closed context");
    }

    @Test
    void aSegmentKeptFromBeforeIsRefusedByTheNextCall() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment question = ggml_abort_callback.allocate(data -> false, arena);
            NativeHandle handle = own("context", arena.allocate(8).address());
            MemorySegment kept = handle.segment();
            handle.close();

            assertThatThrownBy(() -> ggml_abort_callback.invoke(question, kept))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void theLastOfTwoSharesFreesTheObject() {
        NativeHandle first = own("model", 0x1000);
        NativeHandle second = first.share();

        first.close();
        assertThat(freed).isEmpty();
        assertThat(second.segment().address()).isEqualTo(0x1000);
        assertThatThrownBy(first::segment).isInstanceOf(IllegalStateException.class);

        second.close();
        assertThat(freed).containsExactly(0x1000L);
    }

    @Test
    void anObjectOutlivesThoseThatNeedItInWhateverOrderTheyAreClosed() {
        NativeHandle model = own("model", 0x1000);
        NativeHandle context = NativeHandle.own("context", MemorySegment.ofAddress(0x2000), this::free, model);

        model.close();
        assertThat(freed).isEmpty();
        context.close();

        assertThat(freed).containsExactly(0x2000L, 0x1000L);
    }

    @Test
    void closingInTheRightOrderWorksToo() {
        NativeHandle model = own("model", 0x1000);
        NativeHandle context = NativeHandle.own("context", MemorySegment.ofAddress(0x2000), this::free, model);

        context.close();
        model.close();

        assertThat(freed).containsExactly(0x2000L, 0x1000L);
    }

    @Test
    void anObjectWhoseDependencyIsClosedIsFreedAtOnce() {
        NativeHandle vocabulary = own("vocabulary", 0x3000);
        NativeHandle model = own("model", 0x1000);
        model.close();

        assertThatThrownBy(() ->
                        NativeHandle.own("context", MemorySegment.ofAddress(0x2000), this::free, vocabulary, model))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this model is closed");
        assertThat(freed).containsExactly(0x1000L, 0x2000L);

        vocabulary.close();
        assertThat(freed).containsExactly(0x1000L, 0x2000L, 0x3000L);
    }

    @Test
    void memoryIsReleasedAfterTheObjectThatUsesIt() {
        Arena memory = Arena.ofShared();
        MemorySegment parameters = memory.allocate(ValueLayout.JAVA_INT);
        NativeHandle handle = NativeHandle.own("context", memory, MemorySegment.ofAddress(0x1000), address -> {
            parameters.set(ValueLayout.JAVA_INT, 0, 1);
            free(address);
        });

        handle.close();

        assertThat(freed).containsExactly(0x1000L);
        assertThat(memory.scope().isAlive()).isFalse();
    }

    @Test
    void nullIsNotOwned() {
        Arena memory = Arena.ofShared();

        assertThatThrownBy(() -> NativeHandle.own("model", memory, MemorySegment.NULL, this::free))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot own the model: its address is NULL");
        assertThat(memory.scope().isAlive()).isFalse();
        assertThat(freed).isEmpty();
    }

    @Test
    void anObjectInUseByANativeCallStaysOpen() throws InterruptedException {
        CountDownLatch inCall = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment call = ggml_abort_callback.allocate(
                    data -> {
                        inCall.countDown();
                        return await(mayReturn);
                    },
                    arena);
            NativeHandle context = own("context", arena.allocate(8).address());
            Thread caller = Thread.ofPlatform().start(() -> ggml_abort_callback.invoke(call, context.segment()));
            assertThat(await(inCall)).isTrue();

            assertThatThrownBy(context::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "this context is in use by another thread: close it after the running call has returned");
            assertThat(context.isOpen()).isTrue();
            assertThat(freed).isEmpty();

            mayReturn.countDown();
            caller.join();
            context.close();
            assertThat(freed).hasSize(1);
        }
    }

    @Test
    void manyThreadsMayCloseAndShareAtOnce() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            freed.clear();
            NativeHandle handle = own("model", 0x1000);
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                boolean sharing = i % 2 == 0;
                threads.add(Thread.ofPlatform().start(() -> {
                    await(start);
                    if (sharing) {
                        shareAndClose(handle);
                    } else {
                        handle.close();
                    }
                }));
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(freed).containsExactly(0x1000L);
        }
    }

    @Test
    void theLeakDetectorKnowsWhereAnOpenHandleWasCreated() {
        assertThat(LeakDetector.enabled()).isTrue();
        try (NativeHandle handle = own("leaky sampler", 0x1000)) {
            assertThat(handle.isOpen()).isTrue();
            assertThat(leaks("leaky sampler"))
                    .singleElement()
                    .satisfies(site -> assertThat(site)
                            .hasStackTraceContaining("theLeakDetectorKnowsWhereAnOpenHandleWasCreated"));
        }
        assertThat(leaks("leaky sampler")).isEmpty();
    }

    @Test
    void aForgottenHandleIsFreedInTheRightOrderWithAWarning() throws InterruptedException {
        List<LogRecord> warnings = Collections.synchronizedList(new ArrayList<>());
        Logger logger = Logger.getLogger(NativeHandle.class.getName());
        logger.setFilter(entry -> {
            warnings.add(entry);
            return false;
        });
        try {
            forget();
            for (int i = 0; i < 500 && !leaks("forgotten").isEmpty(); i++) {
                System.gc();
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } finally {
            logger.setFilter(null);
        }

        assertThat(freed).containsExactly(0x2000L, 0x1000L);
        assertThat(warnings)
                .extracting(LogRecord::getMessage)
                .containsExactlyInAnyOrder(
                        "a forgotten context was never closed; closing it now",
                        "a forgotten model was never closed; closing it now");
        assertThat(warnings).allSatisfy(entry -> assertThat(entry.getThrown()).hasStackTraceContaining("forget("));
        assertThat(leaks("forgotten")).isEmpty();
    }

    private void forget() {
        List<Long> target = freed;
        NativeHandle model = NativeHandle.own(
                "forgotten model", MemorySegment.ofAddress(0x1000), address -> target.add(address.address()));
        NativeHandle context = NativeHandle.own(
                "forgotten context", MemorySegment.ofAddress(0x2000), address -> target.add(address.address()), model);
        assertThat(context.isOpen()).isTrue();
    }

    private NativeHandle own(String name, long address) {
        return NativeHandle.own(name, MemorySegment.ofAddress(address), this::free);
    }

    private void free(MemorySegment address) {
        freed.add(address.address());
    }

    private static List<LeakDetector.AllocationSite> leaks(String name) {
        return LeakDetector.openHandles().stream()
                .filter(site -> String.valueOf(site.getMessage()).contains(name))
                .toList();
    }

    private static void shareAndClose(NativeHandle handle) {
        try {
            handle.share().close();
        } catch (IllegalStateException closed) {
            assertThat(closed).hasMessage("this model is closed");
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
