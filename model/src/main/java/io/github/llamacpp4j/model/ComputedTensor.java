package io.github.llamacpp4j.model;

import java.util.List;

/**
 * A tensor of a model's computation. Immutable and thread-safe.
 *
 * @param name as llama.cpp names it: the step and, after a hyphen, the layer, such as {@code l_out-3}; names differ between
 *     architectures and releases
 * @param operation what computes it, such as {@code MUL_MAT}
 * @param type the number format as ggml names it, such as {@code f32}
 * @param shape how many numbers each dimension has, the innermost first, without ones at the end
 */
public record ComputedTensor(String name, String operation, String type, List<Long> shape) {

    /** Copies the list. */
    public ComputedTensor {
        shape = List.copyOf(shape);
    }
}
