package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.engine.DecoderLimits;
import io.github.llamacpp4j.engine.EngineException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with a model: it remembers what was said, and each question is answered in the light of it.
 *
 * <p>Mutable: every answer that was read to its end joins the history together with its question, and nothing else does. An
 * answer that fails or is closed early leaves the conversation as it was; one that was {@linkplain ChatStream#cancel cancelled}
 * and read joins as far as it came. The lists that {@link #messages} gives never change. There is one turn at a time: while a
 * stream is neither read to its end nor closed, whatever would change the conversation is an {@link IllegalStateException}.
 *
 * <p>Thread-safe. Owns no native memory; the {@link Llama} must stay open and keeps what successive prompts share.
 */
public final class Conversation {

    private final Llama llama;
    private List<ChatMessage> messages;
    private ConversationOptions options;
    private int forgottenMessages;
    private @Nullable Turn turn;

    private Conversation(Llama llama, List<ChatMessage> messages, ConversationOptions options, int forgottenMessages) {
        this.llama = requireNonNull(llama, "llama");
        this.messages = List.copyOf(messages);
        this.options = requireNonNull(options, "options");
        this.forgottenMessages = forgottenMessages;
    }

    /** An empty conversation with the defaults. */
    public static Conversation with(Llama llama) {
        return with(llama, ConversationOptions.defaults());
    }

    /** An empty conversation. */
    public static Conversation with(Llama llama, ConversationOptions options) {
        return with(llama, options, List.of());
    }

    /** A conversation that goes on from {@code messages}. */
    public static Conversation with(Llama llama, ConversationOptions options, List<ChatMessage> messages) {
        return new Conversation(llama, messages, options, 0);
    }

    /**
     * A conversation that goes on from a file: a JSON array of messages in OpenAI's shape, as {@link #save} writes it, with
     * at most 10,000 messages and 64 MiB.
     *
     * @throws ChatException if the file holds something else
     * @throws UncheckedIOException if the file cannot be read
     */
    public static Conversation load(Llama llama, ConversationOptions options, Path file) {
        return with(llama, options, ConversationFile.read(file));
    }

    /**
     * Writes all messages to a file, as a JSON array in OpenAI's shape. The file appears whole or not at all; an older one is
     * replaced.
     *
     * @throws UncheckedIOException if the file cannot be written
     */
    public void save(Path file) {
        ConversationFile.write(messages(), file);
    }

    /** An independent conversation that goes on from here. A turn that is not over is not part of it. */
    public synchronized Conversation fork() {
        return new Conversation(llama, messages, options, forgottenMessages);
    }

    /** What was said so far, the system message first. */
    public synchronized List<ChatMessage> messages() {
        return messages;
    }

    /** How many of the oldest messages the {@link HistoryPolicy} has taken out so far. */
    public synchronized int forgottenMessages() {
        return forgottenMessages;
    }

    public synchronized ConversationOptions options() {
        return options;
    }

    /** Changes how the following answers are asked for. */
    public synchronized void options(ConversationOptions value) {
        options = requireNonNull(value, "options");
    }

    /** The text of the system message that the conversation begins with, if it does. */
    public synchronized Optional<String> system() {
        return hasSystem() ? Optional.of(messages.getFirst().text()) : Optional.empty();
    }

    /** Replaces or adds the system message; an empty text removes it. */
    public synchronized void system(String text) {
        checkIdle();
        List<ChatMessage> changed = new ArrayList<>(hasSystem() ? messages.subList(1, messages.size()) : messages);
        if (!text.isEmpty()) {
            changed.addFirst(ChatMessage.system(text));
        }
        messages = List.copyOf(changed);
    }

    private boolean hasSystem() {
        return !messages.isEmpty() && messages.getFirst() instanceof ChatMessage.SystemMessage;
    }

    /** Adds a message without asking for an answer: a tool's result, say, or an exchange that serves as an example. */
    public synchronized void add(ChatMessage message) {
        checkIdle();
        messages = joined(messages, message);
    }

    /**
     * Takes the last message of the user back, with all that followed it.
     *
     * @return the messages taken back; empty if the user has said nothing
     */
    public synchronized List<ChatMessage> undo() {
        checkIdle();
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i) instanceof ChatMessage.UserMessage) {
                List<ChatMessage> removed = messages.subList(i, messages.size());
                messages = List.copyOf(messages.subList(0, i));
                return removed;
            }
        }
        return List.of();
    }

    /**
     * How many tokens the conversation takes up in the context, with what begins the next answer.
     *
     * @throws ChatException if the template refuses the messages, as some do before the user has said something
     */
    public int tokenCount() {
        ConversationOptions current = options();
        List<ChatMessage> said = messages();
        return said.isEmpty() ? 0 : counter(current).count(said);
    }

    /** How many tokens the conversation may have, answers included. */
    public int contextTokens() {
        DecoderLimits limits = llama.engine().limits();
        return Math.min(limits.sequenceCells(), limits.cells());
    }

    /**
     * Says something and waits for the answer.
     *
     * @throws IllegalStateException if another answer is still being generated
     * @throws ConversationFullException if it does not fit the context
     * @throws ChatException if the model has no usable template, or the template refuses the conversation
     * @throws EngineException if the request fails or the thread is interrupted
     */
    public ChatReply ask(String text) {
        return whole(stream(text));
    }

    /** Like {@link #ask}, with the answer read as it comes. */
    public ChatStream stream(String text) {
        return stream(ChatMessage.user(text));
    }

    /** Like {@link #stream(String)}, for any message: one of several parts, or the last result of a tool. */
    public ChatStream stream(ChatMessage message) {
        return start(said -> joined(said, message));
    }

    /** Like {@link #ask}, for the messages as they stand, such as after the {@linkplain #add addition} of tool results. */
    public ChatReply answer() {
        return whole(streamAnswer());
    }

    /** Like {@link #answer}, with the answer read as it comes. */
    public ChatStream streamAnswer() {
        return start(said -> said);
    }

    /**
     * Asks for another answer in place of the last one, which stays until the new one is complete.
     *
     * @throws IllegalStateException if the conversation does not end with an answer
     */
    public ChatStream streamAgain() {
        return start(said -> {
            if (said.isEmpty() || !(said.getLast() instanceof ChatMessage.AssistantMessage)) {
                throw new IllegalStateException("there is no answer to replace: the conversation "
                        + (said.isEmpty()
                                ? "is empty"
                                : "ends with a message of role "
                                        + said.getLast().role()));
            }
            return said.subList(0, said.size() - 1);
        });
    }

    private static ChatReply whole(ChatStream stream) {
        try (stream) {
            return stream.reply();
        }
    }

    private ChatStream start(UnaryOperator<List<ChatMessage>> question) {
        Turn started = begin(question);
        try {
            return started.stream();
        } catch (RuntimeException | Error failure) {
            started.closed();
            throw failure;
        }
    }

    private synchronized Turn begin(UnaryOperator<List<ChatMessage>> question) {
        checkIdle();
        Turn started = new Turn(question.apply(messages), options);
        turn = started;
        return started;
    }

    private void checkIdle() {
        if (turn != null) {
            throw new IllegalStateException(
                    "an answer is still being generated; read its stream to the end or close it first");
        }
    }

    private TokenCounter counter(ConversationOptions current) {
        return counted -> llama.chatTurn(counted, current.chat()).request().promptTokens();
    }

    private static List<ChatMessage> joined(List<ChatMessage> messages, ChatMessage last) {
        List<ChatMessage> all = new ArrayList<>(messages);
        all.add(last);
        return List.copyOf(all);
    }

    /** One question on its way to an answer. */
    private final class Turn implements ChatStream.Listener {

        private final ConversationOptions current;
        private List<ChatMessage> asked;
        private int dropped;

        Turn(List<ChatMessage> asked, ConversationOptions current) {
            this.asked = asked;
            this.current = current;
        }

        ChatStream stream() {
            int context = contextTokens();
            int most = context - current.answerTokens(context);
            ChatTurn rendered = rendered();
            if (rendered.request().promptTokens() > most) {
                List<ChatMessage> kept = List.copyOf(current.historyPolicy().shorten(asked, counter(current), most));
                dropped = asked.size() - kept.size();
                asked = kept;
                rendered = rendered();
                if (rendered.request().promptTokens() > most) {
                    throw new ConversationFullException(rendered.request().promptTokens(), context - most, context);
                }
            }
            return rendered.read(llama.engine().submit(rendered.request()), this);
        }

        private ChatTurn rendered() {
            return llama.chatTurn(asked, current.chat());
        }

        @Override
        public void ended(ChatReply reply) {
            synchronized (Conversation.this) {
                if (turn == this) {
                    messages = joined(asked, reply.message());
                    forgottenMessages += dropped;
                    turn = null;
                }
            }
        }

        @Override
        public void closed() {
            synchronized (Conversation.this) {
                if (turn == this) {
                    turn = null;
                }
            }
        }
    }
}
