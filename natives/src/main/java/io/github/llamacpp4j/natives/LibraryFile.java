package io.github.llamacpp4j.natives;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * What the headers of a shared library say, read without loading it. Immutable, safe for all threads.
 *
 * @param format the file format
 * @param architecture the processor it is compiled for
 * @param requiredBytes how long the file must be for all that its headers promise
 * @param actualBytes how long it is
 * @param dependencies names of the libraries that it needs, in order; empty when the file is too short to tell
 */
public record LibraryFile(
        LibraryFormat format,
        Architecture architecture,
        long requiredBytes,
        long actualBytes,
        List<String> dependencies) {

    /** No real library comes near these; they bound the work on a hostile file. */
    static final int MAX_TABLE_ENTRIES = 4096;

    /** Copies the list of names. */
    public LibraryFile {
        dependencies = List.copyOf(dependencies);
    }

    /** Whether the file ends before what its headers promise. */
    public boolean truncated() {
        return actualBytes < requiredBytes;
    }

    /**
     * Reads the headers of a file.
     *
     * @return empty when the file is no 64-bit ELF, Mach-O or PE file at all
     * @throws IOException when it cannot be read
     */
    public static Optional<LibraryFile> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            BinaryInput in = new BinaryInput(channel);
            if (in.size() < 4) {
                return Optional.empty();
            }
            int magic = in.int32(0);
            if (magic == ElfHeaders.MAGIC) {
                return Optional.of(ElfHeaders.read(in));
            }
            if (magic == MachOHeaders.MAGIC) {
                return Optional.of(MachOHeaders.read(in));
            }
            return (magic & 0xffff) == PeHeaders.MAGIC ? PeHeaders.read(in) : Optional.empty();
        }
    }

    /** The program interpreter (dynamic linker) that an ELF executable names; empty when it names none or cannot be read. */
    static Optional<String> interpreter(Path executable) {
        try (FileChannel channel = FileChannel.open(executable, StandardOpenOption.READ)) {
            BinaryInput in = new BinaryInput(channel);
            return in.size() >= 4 && in.int32(0) == ElfHeaders.MAGIC ? ElfHeaders.interpreter(in) : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
