package io.github.llamacpp4j.template.value;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The arguments of one call. Immutable once made. */
public final class Arguments {
    /** No arguments. */
    public static final Arguments NONE = new Arguments(new Object[0], Collections.emptyMap());

    private final Object[] positional;
    private final Map<String, Object> named;

    /** Arguments by position and by name. */
    public Arguments(Object[] positional, Map<String, Object> named) {
        this.positional = positional;
        this.named = named;
    }

    /** Arguments by position alone. */
    public static Arguments of(Object... positional) {
        return new Arguments(positional, Collections.emptyMap());
    }

    /** Those by position; not to be changed. */
    public Object[] positional() {
        return positional;
    }

    /** How many there are by position. */
    public int count() {
        return positional.length;
    }

    /** One by position. */
    public Object get(int index) {
        return positional[index];
    }

    /** Those by name, in order; not to be changed. */
    public Map<String, Object> named() {
        return named;
    }

    /** The same with another in front. */
    public Arguments prepend(Object first) {
        Object[] all = new Object[positional.length + 1];
        all[0] = first;
        System.arraycopy(positional, 0, all, 1, positional.length);
        return new Arguments(all, named);
    }

    /** The same without the first so many by position. */
    public Arguments drop(int count) {
        return new Arguments(java.util.Arrays.copyOfRange(positional, count, positional.length), named);
    }

    /** The same with one more by name. */
    public Arguments with(String name, Object value) {
        Map<String, Object> all = new LinkedHashMap<>(named);
        all.put(name, value);
        return new Arguments(positional, all);
    }

    /** The same without one by name. */
    public Arguments without(String name) {
        Map<String, Object> rest = new LinkedHashMap<>(named);
        rest.remove(name);
        return new Arguments(positional, rest);
    }
}
