package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.GgmlBackendH.GGML_BACKEND_DEVICE_TYPE_CPU;
import static io.github.llamacpp4j.ffi.generated.GgmlBackendH.ggml_backend_dev_backend_reg;
import static io.github.llamacpp4j.ffi.generated.GgmlBackendH.ggml_backend_dev_by_type;
import static io.github.llamacpp4j.ffi.generated.GgmlBackendH.ggml_backend_reg_get_proc_address;
import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_attach_threadpool;
import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_detach_threadpool;

import io.github.llamacpp4j.ffi.NativeHandle;
import io.github.llamacpp4j.ffi.generated.ggml_threadpool_free;
import io.github.llamacpp4j.ffi.generated.ggml_threadpool_new;
import io.github.llamacpp4j.ffi.generated.ggml_threadpool_params;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The CPU threads of one context, kept from one decode to the next. A context without them makes and ends threads in each
 * decode, which costs some percent with small models. Not thread-safe: used under the context's lock.
 */
final class ThreadPool implements AutoCloseable {

    /** How long idle threads spin before they sleep, 0 to 100: the default of {@code ggml_threadpool_params_init}. */
    private static final int POLLING = 50;

    private final List<NativeHandle> pools = new ArrayList<>();
    private int threads;
    private boolean attached;

    /**
     * Sees to it that the context has {@code wanted} threads to compute with; llama.cpp uses no more than it has, whatever
     * it was told. A pool cannot grow, so it gets a second one for all processors. The first stays, because the CPU backend
     * still points to it until the next decode.
     *
     * <p>One thread is the caller's own and needs no pool; with one, the others would spin beside it and take the
     * processors from contexts that compute at the same time. llama.cpp puts a pool to sleep once it is detached.
     */
    void provide(MemorySegment context, int wanted) {
        if (wanted == 1) {
            detach(context);
        } else if (wanted <= threads) {
            attach(context);
        } else {
            int size = threads == 0
                    ? wanted
                    : Math.max(wanted, ContextParameters.threads(ContextOptions.AVAILABLE_PROCESSORS));
            make(size).ifPresent(pools::add);
            threads = size;
            attached = false;
            attach(context);
        }
    }

    private void attach(MemorySegment context) {
        if (!attached && !pools.isEmpty()) {
            llama_attach_threadpool(context, pools.getLast().segment(), MemorySegment.NULL);
            attached = true;
        }
    }

    private void detach(MemorySegment context) {
        if (attached) {
            llama_detach_threadpool(context);
            attached = false;
        }
    }

    /** Ends the threads; the context must have been freed. */
    @Override
    public void close() {
        pools.forEach(NativeHandle::close);
    }

    /** A pool of {@code threads}; empty where no CPU backend is loaded or it offers none. */
    private static Optional<NativeHandle> make(int threads) {
        MemorySegment cpu = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
        if (cpu.address() == 0) {
            return Optional.empty();
        }
        MemorySegment registry = ggml_backend_dev_backend_reg(cpu);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment create =
                    ggml_backend_reg_get_proc_address(registry, arena.allocateFrom("ggml_threadpool_new"));
            MemorySegment free =
                    ggml_backend_reg_get_proc_address(registry, arena.allocateFrom("ggml_threadpool_free"));
            if (create.address() == 0 || free.address() == 0) {
                return Optional.empty();
            }
            MemorySegment params = ggml_threadpool_params.allocate(arena);
            ggml_threadpool_params.n_threads(params, threads);
            ggml_threadpool_params.poll(params, POLLING);
            MemorySegment pool = ggml_threadpool_new.invoke(create, params);
            return pool.address() == 0
                    ? Optional.empty()
                    : Optional.of(
                            NativeHandle.own("thread pool", pool, used -> ggml_threadpool_free.invoke(free, used)));
        }
    }
}
