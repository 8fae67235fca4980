package io.github.llamacpp4j.natives;

/** The file format of a shared library. */
public enum LibraryFormat {
    /** Linux. */
    ELF("ELF (Linux)"),
    /** macOS. */
    MACH_O("Mach-O (macOS)"),
    /** Windows. */
    PE("PE (Windows)");

    private final String title;

    LibraryFormat(String title) {
        this.title = title;
    }

    @Override
    public String toString() {
        return title;
    }
}
