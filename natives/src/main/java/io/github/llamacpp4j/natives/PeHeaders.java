package io.github.llamacpp4j.natives;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The headers of a PE32+ file (Microsoft's PE format specification). */
final class PeHeaders {

    /** {@code MZ}, the start of the DOS stub. */
    static final int MAGIC = 0x5a4d;

    private static final int SIGNATURE = 0x4550;
    private static final int SIGNATURE_POSITION = 0x3c;
    private static final int COFF_HEADER_BYTES = 24;
    private static final int SECTION_HEADER_BYTES = 40;
    private static final int IMPORT_DIRECTORY = 120;
    private static final int IMPORT_DESCRIPTOR_BYTES = 20;

    private record Section(long address, long bytes, long offset) {}

    private PeHeaders() {}

    static Optional<LibraryFile> read(BinaryInput in) throws IOException {
        long required = SIGNATURE_POSITION + 4;
        Architecture architecture = Architecture.OTHER;
        List<String> dependencies = List.of();
        try {
            long header = in.uint32(SIGNATURE_POSITION);
            required = header + COFF_HEADER_BYTES;
            if (in.int32(header) != SIGNATURE) {
                return Optional.empty();
            }
            architecture = switch (in.uint16(header + 4)) {
                case 0x8664 -> Architecture.X64;
                case 0xaa64 -> Architecture.ARM64;
                default -> Architecture.OTHER;
            };
            long optionalHeader = header + COFF_HEADER_BYTES;
            List<Section> sections = sections(in, optionalHeader + in.uint16(header + 20), in.uint16(header + 6));
            for (Section section : sections) {
                required = Math.max(required, section.offset + section.bytes);
            }
            if (in.size() >= required) {
                dependencies = dependencies(in, sections, in.uint32(optionalHeader + IMPORT_DIRECTORY));
            }
        } catch (EOFException tooShort) {
            required = Math.max(required, in.size() + 1);
        }
        return Optional.of(new LibraryFile(LibraryFormat.PE, architecture, required, in.size(), dependencies));
    }

    private static List<Section> sections(BinaryInput in, long table, int count) throws IOException {
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < Math.min(count, LibraryFile.MAX_TABLE_ENTRIES); i++) {
            long section = table + (long) i * SECTION_HEADER_BYTES;
            sections.add(new Section(in.uint32(section + 12), in.uint32(section + 16), in.uint32(section + 20)));
        }
        return sections;
    }

    private static List<String> dependencies(BinaryInput in, List<Section> sections, long importAddress)
            throws IOException {
        List<String> names = new ArrayList<>();
        if (importAddress == 0) {
            return names;
        }
        long table = fileOffset(sections, importAddress);
        for (int i = 0; i < LibraryFile.MAX_TABLE_ENTRIES; i++) {
            long name = in.uint32(table + (long) i * IMPORT_DESCRIPTOR_BYTES + 12);
            if (name == 0) {
                break;
            }
            names.add(in.string(fileOffset(sections, name)));
        }
        return names;
    }

    private static long fileOffset(List<Section> sections, long address) {
        for (Section section : sections) {
            if (address >= section.address && address < section.address + section.bytes) {
                return section.offset + address - section.address;
            }
        }
        return address;
    }
}
