package io.github.llamacpp4j;

/** What becomes of a tool that throws or takes too long. */
public enum ToolFailures {
    /** The model is told, as the result {@code {"error": …}}, and goes on. */
    TELL_MODEL,
    /** The run ends with a {@link ToolRunException}. */
    END_RUN
}
