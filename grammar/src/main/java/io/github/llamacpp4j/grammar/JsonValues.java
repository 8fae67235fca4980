package io.github.llamacpp4j.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** JSON values as plain Java objects: maps, lists, strings, numbers, booleans and null. */
final class JsonValues {
    private JsonValues() {}

    static BigDecimal decimal(Number number) {
        return switch (number) {
            case BigDecimal decimal -> decimal;
            case BigInteger integer -> new BigDecimal(integer);
            case Double d -> BigDecimal.valueOf(d);
            case Float f -> new BigDecimal(f.toString());
            default -> BigDecimal.valueOf(number.longValue());
        };
    }

    static boolean isInteger(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    /** Equality as JSON Schema defines it: by mathematical value, and regardless of the order of members. */
    static boolean equal(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return left == null && right == null;
        }
        if (left instanceof Number a && right instanceof Number b) {
            return decimal(a).compareTo(decimal(b)) == 0;
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            if (a.size() != b.size()) {
                return false;
            }
            Iterator<?> others = b.iterator();
            for (Object element : a) {
                if (!equal(element, others.next())) {
                    return false;
                }
            }
            return true;
        }
        if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
            if (a.size() != b.size()) {
                return false;
            }
            for (Map.Entry<?, ?> entry : a.entrySet()) {
                if (!b.containsKey(entry.getKey()) || !equal(entry.getValue(), b.get(entry.getKey()))) {
                    return false;
                }
            }
            return true;
        }
        return left.equals(right);
    }

    static boolean contains(List<? extends @Nullable Object> values, @Nullable Object value) {
        for (Object candidate : values) {
            if (equal(candidate, value)) {
                return true;
            }
        }
        return false;
    }

    /** An object that is equal to those of all values that are equal to this one. */
    static Object key(@Nullable Object value) {
        return switch (value) {
            case null -> Optional.empty();
            case Number number -> decimal(number).stripTrailingZeros();
            case List<?> list -> {
                List<Object> keys = new ArrayList<>(list.size());
                for (Object element : list) {
                    keys.add(key(element));
                }
                yield keys;
            }
            case Map<?, ?> map -> {
                Map<Object, Object> keys = new HashMap<>();
                map.forEach((name, member) -> keys.put(name, key(member)));
                yield keys;
            }
            default -> value;
        };
    }

    static Set<Object> keys(List<? extends @Nullable Object> values) {
        Set<Object> keys = new HashSet<>();
        for (Object value : values) {
            keys.add(key(value));
        }
        return keys;
    }

    static boolean areDifferent(List<?> values) {
        return keys(values).size() == values.size();
    }

    /** Exactly this value, in its canonical form. */
    static Node text(@Nullable Object value, JsonLayout layout, Spelling spelling) {
        return switch (value) {
            case null -> spelling.word("null");
            case Boolean bool -> spelling.word(bool.toString());
            case Number number -> new Node.Literal(number(decimal(number)));
            case String string -> spelling.string(string);
            case List<?> list -> {
                List<Node> parts = new ArrayList<>();
                parts.add(layout.open("["));
                for (Object element : list) {
                    if (parts.size() > 1) {
                        parts.add(layout.comma());
                    }
                    parts.add(text(element, layout, spelling));
                }
                parts.add(list.isEmpty() ? new Node.Literal("]") : layout.close("]"));
                yield Node.sequence(parts);
            }
            case Map<?, ?> map -> {
                List<Node> parts = new ArrayList<>();
                parts.add(layout.open("{"));
                map.forEach((key, member) -> {
                    if (parts.size() > 1) {
                        parts.add(layout.comma());
                    }
                    parts.add(spelling.name(String.valueOf(key)));
                    parts.add(layout.colon());
                    parts.add(text(member, layout, spelling));
                });
                parts.add(map.isEmpty() ? new Node.Literal("}") : layout.close("}"));
                yield Node.sequence(parts);
            }
            default ->
                throw new IllegalArgumentException(
                        "not a JSON value: " + value.getClass().getName());
        };
    }

    /** The shortest plain form; scientific for very large and very small values, as Python writes them. */
    private static String number(BigDecimal value) {
        if (value.signum() == 0) {
            return "0";
        }
        BigDecimal stripped = value.stripTrailingZeros();
        int exponent = stripped.precision() - stripped.scale() - 1;
        boolean plain = stripped.scale() <= 0 ? exponent < 400 : exponent >= -5 && exponent < 16;
        if (plain) {
            return stripped.toPlainString();
        }
        String digits = stripped.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        String power = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : String.valueOf(Math.abs(exponent));
        return (stripped.signum() < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+") + power;
    }
}
