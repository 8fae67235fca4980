package io.github.llamacpp4j;

import io.github.llamacpp4j.ToolRunException.Kind;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ParsedToolCall;
import io.github.llamacpp4j.chat.ToolCall;
import io.github.llamacpp4j.chat.ToolChoice;
import io.github.llamacpp4j.engine.FinishReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Asks the model, makes the calls it wants, tells it the results, and so on until it answers. For one run on one thread. */
final class ToolLoop {

    private final BiFunction<List<ChatMessage>, ChatOptions, ChatReply> model;
    private final Map<String, Tool> tools = new LinkedHashMap<>();
    private final ToolRunOptions options;
    private final List<ChatMessage> messages;
    private final long startNanos = System.nanoTime();
    private final Set<String> callIds = new HashSet<>();
    private int namedCalls;

    ToolLoop(
            BiFunction<List<ChatMessage>, ChatOptions, ChatReply> model,
            List<? extends ChatMessage> messages,
            List<Tool> tools,
            ToolRunOptions options) {
        this.model = model;
        this.messages = new ArrayList<>(messages);
        this.options = options;
        for (ChatMessage message : messages) {
            if (message instanceof ChatMessage.AssistantMessage assistant) {
                assistant.toolCalls().forEach(call -> callIds.add(call.id()));
            }
        }
        for (Tool tool : tools) {
            if (this.tools.putIfAbsent(tool.definition().name(), tool) != null) {
                throw new IllegalArgumentException(
                        "two tools are called " + tool.definition().name());
            }
        }
    }

    ToolRun run() {
        ToolChoice choice = options.chat().toolChoice();
        for (int round = 1; round <= options.maxRounds(); round++) {
            ChatReply reply = model.apply(messages, asked(choice));
            if (reply.finishReason() == FinishReason.DEADLINE && isLate()) {
                throw late(null);
            }
            List<Requested> requested = requested(reply);
            messages.add(new ChatMessage.AssistantMessage(
                    reply.text(),
                    reply.reasoning(),
                    requested.stream().map(Requested::call).toList()));
            if (requested.isEmpty()) {
                return new ToolRun(reply, messages, round);
            }
            messages.addAll(results(requested));
            choice = ToolChoice.auto();
        }
        throw failure(
                Kind.TOO_MANY_ROUNDS, "the model still calls tools after " + options.maxRounds() + " rounds", null);
    }

    private ChatOptions asked(ToolChoice choice) {
        ChatOptions.Builder asked = options.chat().toBuilder()
                .tools(tools.values().stream().map(Tool::definition).toList())
                .toolChoice(choice);
        Optional<Duration> each = options.chat().generation().request(0).timeout();
        remaining()
                .filter(left -> each.isEmpty() || left.compareTo(each.get()) < 0)
                .ifPresent(left -> asked.generation(o -> o.request(request -> request.timeout(left))));
        return asked.build();
    }

    /** A call as the parser found it, and as it stands in the conversation. */
    private record Requested(ParsedToolCall parsed, ToolCall call) {}

    private List<Requested> requested(ChatReply reply) {
        List<Requested> requested = new ArrayList<>();
        for (ParsedToolCall parsed : reply.toolCalls()) {
            if (!parsed.complete()) {
                throw failure(
                        Kind.TRUNCATED_CALL,
                        "the call of " + parsed.name() + " was cut off (" + reply.finishReason()
                                + "); allow more tokens",
                        null);
            }
            requested.add(new Requested(parsed, new ToolCall(id(parsed.id()), parsed.name(), parsed.arguments())));
        }
        return requested;
    }

    /** The id that the model gave, unless it gave none or one that another call of the conversation has. */
    private String id(String given) {
        String id = given;
        while (id.isEmpty() || !callIds.add(id)) {
            id = String.format(Locale.ROOT, "call%05d", ++namedCalls);
        }
        return id;
    }

    private List<ChatMessage> results(List<Requested> requested) {
        List<Optional<String>> refusals = requested.stream()
                .map(each -> options.approval().refusal(each.call()))
                .toList();
        List<ChatMessage> results = new ArrayList<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            List<Future<String>> running = new ArrayList<>();
            for (int i = 0; i < requested.size(); i++) {
                running.add(start(threads, requested.get(i), refusals.get(i)));
            }
            long endNanos = System.nanoTime() + TimeUnit.NANOSECONDS.convert(patience());
            for (int i = 0; i < requested.size(); i++) {
                ToolCall call = requested.get(i).call();
                results.add(ChatMessage.toolResult(call, result(call, running.get(i), endNanos)));
            }
        } finally {
            threads.shutdownNow();
        }
        return results;
    }

    private Future<String> start(ExecutorService threads, Requested requested, Optional<String> refusal) {
        if (refusal.isPresent()) {
            String told = error("refused: " + refusal.get());
            return threads.submit(() -> told);
        }
        Tool tool = tools.get(requested.call().name());
        if (tool == null) {
            throw new IllegalStateException("the parser let a call of an unknown tool through: "
                    + requested.call().name());
        }
        return threads.submit(() -> tool.call(requested.parsed()));
    }

    private String result(ToolCall call, Future<String> running, long endNanos) {
        try {
            return running.get(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            running.cancel(true);
            if (isLate()) {
                throw late(e);
            }
            return failed(call, "no result within " + options.toolTimeout(), e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof Error error) {
                throw error;
            }
            return failed(call, cause.getClass().getSimpleName() + ": " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(Kind.INTERRUPTED, "interrupted while tools were running", e);
        }
    }

    private String failed(ToolCall call, String reason, Throwable cause) {
        if (options.failures() == ToolFailures.END_RUN) {
            throw failure(Kind.TOOL_FAILED, "the tool " + call.name() + " failed: " + reason, cause);
        }
        return error(reason);
    }

    private static String error(String reason) {
        return JavaJson.mapper().writeValueAsString(Map.of("error", reason));
    }

    private Duration patience() {
        return remaining()
                .filter(left -> left.compareTo(options.toolTimeout()) < 0)
                .orElse(options.toolTimeout());
    }

    /** What is left of the run's time, at least a millisecond. */
    private Optional<Duration> remaining() {
        Duration used = Duration.ofNanos(System.nanoTime() - startNanos);
        return options.timeout().map(all -> {
            Duration left = all.minus(used);
            return left.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : left;
        });
    }

    private boolean isLate() {
        return remaining()
                .filter(left -> left.compareTo(Duration.ofMillis(1)) <= 0)
                .isPresent();
    }

    private ToolRunException late(@Nullable Throwable cause) {
        return failure(
                Kind.DEADLINE, "the run took longer than " + options.timeout().orElseThrow(), cause);
    }

    private ToolRunException failure(Kind kind, String message, @Nullable Throwable cause) {
        return new ToolRunException(kind, message, messages, cause);
    }
}
