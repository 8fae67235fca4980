package io.github.llamacpp4j.server;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A value in the body of a request together with the place where it stands, so that what is wrong with it can be said. Each
 * accessor throws an {@link ApiException} that names the place if the value is of another type or out of range. Immutable.
 *
 * @param node the value
 * @param path the place, such as {@code messages[2].content}
 */
record Value(JsonNode node, String path) {

    private static final int QUOTED_CHARACTERS = 40;
    private static final double LARGEST_EXACT_INTEGER = 1L << 53;

    /** A refusal of this value. */
    ApiException expected(String what) {
        return ApiException.invalid(path, path + ": expected " + what + ", found " + describe(node));
    }

    /** Whether the value is {@code null}, which counts as absent. */
    boolean isNull() {
        return node.isNull();
    }

    boolean flag() {
        if (!node.isBoolean()) {
            throw expected("true or false");
        }
        return node.booleanValue();
    }

    String text() {
        if (!node.isString()) {
            throw expected("a string");
        }
        return node.stringValue();
    }

    String text(int maxCharacters) {
        String text = text();
        if (text.length() > maxCharacters) {
            throw ApiException.invalid(
                    path, path + ": expected at most " + maxCharacters + " characters, found " + text.length());
        }
        return text;
    }

    double number(double lowest, double highest) {
        double value = asDouble();
        if (!(value >= lowest && value <= highest)) {
            throw expected("a number " + range(shortened(lowest), shortened(highest)));
        }
        return value;
    }

    long integer(long lowest, long highest) {
        boolean fits = isInteger();
        long value = fits ? (long) asDouble() : 0;
        if (fits && node.isIntegralNumber()) {
            fits = node.canConvertToLong();
            value = fits ? node.longValue() : 0;
        }
        if (!fits || value < lowest || value > highest) {
            throw expected("a whole number " + range(String.valueOf(lowest), String.valueOf(highest)));
        }
        return value;
    }

    /** Whether this is a whole number, {@code 2.0} included as in JSON Schema. */
    boolean isInteger() {
        double value = asDouble();
        return node.isIntegralNumber() || (value == Math.rint(value) && Math.abs(value) <= LARGEST_EXACT_INTEGER);
    }

    /** The number, infinite if it is beyond all doubles; not a number if it is none. */
    private double asDouble() {
        return node.isNumber() ? node.numberValue().doubleValue() : Double.NaN;
    }

    /** The elements of an array. */
    List<Value> items(int fewest, int most) {
        if (!node.isArray()) {
            throw expected("an array");
        }
        if (node.size() < fewest || node.size() > most) {
            throw ApiException.invalid(
                    path,
                    path + ": expected " + (fewest > 0 ? fewest + " to " : "at most ") + most + " elements, found "
                            + node.size());
        }
        List<Value> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            items.add(new Value(node.get(i), path + '[' + i + ']'));
        }
        return items;
    }

    /** The members of an object. */
    Map<String, Value> members() {
        if (!node.isObject()) {
            throw expected("an object");
        }
        Map<String, Value> members = new LinkedHashMap<>();
        node.properties().forEach(member -> members.put(member.getKey(), at(member.getKey(), member.getValue())));
        return members;
    }

    /** The member of an object, which must be there. */
    Value member(String name) {
        Value member = members().get(name);
        if (member == null || member.isNull()) {
            throw ApiException.invalid(path + '.' + name, path + '.' + name + " is missing");
        }
        return member;
    }

    /** Shows the member of an object to {@code reader}, if it is one and has it. */
    void ifMember(String name, Consumer<Value> reader) {
        JsonNode member = node.get(name);
        if (member != null && !member.isNull()) {
            reader.accept(at(name, member));
        }
    }

    private Value at(String name, JsonNode member) {
        return new Value(member, path + '.' + name);
    }

    /** The value as {@code Map}, {@code List}, {@code String}, {@code Number}, {@code Boolean} or null. */
    @Nullable
    Object tree() {
        return tree(node);
    }

    private static @Nullable Object tree(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                node.properties().forEach(member -> map.put(member.getKey(), tree(member.getValue())));
                yield map;
            }
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>(node.size());
                node.forEach(element -> list.add(tree(element)));
                yield list;
            }
            case STRING -> node.stringValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> number(node);
            default -> null;
        };
    }

    private static Number number(JsonNode node) {
        if (!node.isIntegralNumber()) {
            return node.decimalValue();
        }
        BigInteger value = node.bigIntegerValue();
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }

    private static String range(String lowest, String highest) {
        return "from " + lowest + " to " + highest;
    }

    private static String shortened(double bound) {
        return bound == Math.rint(bound) && Math.abs(bound) < LARGEST_EXACT_INTEGER
                ? String.valueOf((long) bound)
                : String.valueOf(bound);
    }

    private static String describe(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case STRING -> "the string \"" + cut(node.stringValue()) + '"';
            case BOOLEAN -> String.valueOf(node.booleanValue());
            case NUMBER -> "the number " + cut(node.toString());
            default -> "null";
        };
    }

    private static String cut(String text) {
        return text.length() <= QUOTED_CHARACTERS ? text : text.substring(0, QUOTED_CHARACTERS) + "…";
    }
}
