package io.github.llamacpp4j.template.value;

import java.util.Iterator;

/** A Python iterator or generator: walked once, lazily. */
public final class PyIterator implements PyObject, PyIterable {
    private final String typeName;
    private final Iterator<Object> items;

    /** An iterator of the given Python type. */
    public PyIterator(String typeName, Iterator<Object> items) {
        this.typeName = typeName;
        this.items = items;
    }

    /** A generator. */
    public static PyIterator generator(Iterator<Object> items) {
        return new PyIterator("generator", items);
    }

    @Override
    public Iterator<Object> iterator(Env env) {
        return items;
    }

    @Override
    public String typeName() {
        return typeName;
    }

    @Override
    public String repr(Env env) {
        return "<" + typeName + " object>";
    }
}
