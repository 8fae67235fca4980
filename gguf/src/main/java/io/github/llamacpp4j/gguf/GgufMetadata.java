package io.github.llamacpp4j.gguf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The key-value pairs of a GGUF file in the file's order. A missing key gives an empty result; a key that holds another
 * type than was asked for throws {@link GgufException}. Immutable and thread-safe.
 */
public final class GgufMetadata {

    private final Map<String, GgufValue> values;

    /** Metadata with these pairs. */
    public GgufMetadata(Map<String, GgufValue> values) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** All pairs in the order of the file. */
    public Map<String, GgufValue> values() {
        return values;
    }

    /** The value of {@code key}. */
    public Optional<GgufValue> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The text under {@code key}. */
    public Optional<String> string(String key) {
        return typed(key, GgufValue.StringValue.class, "a string").map(GgufValue.StringValue::value);
    }

    /** The whole number under {@code key}, of any integer type that holds at most 63 bits plus sign. */
    public OptionalLong integer(String key) {
        Optional<GgufValue.IntegerValue> value = typed(key, GgufValue.IntegerValue.class, "a whole number below 2^63");
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(signed(key, value.get()));
    }

    /** The number under {@code key}, whole or not. */
    public OptionalDouble number(String key) {
        GgufValue value = values.get(key);
        if (value == null) {
            return OptionalDouble.empty();
        }
        if (value instanceof GgufValue.FloatValue number) {
            return OptionalDouble.of(number.value());
        }
        if (value instanceof GgufValue.IntegerValue number) {
            return OptionalDouble.of((double) signed(key, number));
        }
        throw mismatch(key, "a number", value);
    }

    /** The truth value under {@code key}. */
    public Optional<Boolean> bool(String key) {
        return typed(key, GgufValue.BoolValue.class, "a boolean").map(GgufValue.BoolValue::value);
    }

    /** The array under {@code key}. */
    public Optional<GgufArray> array(String key) {
        return typed(key, GgufArray.class, "an array");
    }

    /** The strings under {@code key}; empty where the key is missing. */
    public List<String> strings(String key) {
        return array(key).map(GgufArray::strings).orElse(List.of());
    }

    /** What kind of network this is, {@code general.architecture}: for example {@code llama} or {@code bert}. */
    public Optional<String> architecture() {
        return string("general.architecture");
    }

    /**
     * A setting of the architecture: {@code block_count} asks for {@code llama.block_count} in a llama model. A setting
     * given per layer as an array counts as missing here.
     */
    public OptionalLong architectureInteger(String suffix) {
        Optional<String> key = architecture().map(name -> name + "." + suffix);
        if (key.isEmpty() || values.get(key.get()) instanceof GgufArray) {
            return OptionalLong.empty();
        }
        return integer(key.get());
    }

    /** The main chat template, {@code tokenizer.chat_template}. */
    public Optional<String> chatTemplate() {
        return string("tokenizer.chat_template");
    }

    private <T extends GgufValue> Optional<T> typed(String key, Class<T> kind, String expected) {
        GgufValue value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!kind.isInstance(value)) {
            throw mismatch(key, expected, value);
        }
        return Optional.of(kind.cast(value));
    }

    private static long signed(String key, GgufValue.IntegerValue value) {
        if (value.type() == GgufType.UINT64 && value.value() < 0) {
            throw mismatch(key, "a whole number below 2^63", value);
        }
        return value.value();
    }

    private static GgufException mismatch(String key, String expected, GgufValue found) {
        String what = found instanceof GgufArray array ? array.toString() : found.type() + " " + found;
        return new GgufException("metadata key " + key + ": expected " + expected + ", found " + shortened(what));
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GgufMetadata that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.size() + " keys, architecture " + architecture().orElse("unknown");
    }
}
