package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.chat.OutputParser;
import io.github.llamacpp4j.chat.OutputSyntax;
import io.github.llamacpp4j.chat.ToolDefinition;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Timings;
import io.github.llamacpp4j.engine.TokenEvent;
import io.github.llamacpp4j.engine.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChatAnswerTest {

    private static final String TEMPLATE =
            "<|im_start|> <think> </think> <tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>";
    private static final ToolDefinition TOOL = new ToolDefinition("f", "", Map.of());

    private static ChatAnswer answer(boolean oneCall) {
        OutputParser parser = OutputSyntax.of(TEMPLATE).parser(List.of(TOOL), "<|im_start|>assistant\n");
        return new ChatAnswer(0, parser, oneCall, true);
    }

    private static void say(ChatAnswer answer, String... pieces) {
        for (String piece : pieces) {
            answer.accept(new TokenEvent(1, piece, Optional.empty()));
        }
    }

    private static void end(ChatAnswer answer, FinishReason reason) {
        Timings timings = new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
        answer.accept(new FinishedEvent("", reason, 0, new Usage(1, 0, 1, 0, 0, 0), timings));
    }

    @Test
    void takesReasoningAndTextApartAndCountsReasoning() {
        ChatAnswer answer = answer(false);
        say(answer, "<think>", "I", " think", "</think>", "Yes", ".");
        end(answer, FinishReason.END_OF_GENERATION);
        assertThat(answer.reasoning().toString()).isEqualTo("I think");
        assertThat(answer.content().toString()).isEqualTo("Yes.");
        assertThat(answer.reasoningTokens()).isBetween(2, 3);
        assertThat(answer.finishReason()).isEqualTo("stop");
    }

    @Test
    void aCallIsNamedOnceAndGrows() {
        ChatAnswer answer = answer(false);
        say(answer, "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\"");
        assertThat(answer.calls()).singleElement().satisfies(piece -> {
            assertThat(piece.beginning().orElseThrow().name()).isEqualTo("f");
            assertThat(piece.beginning().orElseThrow().id()).startsWith("call_");
        });
        answer.sent();
        say(answer, ": 1}}\n</tool_call>");
        assertThat(answer.calls()).singleElement().satisfies(piece -> {
            assertThat(piece.beginning()).isEmpty();
            assertThat(piece.index()).isZero();
        });
        end(answer, FinishReason.END_OF_GENERATION);
        assertThat(answer.finishReason()).isEqualTo("tool_calls");
    }

    @Test
    void aCallThatIsNoneIsTakenBackIfItWasNotSent() {
        ChatAnswer answer = answer(false);
        say(answer, "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\" nonsense }}\n</tool_call> then text");
        end(answer, FinishReason.END_OF_GENERATION);
        assertThat(answer.calls()).isEmpty();
        assertThat(answer.content().toString()).contains("nonsense").contains("then text");
        assertThat(answer.finishReason()).isEqualTo("stop");
    }

    @Test
    void anIndexThatWasSentIsNotUsedAgain() {
        ChatAnswer answer = answer(false);
        say(answer, "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\"");
        answer.sent();
        say(answer, " nonsense }}\n</tool_call>");
        answer.sent();
        say(answer, "<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>");
        end(answer, FinishReason.END_OF_GENERATION);
        assertThat(answer.calls())
                .singleElement()
                .satisfies(piece -> assertThat(piece.index()).isEqualTo(1));
        assertThat(answer.finishReason()).isEqualTo("tool_calls");
    }

    @Test
    void oneCallIsAllThatIsTakenIfNoMoreAreWanted() {
        ChatAnswer answer = answer(true);
        String call = "<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>\n";
        say(answer, call + call, call);
        assertThat(answer.isComplete()).isTrue();
        end(answer, FinishReason.CANCELLED);
        assertThat(answer.calls()).hasSize(1);
        assertThat(answer.finishReason()).isEqualTo("tool_calls");
    }

    @Test
    void aCallThatIsCutOffShowsWhatArrived() {
        ChatAnswer answer = answer(false);
        say(answer, "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": \"b");
        end(answer, FinishReason.MAX_TOKENS);
        assertThat(answer.calls()).hasSize(1);
        assertThat(answer.finishReason()).isEqualTo("length");
    }
}
