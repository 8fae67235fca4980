package io.github.llamacpp4j.chat;

/**
 * What a chat template can express, found out by rendering small conversations with it. Immutable and safe for use by
 * several threads.
 *
 * @param systemRole whether a system message reaches the prompt; if not, it is folded into the next user message
 * @param tools whether tool definitions reach the prompt
 * @param toolCalls whether an assistant's tool calls reach the prompt
 * @param parallelToolCalls whether several calls of one message do
 * @param toolResults whether tool results do
 * @param stringContent whether content may be a string
 * @param typedContent whether content may be a list of parts
 * @param objectArguments whether the arguments of calls are given as objects rather than as JSON text
 * @param reasoning how the reasoning of earlier answers is treated
 * @param thinkingSwitch what {@code enable_thinking = false} changes
 * @param opensThinking whether the generation prompt opens a thought when thinking is enabled
 */
public record ChatTemplateCapabilities(
        boolean systemRole,
        boolean tools,
        boolean toolCalls,
        boolean parallelToolCalls,
        boolean toolResults,
        boolean stringContent,
        boolean typedContent,
        boolean objectArguments,
        ReasoningHistory reasoning,
        ThinkingSwitch thinkingSwitch,
        boolean opensThinking) {

    /** How the reasoning of earlier answers is treated. */
    public enum ReasoningHistory {
        /** It never reaches the prompt. */
        DROPPED,
        /** It is kept until the next user message only, that is between tool calls. */
        WITHIN_TURN,
        /** It is always kept. */
        KEPT
    }

    /** What {@code enable_thinking = false} changes. */
    public enum ThinkingSwitch {
        /** Nothing: the template has no such switch. */
        NONE,
        /** The generation prompt, which opens a thought only when thinking is enabled. */
        OPENS_THOUGHT,
        /** The generation prompt, which closes an empty thought when thinking is disabled. */
        CLOSES_THOUGHT,
        /** Something else, such as an instruction to the model. */
        INSTRUCTS
    }
}
