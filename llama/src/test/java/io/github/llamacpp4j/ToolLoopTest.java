package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ParsedOutput;
import io.github.llamacpp4j.chat.ParsedToolCall;
import io.github.llamacpp4j.chat.RenderedPrompt;
import io.github.llamacpp4j.chat.ToolCall;
import io.github.llamacpp4j.chat.ToolChoice;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Timings;
import io.github.llamacpp4j.engine.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ToolLoopTest {

    record City(String city) {}

    interface Calculator {
        int add(int a, int b);

        String greet(String name, Optional<String> title);
    }

    /** Answers with what was laid out, and remembers what it was asked. */
    private static final class Script {
        final Deque<ChatReply> replies = new ArrayDeque<>();
        final List<ChatOptions> asked = new ArrayList<>();

        ChatReply reply(@SuppressWarnings("unused") List<ChatMessage> messages, ChatOptions options) {
            asked.add(options);
            return replies.size() > 1 ? replies.remove() : replies.element();
        }
    }

    private static ChatReply reply(String text, ParsedToolCall... calls) {
        return reply(FinishReason.END_OF_GENERATION, text, calls);
    }

    private static ChatReply reply(FinishReason reason, String text, ParsedToolCall... calls) {
        return new ChatReply(
                new ParsedOutput("", text, List.of(calls), Set.of()),
                new FinishedEvent(
                        "",
                        reason,
                        0,
                        new Usage(1, 0, 1, 0, 0, 0),
                        new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO)),
                new RenderedPrompt("", List.of(), "", false));
    }

    private static ParsedToolCall call(String name, String arguments) {
        return new ParsedToolCall("", name, arguments, true);
    }

    private static ToolRun run(Script script, List<Tool> tools, ToolRunOptions options) {
        return new ToolLoop(script::reply, List.of(ChatMessage.user("q")), tools, options).run();
    }

    private static Script script(ChatReply... replies) {
        Script script = new Script();
        script.replies.addAll(List.of(replies));
        return script;
    }

    private static List<String> results(List<ChatMessage> messages) {
        return messages.stream()
                .filter(ChatMessage.ToolMessage.class::isInstance)
                .map(ChatMessage::text)
                .toList();
    }

    private static final Tool WEATHER = Tool.of("weather", "Tells it.", City.class, c -> "sunny in " + c.city());

    @Test
    void resultsGoBackInTheOrderOfTheCallsUntilTheModelAnswers() {
        Script script = script(
                reply("", call("weather", "{\"city\":\"Oslo\"}"), call("weather", "{\"city\":\"Lima\"}")),
                reply("done"));
        ToolRun run = run(script, List.of(WEATHER), ToolRunOptions.defaults());
        assertThat(run.text()).isEqualTo("done");
        assertThat(run.rounds()).isEqualTo(2);
        assertThat(results(run.messages())).containsExactly("sunny in Oslo", "sunny in Lima");
        assertThat(run.messages()).hasSize(5);
    }

    @Test
    void resultsNameTheirCalls() {
        Script script = script(reply("", call("weather", "{\"city\":\"Oslo\"}")), reply("done"));
        List<ChatMessage> messages =
                run(script, List.of(WEATHER), ToolRunOptions.defaults()).messages();
        ChatMessage.AssistantMessage asked = (ChatMessage.AssistantMessage) messages.get(1);
        ChatMessage.ToolMessage result = (ChatMessage.ToolMessage) messages.get(2);
        assertThat(result.toolCallId())
                .isNotEmpty()
                .isEqualTo(asked.toolCalls().getFirst().id());
    }

    private static List<String> callIds(List<ChatMessage> messages) {
        return messages.stream()
                .filter(ChatMessage.AssistantMessage.class::isInstance)
                .flatMap(message -> ((ChatMessage.AssistantMessage) message).toolCalls().stream())
                .map(ToolCall::id)
                .toList();
    }

    @Test
    void noTwoCallsOfAConversationHaveOneId() {
        ToolCall given = new ToolCall("call00002", "weather", Map.of("city", "Rome"));
        List<ChatMessage> messages = List.of(
                ChatMessage.user("q"),
                new ChatMessage.AssistantMessage("", "", List.of(given)),
                ChatMessage.toolResult(given, "sunny"),
                ChatMessage.user("q"));
        for (int run = 0; run < 3; run++) {
            Script script = script(
                    reply(
                            "",
                            call("weather", "{\"city\":\"Oslo\"}"),
                            new ParsedToolCall("mine", "weather", "{\"city\":\"Lima\"}", true),
                            new ParsedToolCall("mine", "weather", "{\"city\":\"Bonn\"}", true)),
                    reply("done"));
            messages = new ToolLoop(script::reply, messages, List.of(WEATHER), ToolRunOptions.defaults())
                    .run()
                    .messages();
        }
        assertThat(callIds(messages))
                .hasSize(10)
                .doesNotHaveDuplicates()
                .startsWith("call00002", "call00001", "mine", "call00003");
        assertThat(messages.stream()
                        .filter(ChatMessage.ToolMessage.class::isInstance)
                        .map(message -> ((ChatMessage.ToolMessage) message).toolCallId()))
                .containsExactlyElementsOf(callIds(messages));
        assertThat(results(messages)).startsWith("sunny", "sunny in Oslo", "sunny in Lima", "sunny in Bonn");
    }

    @Test
    void theMethodsOfAnInterfaceAreTools() {
        Calculator calculator = new Calculator() {
            @Override
            public int add(int a, int b) {
                return a + b;
            }

            @Override
            public String greet(String name, Optional<String> title) {
                return title.orElse("") + name;
            }
        };
        List<Tool> tools = Tool.of(Calculator.class, calculator);
        assertThat(tools).extracting(tool -> tool.definition().name()).containsExactly("add", "greet");
        Script script = script(
                reply("", call("add", "{\"a\":12,\"b\":30}"), call("greet", "{\"name\":\"Ann\"}")), reply("done"));
        assertThat(results(run(script, tools, ToolRunOptions.defaults()).messages()))
                .containsExactly("42", "Ann");
    }

    @Test
    void callsOfOneRoundRunAtTheSameTime() {
        CountDownLatch both = new CountDownLatch(2);
        Tool meeting = Tool.of("weather", "", City.class, c -> {
            both.countDown();
            return both.await(20, TimeUnit.SECONDS);
        });
        Script script =
                script(reply("", call("weather", "{\"city\":\"a\"}"), call("weather", "{\"city\":\"b\"}")), reply("x"));
        assertThat(results(
                        run(script, List.of(meeting), ToolRunOptions.defaults()).messages()))
                .containsExactly("true", "true");
    }

    @Test
    void failuresAreToldToTheModel() {
        Tool broken = failing();
        Script script = script(reply("", call("weather", "{\"city\":\"a\"}")), reply("x"));
        assertThat(results(
                        run(script, List.of(broken), ToolRunOptions.defaults()).messages()))
                .singleElement()
                .asString()
                .contains("\"error\"", "no network");
    }

    @Test
    void failuresCanEndTheRun() {
        Script script = script(reply("", call("weather", "{\"city\":\"a\"}")), reply("x"));
        ToolRunOptions options =
                ToolRunOptions.builder().failures(ToolFailures.END_RUN).build();
        assertFails(script, failing(), options, ToolRunException.Kind.TOOL_FAILED);
    }

    private static Tool failing() {
        return Tool.of("weather", "", City.class, c -> {
            throw new java.io.IOException("no network");
        });
    }

    private static Tool sleeping() {
        return Tool.of("weather", "", City.class, c -> {
            Thread.sleep(Duration.ofMinutes(5));
            return null;
        });
    }

    @Test
    void aToolThatTakesTooLongIsInterrupted() {
        Script script = script(reply("", call("weather", "{\"city\":\"a\"}")), reply("x"));
        ToolRunOptions options =
                ToolRunOptions.builder().toolTimeout(Duration.ofMillis(50)).build();
        assertThat(results(run(script, List.of(sleeping()), options).messages()))
                .singleElement()
                .asString()
                .contains("PT0.05S");
    }

    @Test
    void theRunHasADeadline() {
        Script script = script(reply("", call("weather", "{\"city\":\"a\"}")), reply("x"));
        ToolRunOptions options =
                ToolRunOptions.builder().timeout(Duration.ofMillis(50)).build();
        assertFails(script, sleeping(), options, ToolRunException.Kind.DEADLINE);
    }

    @Test
    void anAnswerThatTheDeadlineCutOffIsNone() {
        ToolRunOptions options =
                ToolRunOptions.builder().timeout(Duration.ofNanos(1)).build();
        assertFails(script(reply(FinishReason.DEADLINE, "It is")), WEATHER, options, ToolRunException.Kind.DEADLINE);
    }

    @Test
    void theDeadlineOfTheRunLeavesShorterTimesForEachAnswerAlone() {
        Script script = script(reply("x"));
        Duration each = Duration.ofSeconds(5);
        ToolRunOptions options = ToolRunOptions.builder()
                .timeout(Duration.ofHours(1))
                .chat(chat -> chat.generation(o -> o.request(request -> request.timeout(each))))
                .build();
        run(script, List.of(WEATHER), options);
        assertThat(script.asked.getFirst().generation().request(0).timeout()).contains(each);
    }

    @Test
    void aToolMayTakeForEver() {
        Script script = script(reply("", call("weather", "{\"city\":\"Oslo\"}")), reply("x"));
        ToolRunOptions options = ToolRunOptions.builder()
                .toolTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                .build();
        assertThat(results(run(script, List.of(WEATHER), options).messages())).containsExactly("sunny in Oslo");
    }

    @Test
    void anErrorInAMethodEndsTheRun() {
        Runnable broken = () -> {
            throw new AssertionError("broken");
        };
        Script script = script(reply("", call("run", "{}")), reply("x"));
        List<Tool> tools = Tool.of(Runnable.class, broken);
        assertThatThrownBy(() -> run(script, tools, ToolRunOptions.defaults()))
                .isInstanceOf(AssertionError.class)
                .hasMessage("broken");
    }

    @Test
    void roundsAreLimited() {
        Script script = script(reply("", call("weather", "{\"city\":\"a\"}")));
        ToolRunOptions options = ToolRunOptions.builder().maxRounds(3).build();
        assertFails(script, WEATHER, options, ToolRunException.Kind.TOO_MANY_ROUNDS);
        assertThat(script.asked).hasSize(3);
    }

    @Test
    void aCallThatWasCutOffIsNotMade() {
        Script script = script(reply("", new ParsedToolCall("", "weather", "{\"ci", false)));
        assertFails(script, WEATHER, ToolRunOptions.defaults(), ToolRunException.Kind.TRUNCATED_CALL);
    }

    private static void assertFails(
            Script script, Tool tool, ToolRunOptions options, ToolRunException.@Nullable Kind kind) {
        assertThatThrownBy(() -> run(script, List.of(tool), options))
                .isInstanceOfSatisfying(ToolRunException.class, e -> {
                    assertThat(e.kind()).isEqualTo(kind);
                    assertThat(e.messages()).isNotEmpty();
                });
    }

    @Test
    void aRefusedCallIsNotMade() {
        List<String> made = new ArrayList<>();
        Tool tool = Tool.of("weather", "", City.class, c -> made.add(c.city()));
        Script script = script(
                reply("", call("weather", "{\"city\":\"Oslo\"}"), call("weather", "{\"city\":\"Lima\"}")), reply("x"));
        ToolRunOptions options = ToolRunOptions.builder()
                .approval(call -> call.arguments().containsValue("Oslo") ? Optional.of("not Oslo") : Optional.empty())
                .build();
        assertThat(results(run(script, List.of(tool), options).messages()).getFirst())
                .contains("not Oslo");
        assertThat(made).containsExactly("Lima");
    }

    @Test
    void aDemandedCallIsDemandedOnce() {
        Script script = script(reply("", call("weather", "{\"city\":\"a\"}")), reply("x"));
        ToolRunOptions options = ToolRunOptions.builder()
                .chat(chat -> chat.toolChoice(ToolChoice.required()))
                .build();
        run(script, List.of(WEATHER), options);
        assertThat(script.asked.stream().map(ChatOptions::toolChoice))
                .containsExactly(ToolChoice.required(), ToolChoice.auto());
    }
}
