package io.github.llamacpp4j.model;

/** How a model is spread over several devices ({@code llama_split_mode}). */
public enum SplitMode implements NativeConstant {
    /** One device takes everything, see {@link ModelOptions.Builder#mainDevice(int)}. */
    NONE(0),
    /** Layers and their part of the memory are spread. */
    LAYER(1),
    /** Layers are spread and, where supported, single matrices are split by rows. */
    ROW(2),
    /** Tensors are computed in parallel on all devices; needs flash attention. */
    TENSOR(3);

    private final int nativeValue;

    SplitMode(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }
}
