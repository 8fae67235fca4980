package io.github.llamacpp4j.gguf;

/** A metadata value. Every kind is immutable and therefore thread-safe. */
public sealed interface GgufValue
        permits GgufValue.IntegerValue, GgufValue.FloatValue, GgufValue.BoolValue, GgufValue.StringValue, GgufArray {

    /** The type under which the value is stored. */
    GgufType type();

    /**
     * A whole number.
     *
     * @param type one of the integer types
     * @param value the number; of type {@link GgufType#UINT64}, the 64 bits to be read as unsigned
     */
    record IntegerValue(GgufType type, long value) implements GgufValue {
        /** Checks the range. */
        public IntegerValue {
            long smallest = switch (type) {
                case INT8 -> Byte.MIN_VALUE;
                case INT16 -> Short.MIN_VALUE;
                case INT32 -> Integer.MIN_VALUE;
                case INT64, UINT64 -> Long.MIN_VALUE;
                default -> 0;
            };
            long largest = switch (type) {
                case UINT8 -> 0xFF;
                case INT8 -> Byte.MAX_VALUE;
                case UINT16 -> 0xFFFF;
                case INT16 -> Short.MAX_VALUE;
                case UINT32 -> 0xFFFF_FFFFL;
                case INT32 -> Integer.MAX_VALUE;
                case INT64, UINT64 -> Long.MAX_VALUE;
                default -> throw new IllegalArgumentException(type + " is not an integer type");
            };
            if (value < smallest || value > largest) {
                throw new IllegalArgumentException(value + " is out of range for " + type);
            }
        }

        @Override
        public String toString() {
            return type == GgufType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
        }
    }

    /**
     * A floating-point number.
     *
     * @param type {@link GgufType#FLOAT32} or {@link GgufType#FLOAT64}
     * @param value the number
     */
    record FloatValue(GgufType type, double value) implements GgufValue {
        /** Checks the type. */
        public FloatValue {
            if (!type.isFloat()) {
                throw new IllegalArgumentException(type + " is not a floating-point type");
            }
        }

        @Override
        public String toString() {
            return type == GgufType.FLOAT32 ? Float.toString((float) value) : Double.toString(value);
        }
    }

    /**
     * True or false.
     *
     * @param value the truth
     */
    record BoolValue(boolean value) implements GgufValue {
        @Override
        public GgufType type() {
            return GgufType.BOOL;
        }

        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    /**
     * A text. Bytes of the file that are not UTF-8 appear as U+FFFD.
     *
     * @param value the text
     */
    record StringValue(String value) implements GgufValue {
        @Override
        public GgufType type() {
            return GgufType.STRING;
        }

        @Override
        public String toString() {
            return value;
        }
    }
}
