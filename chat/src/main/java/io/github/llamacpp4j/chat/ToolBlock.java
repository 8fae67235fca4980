package io.github.llamacpp4j.chat;

import java.util.List;

/**
 * A marker that begins a block of tool calls.
 *
 * @param marker the literal
 * @param consumed how much of the literal is markup; the rest belongs to the block
 * @param syntaxes how the calls may be written; the first that fits the text is taken
 * @param endsReasoning whether the marker ends open reasoning too, because models forget to close it
 */
record ToolBlock(String marker, int consumed, List<ToolSyntax> syntaxes, boolean endsReasoning) {
    ToolBlock {
        syntaxes = List.copyOf(syntaxes);
    }

    static ToolBlock of(String marker, boolean endsReasoning, ToolSyntax... syntaxes) {
        return new ToolBlock(marker, marker.length(), List.of(syntaxes), endsReasoning);
    }
}
