package io.github.llamacpp4j.template.value;

/** A Python object that is not a string, number, boolean or None. */
public interface PyObject {
    /** The name of its Python type, as error messages give it. */
    String typeName();

    /** Whether it counts as true. */
    default boolean truthy() {
        return true;
    }

    /** A public attribute that is not a method of a built-in type, or {@link Missing#MISSING}. */
    default Object attribute(Env env, String name) {
        return Missing.MISSING;
    }

    /** Its {@code repr}, for types other than the containers. */
    default String repr(Env env) {
        return "<" + typeName() + " object>";
    }
}
