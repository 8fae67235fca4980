package io.github.llamacpp4j.template;

import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.Numbers;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyList;
import io.github.llamacpp4j.template.value.Str;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns what callers put into a context into what templates compute with. */
final class Values {
    private static final int MAX_DEPTH = 300;

    private Values() {}

    /**
     * The value of a context entry.
     *
     * @param fromValue whether its text is to be marked as a value
     * @throws IllegalArgumentException for an object of any other type than the documented ones
     */
    static Object of(@Nullable Object object, boolean fromValue) {
        return of(object, fromValue, 0);
    }

    private static Object of(@Nullable Object object, boolean fromValue, int depth) {
        if (depth > MAX_DEPTH) {
            throw PyError.limit("a context nested deeper than " + MAX_DEPTH + " levels");
        }
        return switch (object) {
            case null -> None.NONE;
            case String s -> Str.of(s, fromValue);
            case TrustedText t -> Str.of(t.text());
            case Boolean b -> b;
            case Integer i -> (long) i;
            case Long l -> l;
            case Short s -> (long) s;
            case Byte b -> (long) b;
            case BigInteger b -> Numbers.normal(b);
            case Double d -> d;
            case Float f -> (double) f;
            case BigDecimal d -> d.doubleValue();
            case Map<?, ?> map -> {
                PyDict dict = new PyDict(map.size(), fromValue);
                map.forEach((key, value) -> dict.put(of(key, fromValue, depth + 1), of(value, fromValue, depth + 1)));
                yield dict;
            }
            case List<?> list -> {
                Object[] items = new Object[list.size()];
                int i = 0;
                for (Object item : list) {
                    items[i++] = of(item, fromValue, depth + 1);
                }
                yield new PyList(items, fromValue);
            }
            case CharSequence s -> Str.of(s.toString(), fromValue);
            default ->
                throw new IllegalArgumentException(
                        "a template context holds maps, lists, text, numbers, booleans and null, but not "
                                + object.getClass().getName());
        };
    }
}
