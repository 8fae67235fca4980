package io.github.llamacpp4j.template.value;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** A Python list; immutable, since the sandbox forbids changing one. */
public final class PyList implements PySequence {
    private final Object[] items;
    private final boolean fromValue;

    /** A list of these items; the array is not copied. */
    public PyList(Object[] items, boolean fromValue) {
        this.items = items;
        this.fromValue = fromValue;
    }

    /** A list that the template made. */
    public static PyList of(Object... items) {
        return new PyList(items, false);
    }

    /** A list that the template made. */
    public static PyList of(List<?> items) {
        return new PyList(items.toArray(), false);
    }

    /** The items; not to be changed. */
    public Object[] items() {
        return items;
    }

    /** Whether the list as a whole came from the context, so that its printed form is a value. */
    public boolean fromValue() {
        return fromValue;
    }

    @Override
    public int size() {
        return items.length;
    }

    @Override
    public Object item(int index) {
        return items[index];
    }

    @Override
    public Iterator<Object> iterator(Env env) {
        return Arrays.asList(items).iterator();
    }

    @Override
    public String typeName() {
        return "list";
    }
}
