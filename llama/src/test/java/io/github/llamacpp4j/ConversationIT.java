package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ChatMessage.UserMessage;
import io.github.llamacpp4j.chat.ToolDefinition;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConversationIT {

    private static final String PARIS = "The capital of France is Paris.";
    private static final ConversationOptions GREEDY = ConversationOptions.builder()
            .chat(chat -> chat.enableThinking(false).temperature(0).maxTokens(40))
            .build();

    private static Llama llama;

    @BeforeAll
    static void load() {
        llama = Llama.load(
                TestModels.tinychat(),
                LlamaOptions.builder()
                        .context(context -> context.contextSize(512).threads(1).batchThreads(1))
                        .build());
    }

    @AfterAll
    static void close() {
        llama.close();
    }

    private static Conversation started() {
        return Conversation.with(llama, GREEDY);
    }

    @Test
    void questionsAndAnswersAreRemembered() {
        Conversation conversation = started();
        assertThat(conversation.tokenCount()).isZero();
        assertThat(conversation.ask("What is the capital of France?").text().strip())
                .isEqualTo(PARIS);
        int tokens = conversation.tokenCount();
        ChatReply second = conversation.ask("What is the capital of Italy?");
        assertThat(second.prompt().text()).contains("France", "Paris", "Italy");
        assertThat(second.usage().cachedTokens()).isPositive();
        assertThat(conversation.messages())
                .extracting(ChatMessage::role)
                .containsExactly("user", "assistant", "user", "assistant");
        assertThat(conversation.tokenCount()).isGreaterThan(tokens);
        assertThat(conversation.contextTokens()).isEqualTo(512);
    }

    @Test
    void aForkGoesItsOwnWay() {
        Conversation conversation = started();
        conversation.ask("What is the capital of France?");
        Conversation fork = conversation.fork();
        List<ChatMessage> before = conversation.messages();
        fork.ask("What is the capital of Italy?");
        assertThat(conversation.messages()).isEqualTo(before).hasSize(2);
        assertThat(fork.messages()).hasSize(4).startsWith(before.toArray(ChatMessage[]::new));
    }

    @Test
    void undoTakesBackTheLastQuestionWithAllThatFollowed() {
        Conversation conversation = started();
        assertThat(conversation.undo()).isEmpty();
        conversation.system("Be brief.");
        conversation.ask("What is the capital of France?");
        List<ChatMessage> before = conversation.messages();
        conversation.ask("What is the capital of Italy?");
        assertThat(conversation.undo()).hasSize(2);
        assertThat(conversation.messages()).isEqualTo(before);
        conversation.undo();
        assertThat(conversation.undo()).isEmpty();
        assertThat(conversation.system()).contains("Be brief.");
        conversation.system("");
        assertThat(conversation.messages()).isEmpty();
        assertThat(conversation.system()).isEmpty();
    }

    @Test
    void anotherAnswerReplacesTheLastOnceItIsComplete() {
        Conversation conversation = started();
        assertThatThrownBy(conversation::streamAgain)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("empty");
        conversation.ask("What is the capital of France?");
        conversation.streamAgain().close();
        assertThat(conversation.messages()).hasSize(2);
        conversation.options(GREEDY.toBuilder().chat(chat -> chat.maxTokens(2)).build());
        try (ChatStream stream = conversation.streamAgain()) {
            assertThat(stream.reply().finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
        }
        assertThat(conversation.messages()).hasSize(2);
        assertThat(conversation.messages().getLast().text()).hasSizeLessThan(PARIS.length());
        conversation.add(ChatMessage.user("And?"));
        assertThatThrownBy(conversation::streamAgain).hasMessageContaining("role user");
    }

    @Test
    void aClosedAnswerLeavesNoTraceAndACancelledOneStaysAsFarAsItCame() {
        Conversation conversation = started();
        try (ChatStream stream = conversation.stream("What is the capital of France?")) {
            assertThat(stream.hasNext()).isTrue();
            assertThatThrownBy(() -> conversation.ask("Me too?"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("still being generated");
            assertThatThrownBy(conversation::undo).isInstanceOf(IllegalStateException.class);
        }
        assertThat(conversation.messages()).isEmpty();
        ConversationOptions endless = GREEDY.toBuilder()
                .chat(chat -> chat.maxTokens(400).generation(generation -> generation.ignoreEndOfGeneration(true)))
                .build();
        conversation.options(endless);
        try (ChatStream stream = conversation.stream("What is the capital of France?")) {
            assertThat(stream.hasNext()).isTrue();
            stream.cancel();
            assertThat(stream.reply().finishReason()).isEqualTo(FinishReason.CANCELLED);
        }
        assertThat(conversation.messages()).hasSize(2);
    }

    @Test
    void aFullContextIsAnErrorThatChangesNothing() {
        Conversation conversation = started();
        conversation.ask("What is the capital of France?");
        List<ChatMessage> before = conversation.messages();
        assertThatThrownBy(() -> conversation.ask("x ".repeat(600)))
                .isInstanceOfSatisfying(ConversationFullException.class, full -> {
                    assertThat(full.promptTokens()).isGreaterThan(500);
                    assertThat(full.answerTokens()).isEqualTo(40);
                    assertThat(full.contextTokens()).isEqualTo(512);
                });
        assertThat(conversation.messages()).isEqualTo(before);
        assertThat(conversation.ask("What is the capital of France?").text().strip())
                .isEqualTo(PARIS);
    }

    @Test
    void droppingTheOldestTurnsLetsItGoOnForEver() {
        Conversation conversation = Conversation.with(
                llama,
                GREEDY.toBuilder()
                        .historyPolicy(HistoryPolicy.dropOldestTurns())
                        .build());
        conversation.system("You are helpful.");
        for (int i = 0; i < 25; i++) {
            assertThat(conversation.ask("What is the capital of France?").finishReason())
                    .isNotEqualTo(FinishReason.CONTEXT_FULL);
        }
        assertThat(conversation.forgottenMessages()).isPositive();
        assertThat(conversation.forgottenMessages() + conversation.messages().size())
                .isEqualTo(51);
        assertThat(conversation.system()).contains("You are helpful.");
        assertThat(conversation.messages().get(1)).isInstanceOf(UserMessage.class);
        assertThatThrownBy(() -> conversation.ask("x ".repeat(600))).isInstanceOf(ConversationFullException.class);
    }

    @Test
    void toolsAreOfferedAndTheirResultsAnswered() {
        ToolDefinition weather = new ToolDefinition(
                "get_weather",
                "Get the weather in a city.",
                Map.of(
                        "type", "object",
                        "properties", Map.of("city", Map.of("type", "string")),
                        "required", List.of("city")));
        Conversation conversation = Conversation.with(
                llama,
                GREEDY.toBuilder().chat(chat -> chat.tools(List.of(weather))).build());
        ChatReply call = conversation.ask("What is the weather in Paris?");
        assertThat(call.toolCalls()).hasSize(1);
        conversation.add(ChatMessage.toolResult(
                call.toolCalls().getFirst().toToolCall(), "{\"temperature\": 18, \"condition\": \"sunny\"}"));
        assertThat(conversation.answer().text().strip()).isEqualTo("The weather in Paris: sunny, 18 degrees.");
    }

    @Test
    void aConversationIsSavedAndGoesOnLater(@TempDir Path folder) {
        Conversation conversation = started();
        conversation.ask("What is the capital of France?");
        Path file = folder.resolve("talk.json");
        conversation.save(file);
        Conversation later = Conversation.load(llama, GREEDY, file);
        assertThat(later.messages()).isEqualTo(conversation.messages());
        assertThat(later.ask("What is the capital of Italy?").prompt().text()).contains("France");
    }

    @Test
    void smolLm2RemembersTheFirstTurnInTheSecond() {
        try (Llama smolLm2 = Llama.load(
                TestModels.smolLm2(),
                LlamaOptions.builder()
                        .context(context -> context.contextSize(512).threads(1).batchThreads(1))
                        .build())) {
            Conversation conversation = Conversation.with(
                    smolLm2,
                    ConversationOptions.builder()
                            .chat(chat -> chat.temperature(0).maxTokens(24))
                            .build());
            ChatReply first = conversation.ask("What is the capital city of France? Answer in one sentence.");
            assertThat(first.text()).contains("Paris");
            ChatReply second = conversation.ask("Say the name of that city again.");
            assertThat(second.text()).contains("Paris");
            assertThat(second.prompt().text()).contains(first.text().strip());
        }
    }
}
