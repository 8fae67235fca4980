package io.github.llamacpp4j.template;

import java.util.List;

/**
 * Rendered text, and which parts of it came from values of the context rather than from the template.
 *
 * <p>A part that was computed from a value in a way that cannot be followed char by char counts as a value as a whole.
 * Numbers, booleans and none count as the template's own when printed alone, since their text holds no markup; a list or
 * dict of the context printed or serialised as a whole is a value as a whole. Immutable and safe to share between threads.
 *
 * @param text the rendered text
 * @param values the parts that came from values: in order, apart, never empty
 */
public record TrackedText(String text, List<Span> values) {
    /** Copies the list. */
    public TrackedText {
        values = List.copyOf(values);
    }

    /**
     * A part of the text.
     *
     * @param start the char it starts at
     * @param end the char it ends before
     */
    public record Span(int start, int end) {}
}
