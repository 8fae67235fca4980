package io.github.llamacpp4j.model;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.llamacpp4j.ffi.NativeCallback;
import io.github.llamacpp4j.ffi.generated.GgmlH;
import io.github.llamacpp4j.ffi.generated.ggml_tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Shows a {@link TensorListener} the tensors of llama.cpp. */
record TensorTap(TensorListener listener) implements NativeCallback.TensorObserver {

    @Override
    public boolean wants(MemorySegment tensor) {
        return listener.wants(describe(tensor));
    }

    @Override
    public void computed(MemorySegment tensor) {
        TensorValues values = new TensorValues(tensor);
        try {
            listener.computed(describe(tensor), values);
        } finally {
            values.end();
        }
    }

    private static ComputedTensor describe(MemorySegment tensor) {
        long[] sizes = ggml_tensor.ne(tensor).toArray(JAVA_LONG);
        int dimensions = sizes.length;
        while (dimensions > 1 && sizes[dimensions - 1] == 1) {
            dimensions--;
        }
        return new ComputedTensor(
                ggml_tensor.name(tensor).getString(0),
                GgmlH.ggml_op_desc(tensor).getString(0),
                GgmlH.ggml_type_name(ggml_tensor.type(tensor)).getString(0),
                Arrays.stream(sizes, 0, dimensions).boxed().toList());
    }
}
