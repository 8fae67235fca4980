package io.github.llamacpp4j.template.value;

/** A Python object that can be called. */
public interface PyCallable extends PyObject {
    /** Calls it. */
    Object call(Env env, Arguments arguments);
}
