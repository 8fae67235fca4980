package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_set_adapter_cvec;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The control vector of one context. Not thread-safe: called under the context's lock. */
final class Steering {

    private boolean broken;

    /**
     * Replaces the control vector. All layers of the model are written each time, because llama.cpp keeps the old
     * directions of those that are not.
     */
    void apply(MemorySegment context, ModelInfo model, ControlVector vector, int firstLayer, int lastLayer) {
        int last = model.layers() - 1;
        if (vector.embeddingSize() != model.embeddingSize()) {
            throw new IllegalArgumentException("expected directions of " + model.embeddingSize()
                    + " numbers, the width of the model, found " + vector.embeddingSize());
        }
        if (vector.layers().last() > last) {
            throw new IllegalArgumentException("the model's layers with a direction go from 1 to " + last
                    + ", found one for layer " + vector.layers().last());
        }
        if (firstLayer < 1 || lastLayer < firstLayer || lastLayer > last) {
            throw new IllegalArgumentException(
                    "the layers to steer must be within 1 to " + last + ", found " + firstLayer + " to " + lastLayer);
        }
        if (broken) {
            throw new IllegalStateException(
                    "an earlier control vector found no memory: close this context and make another one");
        }
        long mark = NativeRuntime.logMark();
        try (Arena arena = Arena.ofConfined()) {
            float[] directions = vector.toArray(last);
            int status = llama_set_adapter_cvec(
                    context,
                    arena.allocateFrom(JAVA_FLOAT, directions),
                    directions.length,
                    vector.embeddingSize(),
                    firstLayer,
                    lastLayer);
            if (status != 0) {
                broken = true; // a second attempt would find a half-made vector and assert
                throw new ContextCreationException(
                        "llama.cpp has no memory for the control vector", NativeRuntime.linesSince(mark));
            }
        }
    }

    /** Computes without a control vector again. */
    void remove(MemorySegment context) {
        llama_set_adapter_cvec(context, MemorySegment.NULL, 0, 0, 0, 0);
    }
}
