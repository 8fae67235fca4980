package io.github.llamacpp4j.model;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.github.llamacpp4j.ffi.generated.llama_token_data;
import io.github.llamacpp4j.ffi.generated.llama_token_data_array;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The candidates that a sampler chain works on ({@code llama_token_data_array}). Filled and read here rather than by
 * {@code llama_sampler_sample}, which asserts where this can tell. Not thread-safe.
 */
final class Candidates {

    private static final long LOGIT_OFFSET = 4;
    private static final int NONE = -1;

    /** Beyond this, scaling by the smallest temperature could overflow. */
    private static final float LARGEST_LOGIT = 1e30f;

    private final int size;
    private final MemorySegment data;
    private final MemorySegment array;

    Candidates(Arena arena, int size) {
        this.size = size;
        this.data = llama_token_data.allocateArray(arena, size);
        this.array = llama_token_data_array.allocate(arena);
        llama_token_data_array.selected(array, NONE);
    }

    /** Starts anew with these logits, one for each token. */
    void fill(MemorySegment logits) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int token = 0; token < size; token++) {
            float logit = logits.getAtIndex(JAVA_FLOAT, token);
            if (!(logit <= LARGEST_LOGIT)) {
                throw new SamplingException("the logit of token " + token + " is " + logit
                        + ", expected a number; the model or its weights are damaged");
            }
            largest = Math.max(largest, logit);
            long offset = token * llama_token_data.SIZE;
            data.set(JAVA_INT, offset, token);
            data.set(JAVA_FLOAT, offset + LOGIT_OFFSET, logit);
        }
        if (largest == Float.NEGATIVE_INFINITY) {
            throw new SamplingException("the logits exclude every token");
        }
        llama_token_data_array.data(array, data);
        llama_token_data_array.size(array, size);
        llama_token_data_array.selected(array, NONE);
        llama_token_data_array.sorted(array, false);
    }

    MemorySegment array() {
        return array;
    }

    /** The probabilities that the chain left, by token. */
    float[] probabilities() {
        if (llama_token_data_array.selected(array) < 0) {
            throw new IllegalStateException("nothing has been chosen yet: sample first");
        }
        float[] probabilities = new float[size];
        MemorySegment left = llama_token_data_array.data(array);
        for (long i = 0; i < llama_token_data_array.size(array); i++) {
            MemorySegment candidate = llama_token_data.elementAt(left, i);
            probabilities[llama_token_data.id(candidate)] = llama_token_data.p(candidate);
        }
        return probabilities;
    }

    /** The token that the chain chose. */
    int selected() {
        long left = llama_token_data_array.size(array);
        long selected = llama_token_data_array.selected(array);
        if (selected < 0 || selected >= left) {
            throw new SamplingException("the sampler chose none of " + left + " candidates");
        }
        MemorySegment chosen = llama_token_data.elementAt(llama_token_data_array.data(array), selected);
        float logit = llama_token_data.logit(chosen);
        if (Float.isNaN(logit) || logit == Float.NEGATIVE_INFINITY) {
            throw new SamplingException(
                    "no candidate is left: logit biases and filters exclude every token (the best logit is " + logit
                            + ")");
        }
        return llama_token_data.id(chosen);
    }
}
