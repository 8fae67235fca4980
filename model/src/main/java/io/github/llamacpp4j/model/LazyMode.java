package io.github.llamacpp4j.model;

/** Whether marked tensors are read row by row on demand ({@code llama_lazy_mode}); needs a mapped file. */
public enum LazyMode implements NativeConstant {
    /** Every tensor is read up front. */
    OFF(0),
    /** Only for marked tensors above 4 GiB. */
    AUTO(1),
    /** For all tensors that the architecture marks. */
    ON(2);

    private final int nativeValue;

    LazyMode(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }
}
