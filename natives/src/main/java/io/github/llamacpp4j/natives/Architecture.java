package io.github.llamacpp4j.natives;

/** The processor that a shared library is compiled for. */
public enum Architecture {
    /** 64-bit x86. */
    X64("x86-64"),
    /** 64-bit ARM. */
    ARM64("64-bit ARM"),
    /** Anything else, for which there are no native sets. */
    OTHER("another processor");

    private final String title;

    Architecture(String title) {
        this.title = title;
    }

    @Override
    public String toString() {
        return title;
    }
}
