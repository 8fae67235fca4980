package io.github.llamacpp4j.template.value;

import java.util.Arrays;
import java.util.Iterator;

/** What {@code dict.keys()}, {@code values()} and {@code items()} return. Immutable. */
public final class DictView implements PySized {
    /** Which part of the dict it shows. */
    public enum Part {
        /** The keys. */
        KEYS("dict_keys"),
        /** The values. */
        VALUES("dict_values"),
        /** Key and value pairs. */
        ITEMS("dict_items");

        private final String typeName;

        Part(String typeName) {
            this.typeName = typeName;
        }
    }

    private final PyDict dict;
    private final Part part;

    /** A view of a dict. */
    public DictView(PyDict dict, Part part) {
        this.dict = dict;
        this.part = part;
    }

    /** The dict shown. */
    public PyDict dict() {
        return dict;
    }

    /** Which part is shown. */
    public Part part() {
        return part;
    }

    /** The items in order. */
    public Object[] items() {
        return switch (part) {
            case KEYS -> dict.keys();
            case VALUES -> dict.values();
            case ITEMS -> dict.pairs();
        };
    }

    @Override
    public Object attribute(Env env, String name) {
        return name.equals("mapping") ? dict : Missing.MISSING;
    }

    @Override
    public int size() {
        return dict.size();
    }

    @Override
    public Iterator<Object> iterator(Env env) {
        return Arrays.asList(items()).iterator();
    }

    @Override
    public String typeName() {
        return part.typeName;
    }
}
