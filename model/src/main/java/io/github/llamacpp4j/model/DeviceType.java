package io.github.llamacpp4j.model;

/** What kind of device computes ({@code ggml_backend_dev_type}). */
public enum DeviceType implements NativeConstant {
    /** The processor with its main memory. */
    CPU(0),
    /** A graphics processor with memory of its own. */
    GPU(1),
    /** A graphics processor that shares the main memory. */
    INTEGRATED_GPU(2),
    /** A helper of the processor such as BLAS. */
    ACCELERATOR(3),
    /** Several devices taken together. */
    META(4);

    private final int nativeValue;

    DeviceType(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }
}
