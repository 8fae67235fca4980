package io.github.llamacpp4j.natives;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The headers of an ELF64 file (System V ABI, chapters 4 and 5). */
final class ElfHeaders {

    static final int MAGIC = 0x464c457f;

    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_INTERP = 3;
    private static final int DT_NEEDED = 1;
    private static final int DT_STRTAB = 5;
    private static final int CLASS_64 = 2;

    private record Segment(int type, long offset, long address, long bytes) {}

    private ElfHeaders() {}

    static LibraryFile read(BinaryInput in) throws IOException {
        if (in.size() < HEADER_BYTES) {
            return new LibraryFile(LibraryFormat.ELF, Architecture.OTHER, HEADER_BYTES, in.size(), List.of());
        }
        boolean is64Bit = (in.int32(4) & 0xff) == CLASS_64;
        Architecture architecture = !is64Bit
                ? Architecture.OTHER
                : switch (in.uint16(18)) {
                    case 62 -> Architecture.X64;
                    case 183 -> Architecture.ARM64;
                    default -> Architecture.OTHER;
                };
        long required = Math.max(
                in.int64(40) + (long) in.uint16(58) * in.uint16(60),
                in.int64(32) + (long) in.uint16(54) * in.uint16(56));
        List<String> dependencies = List.of();
        try {
            List<Segment> segments = segments(in);
            for (Segment segment : segments) {
                required = Math.max(required, segment.offset + segment.bytes);
            }
            if (in.size() >= required) {
                dependencies = dependencies(in, segments);
            }
        } catch (EOFException tooShort) {
            required = Math.max(required, in.size() + 1);
        }
        return new LibraryFile(LibraryFormat.ELF, architecture, required, in.size(), dependencies);
    }

    static Optional<String> interpreter(BinaryInput in) throws IOException {
        for (Segment segment : segments(in)) {
            if (segment.type == PT_INTERP) {
                return Optional.of(in.string(segment.offset));
            }
        }
        return Optional.empty();
    }

    private static List<Segment> segments(BinaryInput in) throws IOException {
        long table = in.int64(32);
        int count = Math.min(in.uint16(56), LibraryFile.MAX_TABLE_ENTRIES);
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long header = table + (long) i * PROGRAM_HEADER_BYTES;
            segments.add(
                    new Segment(in.int32(header), in.int64(header + 8), in.int64(header + 16), in.int64(header + 32)));
        }
        return segments;
    }

    private static List<String> dependencies(BinaryInput in, List<Segment> segments) throws IOException {
        List<Long> names = new ArrayList<>();
        long strings = 0;
        for (Segment segment : segments) {
            if (segment.type != PT_DYNAMIC) {
                continue;
            }
            long entries = Math.min(segment.bytes / 16, LibraryFile.MAX_TABLE_ENTRIES);
            for (long i = 0; i < entries; i++) {
                long tag = in.int64(segment.offset + i * 16);
                long value = in.int64(segment.offset + i * 16 + 8);
                if (tag == DT_NEEDED) {
                    names.add(value);
                } else if (tag == DT_STRTAB) {
                    strings = fileOffset(segments, value);
                }
            }
        }
        List<String> dependencies = new ArrayList<>();
        for (long name : names) {
            dependencies.add(in.string(strings + name));
        }
        return dependencies;
    }

    private static long fileOffset(List<Segment> segments, long address) {
        for (Segment segment : segments) {
            if (segment.type == PT_LOAD && address >= segment.address && address < segment.address + segment.bytes) {
                return segment.offset + address - segment.address;
            }
        }
        return address;
    }
}
