package io.github.llamacpp4j.natives;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The headers of a 64-bit Mach-O file (mach-o/loader.h). */
final class MachOHeaders {

    static final int MAGIC = 0xfeedfacf;

    private static final int HEADER_BYTES = 32;
    private static final int LC_LOAD_DYLIB = 0xc;
    private static final int LC_LOAD_WEAK_DYLIB = 0x80000018;
    private static final int LC_SEGMENT_64 = 0x19;

    private MachOHeaders() {}

    static LibraryFile read(BinaryInput in) throws IOException {
        if (in.size() < HEADER_BYTES) {
            return new LibraryFile(LibraryFormat.MACH_O, Architecture.OTHER, HEADER_BYTES, in.size(), List.of());
        }
        Architecture architecture = switch (in.int32(4)) {
            case 0x01000007 -> Architecture.X64;
            case 0x0100000c -> Architecture.ARM64;
            default -> Architecture.OTHER;
        };
        long required = HEADER_BYTES + in.uint32(20);
        List<String> dependencies = new ArrayList<>();
        try {
            long command = HEADER_BYTES;
            int count = Math.clamp(in.uint32(16), 0, LibraryFile.MAX_TABLE_ENTRIES);
            for (int i = 0; i < count; i++) {
                int kind = in.int32(command);
                if (kind == LC_SEGMENT_64) {
                    required = Math.max(required, in.int64(command + 40) + in.int64(command + 48));
                } else if (kind == LC_LOAD_DYLIB || kind == LC_LOAD_WEAK_DYLIB) {
                    dependencies.add(in.string(command + in.uint32(command + 8)));
                }
                command += Math.max(8, in.uint32(command + 4));
            }
        } catch (EOFException tooShort) {
            required = Math.max(required, in.size() + 1);
        }
        return new LibraryFile(LibraryFormat.MACH_O, architecture, required, in.size(), dependencies);
    }
}
