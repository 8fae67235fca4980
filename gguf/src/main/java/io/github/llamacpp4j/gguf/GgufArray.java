package io.github.llamacpp4j.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * A metadata array, kept in the form in which the file holds it: a vocabulary of 250,000 tokens costs its own bytes and
 * four more for each token. Immutable and thread-safe.
 */
public final class GgufArray implements GgufValue {

    private final GgufType elementType;
    private final int size;
    private final byte[] bytes;
    private final int[] ends;
    private final List<GgufArray> nested;

    private GgufArray(GgufType elementType, int size, byte[] bytes, int[] ends, List<GgufArray> nested) {
        this.elementType = elementType;
        this.size = size;
        this.bytes = bytes;
        this.ends = ends;
        this.nested = nested;
    }

    /** An array of fixed-size values, as they lie in a file. Takes the array over. */
    static GgufArray ofFixed(GgufType elementType, byte[] littleEndian) {
        return new GgufArray(
                elementType, littleEndian.length / elementType.sizeBytes(), littleEndian, new int[0], List.of());
    }

    /** An array of strings: their UTF-8 bytes behind each other and where each one ends. Takes the arrays over. */
    static GgufArray ofStrings(byte[] bytes, int[] ends) {
        return new GgufArray(GgufType.STRING, ends.length, bytes, ends, List.of());
    }

    /** An array of strings. */
    public static GgufArray ofStrings(List<String> values) {
        byte[][] encoded =
                values.stream().map(s -> s.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
        int[] ends = new int[encoded.length];
        int total = 0;
        for (int i = 0; i < encoded.length; i++) {
            total = Math.addExact(total, encoded[i].length);
            ends[i] = total;
        }
        ByteBuffer all = ByteBuffer.allocate(total);
        for (byte[] one : encoded) {
            all.put(one);
        }
        return ofStrings(all.array(), ends);
    }

    /** An array of {@link GgufType#INT32}. */
    public static GgufArray ofInts(int... values) {
        byte[] bytes = new byte[Math.multiplyExact(4, values.length)];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(values);
        return ofFixed(GgufType.INT32, bytes);
    }

    /** An array of {@link GgufType#FLOAT32}. */
    public static GgufArray ofFloats(float... values) {
        byte[] bytes = new byte[Math.multiplyExact(4, values.length)];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        return ofFixed(GgufType.FLOAT32, bytes);
    }

    /** An array of {@link GgufType#BOOL}. */
    public static GgufArray ofBooleans(boolean... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values[i] ? 1 : 0);
        }
        return ofFixed(GgufType.BOOL, bytes);
    }

    /** An array of arrays. The format allows it; llama.cpp refuses files that use it. */
    public static GgufArray ofArrays(List<GgufArray> values) {
        return new GgufArray(GgufType.ARRAY, values.size(), new byte[0], new int[0], List.copyOf(values));
    }

    @Override
    public GgufType type() {
        return GgufType.ARRAY;
    }

    /** The type of every element. */
    public GgufType elementType() {
        return elementType;
    }

    /** How many elements there are. */
    public int size() {
        return size;
    }

    /** The element at {@code index}. */
    public GgufValue get(int index) {
        return switch (elementType) {
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 ->
                new GgufValue.IntegerValue(elementType, integer(index));
            case FLOAT32, FLOAT64 -> new GgufValue.FloatValue(elementType, number(index));
            case BOOL -> new GgufValue.BoolValue(bool(index));
            case STRING -> new GgufValue.StringValue(string(index));
            case ARRAY -> nested.get(index);
        };
    }

    /**
     * The whole number at {@code index}; {@link GgufType#UINT64} gives the 64 bits to be read as unsigned.
     *
     * @throws GgufException if the elements are not whole numbers
     */
    public long integer(int index) {
        ByteBuffer at = element(index);
        return switch (elementType) {
            case UINT8 -> at.get() & 0xFF;
            case INT8 -> at.get();
            case UINT16 -> at.getShort() & 0xFFFF;
            case INT16 -> at.getShort();
            case UINT32 -> at.getInt() & 0xFFFF_FFFFL;
            case INT32 -> at.getInt();
            case UINT64, INT64 -> at.getLong();
            case FLOAT32, FLOAT64, BOOL, STRING, ARRAY -> throw notA("whole numbers");
        };
    }

    /**
     * The number at {@code index}, whole or not.
     *
     * @throws GgufException if the elements are not numbers
     */
    public double number(int index) {
        return switch (elementType) {
            case FLOAT32 -> element(index).getFloat();
            case FLOAT64 -> element(index).getDouble();
            default -> integer(index);
        };
    }

    /**
     * The truth value at {@code index}.
     *
     * @throws GgufException if the elements are not truth values
     */
    public boolean bool(int index) {
        if (elementType != GgufType.BOOL) {
            throw notA("booleans");
        }
        return element(index).get() != 0;
    }

    /**
     * The text at {@code index}; bytes that are not UTF-8 appear as U+FFFD.
     *
     * @throws GgufException if the elements are not strings
     */
    public String string(int index) {
        if (elementType != GgufType.STRING) {
            throw notA("strings");
        }
        int start = index == 0 ? 0 : ends[index - 1];
        return new String(bytes, start, ends[index] - start, StandardCharsets.UTF_8);
    }

    /**
     * All texts, decoded one by one when they are read.
     *
     * @throws GgufException if the elements are not strings
     */
    public List<String> strings() {
        if (elementType != GgufType.STRING) {
            throw notA("strings");
        }
        return new Strings();
    }

    private ByteBuffer element(int index) {
        int width = elementType.sizeBytes();
        if (width == 0) {
            throw notA("numbers");
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(Objects.checkIndex(index, size) * width);
    }

    private GgufException notA(String wanted) {
        return new GgufException("expected an array of " + wanted + ", found an array of " + elementType);
    }

    /** The elements as they lie in a file; empty for an array of arrays. */
    byte[] bytes() {
        return bytes;
    }

    /** The UTF-8 bytes of the string at {@code index}. */
    byte[] stringBytes(int index) {
        return Arrays.copyOfRange(bytes, index == 0 ? 0 : ends[index - 1], ends[index]);
    }

    List<GgufArray> nested() {
        return nested;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GgufArray that
                && elementType == that.elementType
                && size == that.size
                && Arrays.equals(bytes, that.bytes)
                && Arrays.equals(ends, that.ends)
                && nested.equals(that.nested);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * elementType.hashCode() + Arrays.hashCode(bytes)) + nested.hashCode();
    }

    /** A short description such as {@code string[32000]}. */
    @Override
    public String toString() {
        return elementType + "[" + size + "]";
    }

    private final class Strings extends AbstractList<String> implements RandomAccess {
        @Override
        public String get(int index) {
            return string(index);
        }

        @Override
        public int size() {
            return size;
        }
    }
}
