package io.github.llamacpp4j.model;

/** How a model's weights get into memory ({@code llama_load_mode}). */
public enum LoadMode implements NativeConstant {
    /** Chosen by llama.cpp from what the devices can do. */
    AUTO(-1),
    /** Read into ordinary memory. */
    NONE(0),
    /** Mapped: pages are read when needed and shared between processes. */
    MMAP(1),
    /** Read into memory that the system may not swap out. */
    MLOCK(2),
    /** Mapped and locked into memory. */
    MMAP_MLOCK(3),
    /** Read past the system's file cache where the file system allows it. */
    DIRECT_IO(4);

    private final int nativeValue;

    LoadMode(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }
}
