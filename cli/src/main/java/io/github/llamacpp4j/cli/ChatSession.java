package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.ChatStream;
import io.github.llamacpp4j.Conversation;
import io.github.llamacpp4j.ConversationFullException;
import io.github.llamacpp4j.ConversationOptions;
import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ChatTemplateCapabilities.ThinkingSwitch;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.model.LlamaException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that a person leads line by line: messages are answered, commands obeyed, failures told. One thread talks;
 * only {@link #interrupt} may come from another.
 */
final class ChatSession {

    private static final int QUOTE_LENGTH = 60;

    /** Shows an answer as it comes. */
    @FunctionalInterface
    interface AnswerView {

        void show(ChatStream answer);
    }

    private final Llama llama;
    private final Terminal terminal;
    private final AnswerView view;
    private final SlashCommands commands;
    private Conversation conversation;
    private volatile @Nullable ChatStream running;
    private boolean statistics;
    private boolean left;
    private boolean failed;

    ChatSession(Llama llama, Terminal terminal, AnswerView view, Conversation conversation, boolean statistics) {
        this.llama = llama;
        this.terminal = terminal;
        this.view = view;
        this.conversation = conversation;
        this.statistics = statistics;
        commands = new SlashCommands(this, terminal.err());
    }

    List<String> commandNames() {
        return commands.names();
    }

    /** Does what a line says; a blank one says nothing. */
    void accept(String input) {
        String message = MessageLines.message(input);
        try {
            if (SlashCommands.isCommand(message)) {
                commands.run(message);
            } else if (!message.isBlank()) {
                answer(() -> conversation.stream(message.strip()));
            }
        } catch (ConversationFullException e) {
            fail("the conversation is full: " + e.promptTokens() + " tokens and " + e.answerTokens()
                    + " for an answer do not fit the context of " + e.contextTokens()
                    + "; /undo or /new makes room, --context N enlarges it, --when-full forget drops the oldest turns");
        } catch (ChatException | LlamaException | UncheckedIOException | CommandFailure e) {
            fail(String.valueOf(e.getMessage()));
        }
    }

    private void fail(String message) {
        failed = true;
        terminal.err().println("error: " + ScreenText.of(message));
    }

    /** Stops the answer that is being given. Returns false if there is none. */
    boolean interrupt() {
        ChatStream answer = running;
        if (answer != null) {
            answer.cancel();
        }
        return answer != null;
    }

    /** Whether it is over. */
    boolean hasLeft() {
        return left;
    }

    /** Whether a message or command could not be obeyed. */
    boolean hasFailed() {
        return failed;
    }

    private void answer(Supplier<ChatStream> question) {
        int forgotten = conversation.forgottenMessages();
        try (ChatStream answer = question.get()) {
            running = answer;
            view.show(answer);
            tell(answer.reply().end(), conversation.forgottenMessages() - forgotten);
        } finally {
            running = null;
        }
    }

    private void tell(FinishedEvent end, int forgotten) {
        if (forgotten > 0) {
            note("forgot the " + forgotten + " oldest messages: the context is full");
        }
        if (end.reason() == FinishReason.CANCELLED) {
            note("stopped");
        } else if (end.reason() == FinishReason.MAX_TOKENS) {
            note("cut after " + end.usage().generatedTokens() + " tokens");
        } else if (end.reason() == FinishReason.CONTEXT_FULL) {
            note("cut: the context is full");
        }
        if (statistics) {
            note(RunCommand.statistics(end));
        }
    }

    private void note(String text) {
        terminal.err().println("(" + text + ")");
    }

    void leave() {
        left = true;
    }

    void system(String text) {
        if (!text.isEmpty()) {
            conversation.system(text.equals("none") ? "" : text);
        }
        note(conversation.system().map(set -> "system: " + ScreenText.of(set)).orElse("no system message"));
    }

    void think(String onOrOff) {
        boolean on = isOn("/think", onOrOff);
        ConversationOptions options = conversation.options();
        conversation.options(options.toBuilder()
                .chat(options.chat().toBuilder().enableThinking(on).build())
                .build());
        boolean has = llama.chatTemplate().capabilities().thinkingSwitch() != ThinkingSwitch.NONE;
        note(has ? "thinking is " + onOrOff : "this model's chat template has no switch for thinking");
    }

    void statistics(String onOrOff) {
        statistics = isOn("/stats", onOrOff);
        note("statistics are " + onOrOff);
    }

    private static boolean isOn(String command, String word) {
        return switch (word) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new CommandFailure("usage", "expected " + command + " on or off, found " + word);
        };
    }

    void regenerate() {
        if (conversation.messages().isEmpty()
                || !(conversation.messages().getLast() instanceof ChatMessage.AssistantMessage)) {
            throw new CommandFailure("usage", "there is no answer yet");
        }
        answer(conversation::streamAgain);
    }

    void undo() {
        List<ChatMessage> removed = conversation.undo();
        note(
                removed.isEmpty()
                        ? "nothing was said"
                        : "took back: " + quote(removed.getFirst().text()));
    }

    private static String quote(String text) {
        String line = ScreenText.of(text.replace('\n', ' '));
        return line.length() <= QUOTE_LENGTH ? line : line.substring(0, QUOTE_LENGTH) + "…";
    }

    void startAnew() {
        String system = conversation.system().orElse("");
        conversation = Conversation.with(llama, conversation.options());
        conversation.system(system);
        note("a new conversation");
    }

    void save(String file) {
        Path path = path(file);
        conversation.save(path);
        note("saved " + conversation.messages().size() + " messages to " + path);
    }

    void load(String file) {
        Conversation loaded = Conversation.load(llama, conversation.options(), path(file));
        conversation = loaded;
        note("loaded " + loaded.messages().size() + " messages");
        List<ChatMessage> said = new ArrayList<>(loaded.messages());
        if (!said.isEmpty()) {
            note("last: " + quote(said.getLast().text()));
        }
    }

    private static Path path(String file) {
        try {
            return file.startsWith("~/") ? Path.of(System.getProperty("user.home"), file.substring(2)) : Path.of(file);
        } catch (InvalidPathException e) {
            throw new CommandFailure("usage", "no file can be called " + file + ": " + e.getReason());
        }
    }

    void tokens() {
        note(conversation.tokenCount() + " of " + conversation.contextTokens() + " tokens in "
                + conversation.messages().size() + " messages");
    }
}
