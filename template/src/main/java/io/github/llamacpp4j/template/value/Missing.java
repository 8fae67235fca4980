package io.github.llamacpp4j.template.value;

/** The answer of a lookup that found nothing; never visible to a template. */
public enum Missing {
    /** The one instance. */
    MISSING
}
