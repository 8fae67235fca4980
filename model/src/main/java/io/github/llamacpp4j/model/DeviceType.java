package io.github.llamacpp4j.model;

/** What kind of device computes ({@code ggml_backend_dev_type}). */
public enum DeviceType {
    /** The processor with its main memory. */
    CPU,
    /** A graphics processor with memory of its own. */
    GPU,
    /** A graphics processor that shares the main memory. */
    INTEGRATED_GPU,
    /** A helper of the processor such as BLAS. */
    ACCELERATOR,
    /** Several devices taken together. */
    META,
    /** A kind that this release does not know. */
    UNKNOWN
}
