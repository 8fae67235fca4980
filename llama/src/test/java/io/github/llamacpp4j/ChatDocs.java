package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ChatTemplateCapabilities;
import io.github.llamacpp4j.chat.OutputEvent;
import java.nio.file.Path;
import java.util.List;

/** The snippets of {@code docs/chat.md}; {@link DocsPagesTest} holds the page to them. */
abstract class ChatDocs {

    abstract void dimmed(String text);

    abstract void show(String text);

    abstract void use(Object value);

    void reply(Llama llama) {
        // docs:reply
        ChatReply reply = llama.chat(
                List.of(ChatMessage.system("Be brief."), ChatMessage.user("What is 2+2?")),
                o -> o.enableThinking(true).maxTokens(500));
        reply.reasoning(); // what the model thought
        reply.text(); // what it says
        reply.toolCalls(); // what it wants called
        reply.finishReason(); // why it ended
        // docs:end
    }

    void stream(Llama llama, List<ChatMessage> messages) {
        // docs:stream
        try (ChatStream stream = llama.streamChat(messages, ChatOptions.defaults())) { // closing it cancels
            for (OutputEvent event : stream) {
                switch (event) {
                    case OutputEvent.Reasoning reasoning -> dimmed(reasoning.text());
                    case OutputEvent.Text text -> show(text.text());
                    case OutputEvent.ToolCall call -> use(call.call());
                    default -> {}
                }
            }
        }
        // docs:end
    }

    void template(Path file) {
        // docs:template
        LlamaOptions options = LlamaOptions.builder()
                .chatTemplate(ChatTemplateSource.modelOr("chatml"))
                .build();
        // docs:end
        use(options);
    }

    void capabilities(Llama llama) {
        // docs:capabilities
        ChatTemplateCapabilities can = llama.chatTemplate().capabilities();
        boolean switchable = can.thinkingSwitch() != ChatTemplateCapabilities.ThinkingSwitch.NONE;
        // docs:end
        use(switchable);
    }

    void conversation(Llama llama, Path file) {
        // docs:conversation
        ConversationOptions options = ConversationOptions.builder()
                .chat(chat -> chat.maxTokens(500))
                .historyPolicy(HistoryPolicy.dropOldestTurns())
                .build();
        Conversation conversation = Conversation.with(llama, options);
        conversation.system("You are a guide to Oslo.");
        conversation.ask("Where do I find ships?");
        conversation.ask("And how do I get there?");
        Conversation other = conversation.fork(); // goes its own way
        other.undo();
        conversation.save(file);
        // docs:end
    }
}
