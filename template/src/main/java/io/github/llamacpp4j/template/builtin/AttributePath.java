package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.PyList;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.Undefined;
import java.util.ArrayList;
import java.util.List;

/** The {@code attribute} argument of many filters: a dotted path, walked by item lookup. Immutable. */
final class AttributePath {
    private final List<List<Object>> paths;
    private final boolean ignoreCase;
    private final Object otherwise;

    private AttributePath(List<List<Object>> paths, boolean ignoreCase, Object otherwise) {
        this.paths = paths;
        this.ignoreCase = ignoreCase;
        this.otherwise = otherwise;
    }

    static AttributePath of(Object attribute, boolean ignoreCase, Object otherwise) {
        return new AttributePath(List.of(parts(attribute)), ignoreCase, otherwise);
    }

    /** Several paths, separated by commas; {@link #all} yields a list to compare by. */
    static AttributePath several(Object attribute, boolean ignoreCase) {
        List<List<Object>> paths = new ArrayList<>();
        if (attribute instanceof Str s) {
            for (String path : s.text().split(",", -1)) {
                paths.add(parts(Str.of(path)));
            }
        } else {
            paths.add(parts(attribute));
        }
        return new AttributePath(paths, ignoreCase, None.NONE);
    }

    private static List<Object> parts(Object attribute) {
        if (attribute == None.NONE) {
            return List.of();
        }
        if (!(attribute instanceof Str s)) {
            return List.of(attribute);
        }
        List<Object> parts = new ArrayList<>();
        for (String part : s.text().split("[.]", -1)) {
            boolean digits =
                    !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            parts.add(digits ? (Object) Long.parseLong(part) : Str.of(part));
        }
        return parts;
    }

    Object get(Env env, Object item) {
        return get(env, item, paths.getFirst());
    }

    Object all(Env env, Object item) {
        Object[] keys = new Object[paths.size()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = get(env, item, paths.get(i));
        }
        return PyList.of(keys);
    }

    private Object get(Env env, Object item, List<Object> path) {
        Object value = item;
        for (Object part : path) {
            value = Attributes.item(env, value, part);
            if (otherwise != None.NONE && value instanceof Undefined) {
                value = otherwise;
            }
        }
        return ignoreCase && value instanceof Str s ? Casing.lower(s).asPlain() : value;
    }
}
