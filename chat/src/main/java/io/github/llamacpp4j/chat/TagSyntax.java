package io.github.llamacpp4j.chat;

import java.util.List;
import java.util.Optional;

/**
 * What a template's answers may contain beside text.
 *
 * @param reasoning how reasoning is marked
 * @param blocks what begins a block of tool calls
 * @param bare syntaxes of calls that begin without a marker, at the start of the text
 * @param textOpeners markers in front of text, which end open reasoning and are dropped
 * @param silent other markers that are dropped
 * @param wrapOpen a tag around the whole text, or empty
 * @param wrapClose closes {@code wrapOpen}, or empty
 * @param primer the end of a generation prompt that belongs to the answer's syntax, or empty
 */
record TagSyntax(
        List<ReasoningTags> reasoning,
        List<ToolBlock> blocks,
        List<ToolSyntax> bare,
        List<String> textOpeners,
        List<String> silent,
        String wrapOpen,
        String wrapClose,
        String primer) {
    TagSyntax {
        reasoning = List.copyOf(reasoning);
        blocks = List.copyOf(blocks);
        bare = List.copyOf(bare);
        textOpeners = List.copyOf(textOpeners);
        silent = List.copyOf(silent);
    }

    /** The reasoning that a generation prompt opens and does not close. */
    Optional<ReasoningTags> openIn(String generationPrompt) {
        int last = -1;
        ReasoningTags found = null;
        for (ReasoningTags each : reasoning) {
            int opened = generationPrompt.lastIndexOf(each.open());
            if (opened > last && generationPrompt.lastIndexOf(each.close()) < opened) {
                last = opened;
                found = each;
            }
        }
        return Optional.ofNullable(found);
    }
}
