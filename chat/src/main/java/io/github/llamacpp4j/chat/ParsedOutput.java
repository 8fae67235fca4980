package io.github.llamacpp4j.chat;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A model's answer, taken apart. Immutable and safe for use by several threads.
 *
 * @param reasoning what the model thought, without its markers; empty where it did not
 * @param text what it says to the user, and the raw text of everything that could not be read
 * @param toolCalls the calls in the order in which they were written
 * @param flags what was unusual
 */
public record ParsedOutput(String reasoning, String text, List<ParsedToolCall> toolCalls, Set<OutputFlag> flags) {
    public ParsedOutput {
        toolCalls = List.copyOf(toolCalls);
        Set<OutputFlag> ordered = EnumSet.noneOf(OutputFlag.class);
        ordered.addAll(flags);
        flags = Collections.unmodifiableSet(ordered);
    }

    /** Whether the answer ended in the middle of the reasoning or of a tool call. */
    public boolean truncated() {
        return flags.contains(OutputFlag.UNFINISHED_REASONING) || flags.contains(OutputFlag.UNFINISHED_TOOL_CALL);
    }
}
