package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.GgmlH.GGML_TYPE_BF16;
import static io.github.llamacpp4j.ffi.generated.GgmlH.GGML_TYPE_F16;
import static io.github.llamacpp4j.ffi.generated.GgmlH.GGML_TYPE_F32;
import static io.github.llamacpp4j.ffi.generated.GgmlH.GGML_TYPE_I32;
import static io.github.llamacpp4j.ffi.generated.GgmlH.ggml_nbytes;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.github.llamacpp4j.ffi.generated.GgmlBackendH;
import io.github.llamacpp4j.ffi.generated.GgmlH;
import io.github.llamacpp4j.ffi.generated.ggml_tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The numbers of a tensor that has just been computed, on whatever device they are. For the thread that
 * {@link TensorListener#computed} is called on, until it returns: the memory is used again after that.
 */
public final class TensorValues {

    private static final long MOST_NUMBERS = 1 << 28;

    private final MemorySegment tensor;
    private final Thread reader = Thread.currentThread();
    private boolean gone;

    TensorValues(MemorySegment tensor) {
        this.tensor = tensor;
    }

    /** Nothing can be read any more. */
    void end() {
        gone = true;
    }

    /**
     * A copy of all numbers, those of the innermost dimension next to each other.
     *
     * @throws IllegalStateException if {@link TensorListener#computed} has returned, this is another thread, the tensor is in
     *     a format other than f32, f16, bf16 and i32, or it has more than 268,435,456 numbers
     */
    public float[] copy() {
        if (!Thread.currentThread().equals(reader) || gone) {
            throw new IllegalStateException("a tensor can be read only by the thread that was told, until it returns");
        }
        long[] sizes = ggml_tensor.ne(tensor).toArray(JAVA_LONG);
        long[] strides = ggml_tensor.nb(tensor).toArray(JAVA_LONG);
        long count = 1;
        for (long size : sizes) {
            count *= size;
        }
        if (count > MOST_NUMBERS) {
            throw new IllegalStateException("the tensor has " + count + " numbers, more than can be copied");
        }
        requireReadable();
        float[] numbers = new float[(int) count];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(ggml_nbytes(tensor));
            GgmlBackendH.ggml_backend_tensor_get(tensor, bytes, 0, bytes.byteSize());
            int type = ggml_tensor.type(tensor);
            int next = 0;
            for (long row = 0; next < numbers.length; row++) {
                long start = start(row, sizes, strides);
                for (long i = 0; i < sizes[0]; i++) {
                    numbers[next++] = number(bytes, start + i * strides[0], type);
                }
            }
        }
        return numbers;
    }

    /** ggml asserts that there is memory behind a tensor that it reads. */
    private void requireReadable() {
        MemorySegment owner = ggml_tensor.view_src(tensor).address() == 0 ? tensor : ggml_tensor.view_src(tensor);
        if (ggml_tensor.buffer(owner).address() == 0 || ggml_tensor.data(tensor).address() == 0) {
            throw new IllegalStateException("the tensor has no memory of its own");
        }
    }

    /** Where a row begins, which need not be behind the one before it. */
    private static long start(long row, long[] sizes, long[] strides) {
        long offset = 0;
        long rest = row;
        for (int dimension = 1; dimension < sizes.length; dimension++) {
            offset += rest % sizes[dimension] * strides[dimension];
            rest /= sizes[dimension];
        }
        return offset;
    }

    private static float number(MemorySegment bytes, long offset, int type) {
        return switch (type) {
            case GGML_TYPE_F32 -> bytes.get(JAVA_FLOAT_UNALIGNED, offset);
            case GGML_TYPE_F16 -> Float.float16ToFloat(bytes.get(JAVA_SHORT_UNALIGNED, offset));
            case GGML_TYPE_BF16 -> Float.intBitsToFloat(bytes.get(JAVA_SHORT_UNALIGNED, offset) << 16);
            case GGML_TYPE_I32 -> (float) bytes.get(JAVA_INT_UNALIGNED, offset);
            default ->
                throw new IllegalStateException("tensors in the format "
                        + GgmlH.ggml_type_name(type).getString(0) + " cannot be read, only f32, f16, bf16 and i32");
        };
    }
}
