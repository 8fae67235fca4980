package io.github.llamacpp4j.template.value;

/** A Python object with a length. */
public interface PySized extends PyObject, PyIterable {
    /** Its {@code len()}. */
    int size();

    @Override
    default boolean truthy() {
        return size() > 0;
    }
}
