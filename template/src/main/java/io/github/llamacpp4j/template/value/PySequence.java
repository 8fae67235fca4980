package io.github.llamacpp4j.template.value;

/** A list, tuple or range: a sized thing with items by position. */
public interface PySequence extends PySized {
    /** The item at a position in {@code 0..size()-1}. */
    Object item(int index);
}
