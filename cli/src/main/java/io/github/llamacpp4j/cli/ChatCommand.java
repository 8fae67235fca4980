package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.llamacpp4j.ChatOptions;
import io.github.llamacpp4j.ChatReply;
import io.github.llamacpp4j.ChatStream;
import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.OutputEvent;
import io.github.llamacpp4j.chat.ParsedToolCall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code chat}: one answer through the model's chat template. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Answers a question through the model's chat template.")
final class ChatCommand implements Callable<Integer> {

    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "QUESTION", description = "The question (default: standard input).")
    private @Nullable String question;

    @Option(names = "--system", paramLabel = "TEXT", description = "The system message.")
    private @Nullable String system;

    @Option(
            names = "--think",
            paramLabel = "on|off",
            description =
                    "Turn thinking on or off where the template has a switch for it (default: as the template does).")
    private @Nullable Switch think;

    @Mixin
    private ModelFlags model = new ModelFlags();

    @Mixin
    private GenerationFlags generation = new GenerationFlags();

    @Mixin
    private RuntimeFlags runtime = new RuntimeFlags();

    @Mixin
    private OutputFlag output = new OutputFlag();

    private enum Switch {
        ON,
        OFF
    }

    ChatCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        String text = question != null ? question : new String(terminal.in().readAllBytes(), UTF_8).strip();
        List<ChatMessage> messages = new ArrayList<>();
        Flags.set(system, instruction -> messages.add(ChatMessage.system(instruction)));
        messages.add(ChatMessage.user(text));
        try (Llama llama = Llama.load(model.path(terminal), runtime.toOptions(1))) {
            if (output.json()) {
                terminal.out().println(Json.line(json(llama.chat(messages, options()))));
            } else {
                stream(llama, messages);
            }
        }
        return 0;
    }

    private ChatOptions options() {
        GenerationOptions changed = generation.toOptions(GenerationOptions.defaults());
        ChatOptions.Builder options = ChatOptions.builder(changed);
        Flags.set(think, value -> options.enableThinking(value == Switch.ON));
        return options.build();
    }

    private void stream(Llama llama, List<ChatMessage> messages) {
        try (ChatStream answer = llama.streamChat(messages, options())) {
            boolean thinking = false;
            for (OutputEvent event : answer) {
                if (event instanceof OutputEvent.Reasoning reasoning) {
                    thinking = true;
                    show(terminal.interactive() ? DIM + reasoning.text() + PLAIN : reasoning.text());
                } else if (event instanceof OutputEvent.Text answerText) {
                    show((thinking ? "\n\n" : "") + answerText.text());
                    thinking = false;
                } else if (event instanceof OutputEvent.ToolCall call) {
                    show((thinking ? "\n\n" : "") + call.call().name()
                            + call.call().argumentsText() + "\n");
                    thinking = false;
                }
            }
            show("\n");
            terminal.err().println(RunCommand.statistics(answer.reply().end()));
        }
    }

    private void show(String text) {
        terminal.out().print(text);
        terminal.out().flush();
    }

    private static ObjectNode json(ChatReply reply) {
        ObjectNode object =
                Json.object().put("reasoning_content", reply.reasoning()).put("content", reply.text());
        ArrayNode calls = object.putArray("tool_calls");
        for (ParsedToolCall call : reply.toolCalls()) {
            calls.addObject()
                    .put("name", call.name())
                    .put("arguments_text", call.argumentsText())
                    .put("complete", call.complete());
        }
        object.put("finish_reason", reply.finishReason().wireName());
        object.set("timings", CompletionBatch.timings(reply.usage(), reply.timings()));
        return object;
    }
}
