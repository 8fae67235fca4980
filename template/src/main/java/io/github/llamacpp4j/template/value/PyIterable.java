package io.github.llamacpp4j.template.value;

import java.util.Iterator;

/** A Python object that can be iterated. */
public interface PyIterable {
    /** A walk over its items. */
    Iterator<Object> iterator(Env env);
}
