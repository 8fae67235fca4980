package io.github.llamacpp4j.template.value;

import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A Python tuple, or a named pair such as {@code groupby} yields. Immutable. */
public final class PyTuple implements PySequence {
    /** The empty tuple. */
    public static final PyTuple EMPTY = new PyTuple();

    private final Object[] items;
    private final String[] names;
    private Keys.@Nullable Tuple canonical;

    private PyTuple(Object[] items, String[] names) {
        this.items = items;
        this.names = names;
    }

    /** A tuple of these items; the array is not copied. */
    public PyTuple(Object... items) {
        this(items, new String[0]);
    }

    /** A tuple whose items also have names. */
    public static PyTuple named(String[] names, Object... items) {
        return new PyTuple(items, names);
    }

    /** The items; not to be changed. */
    public Object[] items() {
        return items;
    }

    /** Its canonical form as a key, once that was asked for. */
    Keys.@Nullable Tuple canonical() {
        return canonical;
    }

    Keys.Tuple canonical(Keys.Tuple made) {
        canonical = made;
        return made;
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
        return names.length == 0 ? "tuple" : "_GroupTuple";
    }

    @Override
    public Object attribute(Env env, String name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return items[i];
            }
        }
        return Missing.MISSING;
    }
}
