package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_init_from_model;

import io.github.llamacpp4j.ffi.AbortFlag;
import io.github.llamacpp4j.ffi.NativeCallback;
import io.github.llamacpp4j.ffi.NativeHandle;
import io.github.llamacpp4j.ffi.NativeHeap;
import io.github.llamacpp4j.ffi.generated.LlamaH;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Makes contexts: estimates, asks llama.cpp, reads back what came out. */
final class ContextFactory {

    private ContextFactory() {}

    static Context make(Model model, ContextOptions options) {
        MemorySegment nativeModel = model.handle().segment();
        ContextShape shape =
                ContextShape.of(model.file(), model.info(), model.tokenizer().size(), options);
        AbortFlag abort = new AbortFlag();
        ThreadPool pool = new ThreadPool();
        Arena arena = Arena.ofShared();
        NativeHandle handle;
        @Nullable NativeCallback evaluation;
        try {
            evaluation = options.tensorListener()
                    .map(listener -> NativeCallback.evaluation(arena, new TensorTap(listener)))
                    .orElse(null);
            MemorySegment params = ContextParameters.write(
                    arena, options, shape, abort, evaluation == null ? MemorySegment.NULL : evaluation.pointer());
            NativeRuntime.Logged<MemorySegment> result =
                    NativeRuntime.logging(() -> llama_init_from_model(nativeModel, params));
            if (result.value().address() == 0) {
                throw new ContextCreationException("llama.cpp refuses to make this context", result.log());
            }
            handle = withThreads(arena, result.value(), model, options, pool);
        } catch (RuntimeException | Error failure) {
            if (arena.scope().isAlive()) {
                arena.close();
            }
            throw failure;
        }
        try {
            return new Context(
                    model.info(),
                    options,
                    ContextFacts.of(handle.segment(), model, options),
                    handle,
                    pool,
                    abort,
                    evaluation,
                    shape.estimatedBytes());
        } catch (RuntimeException | Error failure) {
            handle.close();
            throw failure;
        }
    }

    private static NativeHandle withThreads(
            Arena arena, MemorySegment context, Model model, ContextOptions options, ThreadPool pool) {
        NativeHandle handle = NativeHandle.own("context", arena, context, used -> free(used, pool), model.handle());
        try {
            pool.provide(
                    handle.segment(),
                    Math.max(
                            ContextParameters.threads(options.threads()),
                            ContextParameters.threads(options.batchThreads())));
            return handle;
        } catch (RuntimeException | Error failure) {
            handle.close();
            throw failure;
        }
    }

    private static void free(MemorySegment context, ThreadPool pool) {
        LlamaH.llama_free(context);
        pool.close();
        NativeHeap.giveBack();
    }
}
