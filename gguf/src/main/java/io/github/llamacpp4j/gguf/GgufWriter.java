package io.github.llamacpp4j.gguf;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects metadata and tensors and writes them as a GGUF file of version 3. Meant for files that fit into memory, such
 * as test models and vocabularies. Not thread-safe.
 */
public final class GgufWriter {

    private static final int VERSION = 3;
    private static final int DEFAULT_ALIGNMENT_BYTES = 32;

    private final Map<String, GgufValue> metadata = new LinkedHashMap<>();
    private final List<Entry> tensors = new ArrayList<>();

    private record Entry(String name, GgmlType type, List<Long> dimensions, int sizeBytes, Payload data) {}

    private interface Payload {
        void writeTo(OutputStream out) throws IOException;
    }

    /** A writer without metadata and tensors: an empty file. */
    public GgufWriter() {}

    /** Sets a metadata value, in place of an earlier one under the same key. */
    public GgufWriter put(String key, GgufValue value) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("a key must not be empty");
        }
        metadata.put(key, value);
        return this;
    }

    /** Sets a string. */
    public GgufWriter put(String key, String value) {
        return put(key, new GgufValue.StringValue(value));
    }

    /** Sets a {@link GgufType#UINT32}, the usual type of sizes and token ids. */
    public GgufWriter put(String key, int value) {
        return put(key, new GgufValue.IntegerValue(GgufType.UINT32, value));
    }

    /** Sets a {@link GgufType#FLOAT32}. */
    public GgufWriter put(String key, float value) {
        return put(key, new GgufValue.FloatValue(GgufType.FLOAT32, value));
    }

    /** Sets a truth value. */
    public GgufWriter put(String key, boolean value) {
        return put(key, new GgufValue.BoolValue(value));
    }

    /** Sets an array of strings. */
    public GgufWriter put(String key, List<String> values) {
        return put(key, GgufArray.ofStrings(values));
    }

    /**
     * Adds a tensor of any type.
     *
     * @param data the elements as they shall lie in the file, little-endian
     * @param dimensions elements per dimension, the fastest varying one first
     * @throws IllegalArgumentException if the data does not have the size that type and dimensions say
     */
    public GgufWriter tensor(String name, GgmlType type, byte[] data, long... dimensions) {
        long elements = 1;
        for (long dimension : dimensions) {
            elements = Math.multiplyExact(elements, dimension);
        }
        if (type.bytesFor(elements) != data.length) {
            throw new IllegalArgumentException("tensor " + name + " of type " + type + " with " + elements
                    + " elements has " + type.bytesFor(elements) + " bytes, not " + data.length);
        }
        byte[] copy = data.clone();
        tensors.add(
                new Entry(name, type, Arrays.stream(dimensions).boxed().toList(), copy.length, out -> out.write(copy)));
        return this;
    }

    /** Adds a tensor of type {@link GgmlType#F32}. */
    public GgufWriter tensorF32(String name, float[] elements, long... dimensions) {
        byte[] data = new byte[Math.multiplyExact(4, elements.length)];
        ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(elements);
        return tensor(name, GgmlType.F32, data, dimensions);
    }

    /** Adds a tensor of type {@link GgmlType#F16}, rounding the elements. */
    public GgufWriter tensorF16(String name, float[] elements, long... dimensions) {
        byte[] data = new byte[Math.multiplyExact(2, elements.length)];
        ByteBuffer halves = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        for (float element : elements) {
            halves.putShort(Float.floatToFloat16(element));
        }
        return tensor(name, GgmlType.F16, data, dimensions);
    }

    /**
     * Writes the file, in place of one that exists.
     *
     * @throws UncheckedIOException if writing fails
     */
    public Path writeTo(Path path) {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path))) {
            write(out);
            return path;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path + ": " + e, e);
        }
    }

    /** The bytes of the file. */
    public byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private void write(OutputStream out) throws IOException {
        int alignment = alignment();
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        putInt(header, VERSION);
        putLong(header, tensors.size());
        putLong(header, metadata.size());
        metadata.forEach((key, value) -> {
            putString(header, key);
            putInt(header, value.type().id());
            putValue(header, value);
        });
        long offset = 0;
        for (Entry tensor : tensors) {
            putString(header, tensor.name);
            putInt(header, tensor.dimensions.size());
            for (long dimension : tensor.dimensions) {
                putLong(header, dimension);
            }
            putInt(header, tensor.type.id());
            putLong(header, offset);
            offset = GgufReader.padded(offset + tensor.sizeBytes, alignment);
        }
        header.writeTo(out);
        pad(out, header.size(), alignment);
        for (Entry tensor : tensors) {
            tensor.data.writeTo(out);
            pad(out, tensor.sizeBytes, alignment);
        }
    }

    private int alignment() {
        GgufValue value = metadata.get("general.alignment");
        return value instanceof GgufValue.IntegerValue bytes ? Math.toIntExact(bytes.value()) : DEFAULT_ALIGNMENT_BYTES;
    }

    private static void pad(OutputStream out, int size, int alignment) throws IOException {
        out.write(new byte[(int) (GgufReader.padded(size, alignment) - size)]);
    }

    private static void putValue(ByteArrayOutputStream out, GgufValue value) {
        switch (value) {
            case GgufValue.IntegerValue number ->
                putNumber(out, number.value(), number.type().sizeBytes());
            case GgufValue.FloatValue number -> {
                if (number.type() == GgufType.FLOAT32) {
                    putInt(out, Float.floatToRawIntBits((float) number.value()));
                } else {
                    putLong(out, Double.doubleToRawLongBits(number.value()));
                }
            }
            case GgufValue.BoolValue truth -> out.write(truth.value() ? 1 : 0);
            case GgufValue.StringValue text -> putString(out, text.value());
            case GgufArray array -> putArray(out, array);
        }
    }

    private static void putArray(ByteArrayOutputStream out, GgufArray array) {
        putInt(out, array.elementType().id());
        putLong(out, array.size());
        switch (array.elementType()) {
            case STRING -> {
                for (int i = 0; i < array.size(); i++) {
                    byte[] text = array.stringBytes(i);
                    putLong(out, text.length);
                    out.writeBytes(text);
                }
            }
            case ARRAY -> array.nested().forEach(inner -> putArray(out, inner));
            default -> out.writeBytes(array.bytes());
        }
    }

    private static void putString(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        putLong(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void putInt(ByteArrayOutputStream out, int value) {
        putNumber(out, value, 4);
    }

    private static void putLong(ByteArrayOutputStream out, long value) {
        putNumber(out, value, 8);
    }

    private static void putNumber(ByteArrayOutputStream out, long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> (8 * i)));
        }
    }
}
