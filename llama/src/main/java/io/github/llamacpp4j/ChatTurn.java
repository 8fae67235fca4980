package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.OutputParser;
import io.github.llamacpp4j.chat.RenderedPrompt;
import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.Generation;

/**
 * One turn of a conversation, rendered and tokenized but not asked yet: for callers that submit it themselves, several answers
 * at once for example, or only if there is room in the queue now. {@link Llama#streamChat} does both steps.
 *
 * <p>Immutable and thread-safe.
 */
public final class ChatTurn {

    private final ModelChat chat;
    private final ChatOptions options;
    private final RenderedPrompt prompt;
    private final EngineRequest request;

    ChatTurn(ModelChat chat, ChatOptions options, RenderedPrompt prompt, EngineRequest request) {
        this.chat = chat;
        this.options = options;
        this.prompt = prompt;
        this.request = request;
    }

    /** What the model is asked, rendered. */
    public RenderedPrompt prompt() {
        return prompt;
    }

    /** What to submit to {@link Llama#engine()}. */
    public EngineRequest request() {
        return request;
    }

    /** A new parser for the text of one answer to {@link #request()}. */
    public OutputParser parser() {
        return chat.parser(prompt, options);
    }

    /** Reads an answer to {@link #request()}; the stream closes the generation. */
    public ChatStream read(Generation answer) {
        return read(answer, ChatStream.Listener.NONE);
    }

    ChatStream read(Generation answer, ChatStream.Listener listener) {
        return new ChatStream(answer, parser(), prompt, listener);
    }
}
