package io.github.llamacpp4j.gguf;

/**
 * What a reader puts up with before it refuses a file. Every count and length in a file is checked against these limits
 * and against the bytes that are left, before memory is taken for it. Immutable and thread-safe.
 */
public final class GgufLimits {

    private static final GgufLimits DEFAULTS = builder().build();

    private final long headerBytes;
    private final int metadataEntries;
    private final int tensors;
    private final int keyBytes;
    private final int stringBytes;
    private final int arrayElements;
    private final int arrayDepth;

    private GgufLimits(Builder builder) {
        this.headerBytes = builder.headerBytes;
        this.metadataEntries = builder.metadataEntries;
        this.tensors = builder.tensors;
        this.keyBytes = builder.keyBytes;
        this.stringBytes = builder.stringBytes;
        this.arrayElements = builder.arrayElements;
        this.arrayDepth = builder.arrayDepth;
    }

    /** Limits far above every known model. */
    public static GgufLimits defaults() {
        return DEFAULTS;
    }

    /** A builder that starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these limits. */
    public Builder toBuilder() {
        return new Builder()
                .headerBytes(headerBytes)
                .metadataEntries(metadataEntries)
                .tensors(tensors)
                .keyBytes(keyBytes)
                .stringBytes(stringBytes)
                .arrayElements(arrayElements)
                .arrayDepth(arrayDepth);
    }

    /** Most bytes in front of the tensor data; default 256 MiB. */
    public long headerBytes() {
        return headerBytes;
    }

    /** Most key-value pairs; default 65,536. */
    public int metadataEntries() {
        return metadataEntries;
    }

    /** Most tensors; default 262,144. */
    public int tensors() {
        return tensors;
    }

    /** Most bytes in a key; default 65,535, as the format says. */
    public int keyBytes() {
        return keyBytes;
    }

    /** Most bytes in a string; default 64 MiB. */
    public int stringBytes() {
        return stringBytes;
    }

    /** Most elements in an array; default 67,108,864. */
    public int arrayElements() {
        return arrayElements;
    }

    /** How deep arrays may hold arrays; 1 allows none inside another. Default 4. */
    public int arrayDepth() {
        return arrayDepth;
    }

    /** Collects limits. Not thread-safe. */
    public static final class Builder {

        private long headerBytes = 256L << 20;
        private int metadataEntries = 1 << 16;
        private int tensors = 1 << 18;
        private int keyBytes = 0xFFFF;
        private int stringBytes = 64 << 20;
        private int arrayElements = 64 << 20;
        private int arrayDepth = 4;

        private Builder() {}

        /** See {@link GgufLimits#headerBytes()}. */
        public Builder headerBytes(long value) {
            this.headerBytes = value;
            return this;
        }

        /** See {@link GgufLimits#metadataEntries()}. */
        public Builder metadataEntries(int value) {
            this.metadataEntries = value;
            return this;
        }

        /** See {@link GgufLimits#tensors()}. */
        public Builder tensors(int value) {
            this.tensors = value;
            return this;
        }

        /** See {@link GgufLimits#keyBytes()}. */
        public Builder keyBytes(int value) {
            this.keyBytes = value;
            return this;
        }

        /** See {@link GgufLimits#stringBytes()}. */
        public Builder stringBytes(int value) {
            this.stringBytes = value;
            return this;
        }

        /** See {@link GgufLimits#arrayElements()}. */
        public Builder arrayElements(int value) {
            this.arrayElements = value;
            return this;
        }

        /** See {@link GgufLimits#arrayDepth()}. */
        public Builder arrayDepth(int value) {
            this.arrayDepth = value;
            return this;
        }

        /**
         * The limits.
         *
         * @throws IllegalArgumentException if a limit is below 1, or {@code arrayDepth} above 64
         */
        public GgufLimits build() {
            long smallest = Math.min(
                    Math.min(Math.min(headerBytes, metadataEntries), Math.min(tensors, keyBytes)),
                    Math.min(stringBytes, Math.min(arrayElements, arrayDepth)));
            if (smallest < 1 || arrayDepth > 64) {
                throw new IllegalArgumentException("limits must be at least 1, and arrayDepth at most 64");
            }
            return new GgufLimits(this);
        }
    }
}
