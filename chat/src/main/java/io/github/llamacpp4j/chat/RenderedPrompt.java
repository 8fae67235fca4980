package io.github.llamacpp4j.chat;

import java.util.List;
import java.util.Objects;

/**
 * A prompt and where its text comes from. Immutable and safe for use by several threads.
 *
 * @param text the whole prompt
 * @param values the parts that came from messages, tools or variables rather than from the template, in order and
 *     without overlap
 * @param generationPrompt the end of {@code text} that begins the answer, see {@link OutputSyntax#parser}
 * @param systemFolded whether the system message was put in front of the first user message, because the template has
 *     no system role
 */
public record RenderedPrompt(String text, List<Span> values, String generationPrompt, boolean systemFolded) {
    /** The characters from {@code start} to before {@code end}, counted in UTF-16 units. */
    public record Span(int start, int end) {
        public Span {
            if (start < 0 || end < start) {
                throw new IllegalArgumentException("a span has 0 <= start <= end, found " + start + " to " + end);
            }
        }
    }

    public RenderedPrompt {
        Objects.requireNonNull(generationPrompt, "generationPrompt");
        values = List.copyOf(values);
        int last = 0;
        for (Span span : values) {
            if (span.start() < last || span.end() > text.length()) {
                throw new IllegalArgumentException("spans are ordered, do not overlap and end within the text's "
                        + text.length() + " characters, found " + span);
            }
            last = span.end();
        }
    }
}
