package io.github.llamacpp4j.gguf;

import java.util.Locale;
import java.util.Optional;

/** The type of a metadata value, {@code gguf_type} in llama.cpp's {@code gguf.h}. */
public enum GgufType {
    /** Unsigned 8-bit integer. */
    UINT8(0, 1),
    /** Signed 8-bit integer. */
    INT8(1, 1),
    /** Unsigned 16-bit integer. */
    UINT16(2, 2),
    /** Signed 16-bit integer. */
    INT16(3, 2),
    /** Unsigned 32-bit integer. */
    UINT32(4, 4),
    /** Signed 32-bit integer. */
    INT32(5, 4),
    /** 32-bit IEEE 754 number. */
    FLOAT32(6, 4),
    /** One byte, zero is false. */
    BOOL(7, 1),
    /** UTF-8 text with its length in bytes in front. */
    STRING(8, 0),
    /** A sequence of values of one type. */
    ARRAY(9, 0),
    /** Unsigned 64-bit integer. */
    UINT64(10, 8),
    /** Signed 64-bit integer. */
    INT64(11, 8),
    /** 64-bit IEEE 754 number. */
    FLOAT64(12, 8);

    private static final GgufType[] BY_ID = values();

    private final int id;
    private final int sizeBytes;

    GgufType(int id, int sizeBytes) {
        this.id = id;
        this.sizeBytes = sizeBytes;
    }

    /** The type with the number {@code id} in a file, if there is one. */
    static Optional<GgufType> ofId(int id) {
        return id >= 0 && id < BY_ID.length ? Optional.of(BY_ID[id]) : Optional.empty();
    }

    /** The number that stands for this type in a file. */
    public int id() {
        return id;
    }

    /** The size of one value in bytes; 0 for strings and arrays, whose size varies. */
    int sizeBytes() {
        return sizeBytes;
    }

    /** Whether values of this type are whole numbers. */
    public boolean isInteger() {
        return switch (this) {
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> true;
            case FLOAT32, FLOAT64, BOOL, STRING, ARRAY -> false;
        };
    }

    /** Whether values of this type are floating-point numbers. */
    public boolean isFloat() {
        return this == FLOAT32 || this == FLOAT64;
    }

    /** The name in lower case, such as {@code uint32}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
