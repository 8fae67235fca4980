package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.ChatOptions;
import io.github.llamacpp4j.ChatReply;
import io.github.llamacpp4j.ChatStream;
import io.github.llamacpp4j.Conversation;
import io.github.llamacpp4j.ConversationOptions;
import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.HistoryPolicy;
import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ParsedToolCall;
import io.github.llamacpp4j.natives.LlamaCppHome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code chat}: one answer through the model's chat template, or a conversation. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        customSynopsis = "llamacpp4j chat [-m MODEL] [OPTION...] [QUESTION]",
        description = "Answers a question through the model's chat template; without one, holds a conversation.",
        footer = {
            "",
            "A conversation on a terminal has history, messages of several lines and commands (/help lists them).",
            "Elsewhere each line of standard input is a message or a command, and standard output gets the answers."
        })
final class ChatCommand implements Callable<Integer>, CheckedFlags {

    private static final String HISTORY = "chat_history";

    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "QUESTION", description = "The question (default: a conversation).")
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
    private TemplateFlag template = new TemplateFlag();

    @Option(
            names = "--when-full",
            paramLabel = "error|forget",
            description = "In a conversation, refuse what does not fit the context, or forget the oldest turns "
                    + "(default error).")
    private WhenFull whenFull = WhenFull.ERROR;

    @Option(names = "--stats", description = "In a conversation, show statistics after each answer.")
    private boolean statistics;

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

    private enum WhenFull {
        ERROR,
        FORGET
    }

    private ChatCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    static CommandLine commandLine(Terminal terminal) {
        return GroupedOptions.ofGeneration(ChatCommand.class, "Conversation")
                .of(new CommandLine(new ChatCommand(terminal)));
    }

    @Override
    public void check() {
        generation.check();
        loading();
    }

    @Override
    public Integer call() throws IOException {
        try (Llama llama = Llama.load(model.path(terminal), loading())) {
            template.check(llama);
            if (question != null) {
                answer(llama, question);
                return 0;
            }
            Conversation conversation = Conversation.with(llama, conversation());
            Flags.set(system, conversation::system);
            if (terminal.interactive() && !output.json()) {
                ScreenChat.run(
                        screen -> session(llama, conversation, screen),
                        LlamaCppHome.current().directory().resolve(HISTORY));
                return 0;
            }
            ChatSession session = session(llama, conversation, terminal);
            PlainChat.run(session, terminal.lines());
            return session.hasFailed() ? Main.FAILED : 0;
        }
    }

    private LlamaOptions loading() {
        LlamaOptions.Builder options = runtime.toOptions(1).toBuilder();
        template.fill(options);
        return options.build();
    }

    private ConversationOptions conversation() {
        ConversationOptions.Builder options = ConversationOptions.builder().chat(options());
        if (whenFull == WhenFull.FORGET) {
            options.historyPolicy(HistoryPolicy.dropOldestTurns());
        }
        return options.build();
    }

    private ChatSession session(Llama llama, Conversation conversation, Terminal shown) {
        return new ChatSession(llama, shown, answer -> show(answer, shown), conversation, statistics);
    }

    private void answer(Llama llama, String text) {
        List<ChatMessage> messages = new ArrayList<>();
        Flags.set(system, instruction -> messages.add(ChatMessage.system(instruction)));
        messages.add(ChatMessage.user(text));
        try (ChatStream answer = llama.streamChat(messages, options())) {
            show(answer, terminal);
            if (!output.json()) {
                terminal.err().println(RunCommand.statistics(answer.reply().end()));
            }
        }
    }

    private void show(ChatStream answer, Terminal shown) {
        if (output.json()) {
            shown.out().println(Json.line(json(answer.reply())));
            shown.out().flush();
        } else {
            AnswerPrinter printer = AnswerPrinter.of(shown);
            answer.forEachRemaining(printer::print);
            printer.end();
        }
    }

    private ChatOptions options() {
        GenerationOptions changed = generation.toOptions(GenerationOptions.defaults());
        ChatOptions.Builder options = ChatOptions.builder(changed);
        Flags.set(think, value -> options.enableThinking(value == Switch.ON));
        return options.build();
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
