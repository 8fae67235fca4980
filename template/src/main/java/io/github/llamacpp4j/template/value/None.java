package io.github.llamacpp4j.template.value;

/** Python's {@code None}. */
public enum None {
    /** The one instance. */
    NONE
}
