package io.github.llamacpp4j.model;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;

/**
 * A metadata value that replaces the one in a model file while it is loaded ({@code llama_model_kv_override}). The kind
 * must be that of the value in the file. Immutable and thread-safe.
 */
public sealed interface MetadataOverride {

    /** The longest key and the longest text, in UTF-8 bytes. */
    int MAX_BYTES = 127;

    /** The metadata key, such as {@code llama.expert_used_count}. */
    String key();

    /**
     * A whole number.
     *
     * @param key the metadata key
     * @param value the number
     */
    record OfInteger(String key, long value) implements MetadataOverride {
        /** Checks the key. */
        public OfInteger {
            requireFitting("key", key);
        }
    }

    /**
     * A floating-point number.
     *
     * @param key the metadata key
     * @param value the number, finite
     */
    record OfFloat(String key, double value) implements MetadataOverride {
        /** Checks the key and the number. */
        public OfFloat {
            requireFitting("key", key);
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("the override of " + key + " must be finite, found " + value);
            }
        }
    }

    /**
     * True or false.
     *
     * @param key the metadata key
     * @param value the truth
     */
    record OfBoolean(String key, boolean value) implements MetadataOverride {
        /** Checks the key. */
        public OfBoolean {
            requireFitting("key", key);
        }
    }

    /**
     * A text.
     *
     * @param key the metadata key
     * @param value the text, at most {@value MetadataOverride#MAX_BYTES} bytes in UTF-8
     */
    record OfString(String key, String value) implements MetadataOverride {
        /** Checks the key and the text. */
        public OfString {
            requireFitting("key", key);
            if (requireNonNull(value, "value").getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
                    || value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("the override of " + key + " must be a text of at most " + MAX_BYTES
                        + " UTF-8 bytes without U+0000");
            }
        }
    }

    private static void requireFitting(String what, String text) {
        if (requireNonNull(text, what).isEmpty()
                || text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
                || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a metadata " + what + " must have 1 to " + MAX_BYTES
                    + " UTF-8 bytes without U+0000, found \"" + text + "\"");
        }
    }
}
