package io.github.llamacpp4j.gguf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Parses the header of a GGUF file; the rules are those of llama.cpp's {@code gguf.cpp} (v0.5.0). */
final class GgufReader {

    private static final int MAGIC = 0x4655_4747;
    private static final int OLDEST_VERSION = 2;
    private static final int NEWEST_VERSION = 3;
    private static final int DEFAULT_ALIGNMENT_BYTES = 32;
    private static final int SMALLEST_ENTRY_BYTES = 8 + 1 + 4 + 1;
    private static final int SMALLEST_TENSOR_BYTES = 8 + 4 + 4 + 8;
    private static final int LARGEST_TENSOR_NAME_BYTES = 63;
    private static final int LARGEST_DIMENSION_COUNT = 4;

    private final ByteRangeSource source;
    private final GgufLimits limits;
    private final GgufInput input;
    private int nestedArrays;

    GgufReader(ByteRangeSource source, GgufLimits limits) {
        this.source = source;
        this.limits = limits;
        this.input = new GgufInput(source, limits.headerBytes());
    }

    GgufFile read() {
        try {
            return header();
        } catch (InternalError e) {
            // This is how the JDK reports a mapped file that was cut short by somebody else.
            throw new GgufException(source.description() + " became shorter while it was read", e);
        }
    }

    private GgufFile header() {
        magic();
        int version = version();
        int tensorCount = input.count("tensor count", limits.tensors(), SMALLEST_TENSOR_BYTES);
        int entryCount = input.count("metadata count", limits.metadataEntries(), SMALLEST_ENTRY_BYTES);
        GgufMetadata metadata = metadata(entryCount);
        int alignment = alignment(metadata);
        List<GgufTensor> table = tensors(tensorCount, alignment);
        long headerBytes = input.position();
        long dataOffset = padded(headerBytes, alignment);
        List<GgufTensor> tensors = located(table, dataOffset);
        return new GgufFile(version, metadata, tensors, alignment, headerBytes, dataOffset, source.sizeBytes());
    }

    private void magic() {
        int magic = input.int32("the magic number");
        if (magic != MAGIC) {
            throw input.fault(0, "not a GGUF file: expected the letters GGUF, found " + described(magic));
        }
    }

    private static String described(int magic) {
        byte[] letters =
                ByteBuffer.allocate(4).putInt(Integer.reverseBytes(magic)).array();
        StringBuilder text = new StringBuilder();
        for (byte letter : letters) {
            text.append(
                    letter >= ' ' && letter < 127 ? String.valueOf((char) letter) : String.format("\\x%02x", letter));
        }
        String start = new String(letters, StandardCharsets.ISO_8859_1);
        String hint = switch (start) {
            case "<!DO", "<!do", "<htm", "<HTM", "<?xm" -> " (a web page: check the address it came from)";
            case "vers" -> " (perhaps a Git LFS pointer: fetch the file itself)";
            case "PK\3\4" -> " (a zip archive: unpack it)";
            case "ggml", "lmgg", "ggjt", "tjgg", "ggla" -> " (a format older than GGUF: convert the model again)";
            default -> "";
        };
        return "'" + text + "'" + hint;
    }

    private int version() {
        long offset = input.position();
        int version = input.int32("the version");
        if (version >= OLDEST_VERSION && version <= NEWEST_VERSION) {
            return version;
        }
        int swapped = Integer.reverseBytes(version);
        if (swapped >= 1 && swapped <= NEWEST_VERSION) {
            throw input.fault(
                    offset,
                    "this file is big-endian, for another kind of machine: expected a little-endian file; "
                            + "convert it with gguf_convert_endian.py of llama.cpp");
        }
        throw input.fault(
                offset,
                "GGUF version " + Integer.toUnsignedString(version) + " is not supported: expected " + OLDEST_VERSION
                        + " or " + NEWEST_VERSION);
    }

    private GgufMetadata metadata(int count) {
        Map<String, GgufValue> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            long offset = input.position();
            String key = input.string("key " + i, limits.keyBytes());
            if (key.isEmpty()) {
                throw input.fault(offset, "key " + i + " is empty");
            }
            if (values.containsKey(key)) {
                throw input.fault(offset, "key '" + shown(key) + "' occurs twice");
            }
            values.put(key, value(type(key), key, 1));
        }
        return new GgufMetadata(values);
    }

    private GgufType type(String key) {
        long offset = input.position();
        int id = input.int32("the type of key '" + shown(key) + "'");
        return GgufType.ofId(id)
                .orElseThrow(() -> input.fault(
                        offset, "key '" + shown(key) + "' has type " + id + ", expected a number from 0 to 12"));
    }

    private GgufValue value(GgufType type, String key, int depth) {
        return switch (type) {
            case STRING -> new GgufValue.StringValue(input.string("key '" + shown(key) + "'", limits.stringBytes()));
            case ARRAY -> array(key, depth);
            default ->
                GgufArray.ofFixed(type, input.bytes(type.sizeBytes(), shown(key)))
                        .get(0);
        };
    }

    private GgufArray array(String key, int depth) {
        long offset = input.position();
        if (depth > limits.arrayDepth()) {
            throw input.fault(offset, "key '" + shown(key) + "': arrays are nested deeper than " + limits.arrayDepth());
        }
        GgufType elementType = type(key);
        String what = "array '" + shown(key) + "'";
        int smallestElement = switch (elementType) {
            case STRING -> 8;
            case ARRAY -> 12;
            default -> elementType.sizeBytes();
        };
        int count = input.count("size of " + what, limits.arrayElements(), smallestElement);
        return switch (elementType) {
            case STRING -> input.strings(count, what, limits.stringBytes());
            case ARRAY -> {
                List<GgufArray> nested = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    nestedArrays++;
                    if (nestedArrays > limits.metadataEntries()) {
                        throw input.fault(offset, "more than " + limits.metadataEntries() + " arrays inside arrays");
                    }
                    nested.add(array(key, depth + 1));
                }
                yield GgufArray.ofArrays(nested);
            }
            default -> {
                long bytes = (long) count * elementType.sizeBytes();
                if (bytes > Integer.MAX_VALUE - 8) {
                    throw input.fault(offset, what + " has " + bytes + " bytes; at most 2 GiB can be read");
                }
                yield GgufArray.ofFixed(elementType, input.bytes((int) bytes, what));
            }
        };
    }

    private int alignment(GgufMetadata metadata) {
        GgufValue value = metadata.values().get("general.alignment");
        if (value == null) {
            return DEFAULT_ALIGNMENT_BYTES;
        }
        if (value instanceof GgufValue.IntegerValue bytes
                && bytes.type() == GgufType.UINT32
                && Long.bitCount(bytes.value()) == 1
                && bytes.value() <= 1 << 30) {
            return (int) bytes.value();
        }
        throw input.fault(
                input.position(),
                "general.alignment must be a uint32 and a power of 2 up to 2^30, found " + value.type() + " "
                        + shown(value.toString()));
    }

    private List<GgufTensor> tensors(int count, int alignment) {
        List<GgufTensor> tensors = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count; i++) {
            long offset = input.position();
            String name = input.string("the name of tensor " + i, LARGEST_TENSOR_NAME_BYTES);
            if (!names.add(name)) {
                throw input.fault(offset, "tensor '" + name + "' occurs twice");
            }
            tensors.add(tensor(name, alignment));
        }
        return tensors;
    }

    private GgufTensor tensor(String name, int alignment) {
        long offset = input.position();
        String what = "tensor '" + name + "'";
        int dimensionCount = input.int32("the dimension count of " + what);
        if (dimensionCount < 0 || dimensionCount > LARGEST_DIMENSION_COUNT) {
            throw input.fault(
                    offset,
                    what + " has " + Integer.toUnsignedString(dimensionCount) + " dimensions, expected at most "
                            + LARGEST_DIMENSION_COUNT);
        }
        List<Long> dimensions = new ArrayList<>(dimensionCount);
        for (int i = 0; i < dimensionCount; i++) {
            long dimension = input.int64("a dimension of " + what);
            if (dimension < 0) {
                throw input.fault(offset, what + " has a dimension of " + dimension + " elements");
            }
            dimensions.add(dimension);
        }
        int typeId = input.int32("the type of " + what);
        GgmlType type = GgmlType.ofId(typeId)
                .orElseThrow(() -> input.fault(
                        offset,
                        what + " has type " + typeId + ", which is unknown or was withdrawn: convert the model again "
                                + "or use a newer release"));
        long size = sizeBytes(what, offset, dimensions, type);
        long dataOffset = input.int64("the offset of " + what);
        if (dataOffset < 0 || dataOffset % alignment != 0) {
            throw input.fault(
                    offset,
                    what + " starts at " + Long.toUnsignedString(dataOffset) + " of the data, expected a multiple of "
                            + alignment);
        }
        return new GgufTensor(name, dimensions, type, dataOffset, dataOffset, size);
    }

    private long sizeBytes(String what, long offset, List<Long> dimensions, GgmlType type) {
        long row = dimensions.isEmpty() ? 1 : dimensions.getFirst();
        if (row % type.blockElements() != 0) {
            throw input.fault(
                    offset,
                    what + " has rows of " + row + " elements, expected a multiple of " + type.blockElements()
                            + ", the block of " + type);
        }
        if (dimensions.contains(0L)) {
            return 0;
        }
        try {
            long elements = 1;
            for (long dimension : dimensions) {
                elements = Math.multiplyExact(elements, dimension);
            }
            return Math.multiplyExact(elements / type.blockElements(), (long) type.blockBytes());
        } catch (ArithmeticException e) {
            throw input.fault(offset, what + " with dimensions " + dimensions + " does not fit 2^63 bytes");
        }
    }

    /** Places the tensors in the file and checks that each lies behind the one before and within the file. */
    private List<GgufTensor> located(List<GgufTensor> table, long dataOffset) {
        List<GgufTensor> tensors = new ArrayList<>(table.size());
        OptionalLong size = source.sizeBytes();
        long end = 0;
        for (GgufTensor tensor : table) {
            if (tensor.offset() < end) {
                throw input.fault(
                        input.position(),
                        "tensor '" + tensor.name() + "' starts at " + tensor.offset()
                                + " of the data, inside the one before it, which ends at " + end);
            }
            long room = size.orElse(Long.MAX_VALUE) - dataOffset;
            if (tensor.offset() > room || tensor.sizeBytes() > room - tensor.offset()) {
                throw input.fault(
                        input.position(),
                        "tensor '" + tensor.name() + "' (" + tensor.sizeBytes() + " bytes at " + tensor.offset()
                                + ") ends behind the end of the file, which has "
                                + (size.isPresent() ? size.getAsLong() + " bytes" : "at most 2^63 bytes")
                                + ": it is truncated or damaged");
            }
            end = tensor.offset() + tensor.sizeBytes();
            tensors.add(new GgufTensor(
                    tensor.name(),
                    tensor.dimensions(),
                    tensor.type(),
                    tensor.offset(),
                    dataOffset + tensor.offset(),
                    tensor.sizeBytes()));
        }
        return List.copyOf(tensors);
    }

    static long padded(long size, int alignment) {
        return (size + alignment - 1) & -alignment;
    }

    private static String shown(String text) {
        String printable = text.length() <= 80 ? text : text.substring(0, 80) + "…";
        return printable.replaceAll("\\p{Cntrl}", "?");
    }
}
