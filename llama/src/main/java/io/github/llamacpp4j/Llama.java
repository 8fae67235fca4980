package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ChatTemplate;
import io.github.llamacpp4j.chat.RenderedPrompt;
import io.github.llamacpp4j.engine.Completion;
import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.engine.EngineException;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model, ready to use. All callers share one continuous-batching {@link Engine}: requests that come at the same time
 * are computed together, and prompts that begin alike are read once.
 *
 * <p>Thread-safe; call it from as many threads, virtual or not, as you like. Owns native memory until closed.
 */
public final class Llama implements AutoCloseable {

    private static final int LARGEST_DEFAULT_CONTEXT = 8192;

    private final Model model;
    private final @Nullable Engine engine;
    private final Supplier<ModelChat> chat;

    private Llama(Model model, @Nullable Engine engine) {
        this.model = model;
        this.engine = engine;
        chat = new Lazy<>(() -> ModelChat.of(model));
    }

    /**
     * Loads a model with defaults.
     *
     * @param file a GGUF file; of a split model the first part
     * @throws io.github.llamacpp4j.model.LlamaException if the native libraries, the model or its context fail
     */
    public static Llama load(Path file) {
        return load(file, LlamaOptions.defaults());
    }

    /**
     * Loads a model.
     *
     * @param file a GGUF file; of a split model the first part
     * @param options how it is loaded and shared
     * @throws io.github.llamacpp4j.model.LlamaException if the native libraries, the model or its context fail
     */
    public static Llama load(Path file, LlamaOptions options) {
        Model model = Model.load(file, options.model());
        try {
            Engine engine =
                    generates(model) ? Engine.start(model, sized(options.context(), model), options.engine()) : null;
            return new Llama(model, engine);
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    private static boolean generates(Model model) {
        String causal = model.info().architecture() + ".attention.causal";
        return model.info().hasDecoder()
                && !"false".equals(model.info().metadata().get(causal));
    }

    private static ContextOptions sized(ContextOptions options, Model model) {
        if (options.contextSize() != ContextOptions.MODEL_CONTEXT_SIZE) {
            return options;
        }
        int size = Math.min(model.info().trainedContextSize(), LARGEST_DEFAULT_CONTEXT);
        return options.toBuilder().contextSize(size).build();
    }

    /** The model, which this object owns. */
    public Model model() {
        return model;
    }

    /** The model's tokenizer. */
    public Tokenizer tokenizer() {
        return model.tokenizer();
    }

    /**
     * The engine that all generations go through, for requests that this class has no method for.
     *
     * @throws IllegalStateException if the model makes embeddings and cannot generate
     */
    public Engine engine() {
        if (engine == null) {
            throw new IllegalStateException("this model (" + model.info().architecture()
                    + ") turns text into vectors and cannot generate; load a generative model instead");
        }
        return engine;
    }

    /** The tokens of a raw prompt: special tokens written out in it are recognised, and a beginning is added if the model wants one. */
    public int[] tokenize(String prompt) {
        return tokenizer().encode(requireNonNull(prompt, "prompt"), true, true);
    }

    /** Like {@link #generate(String, GenerationOptions)} with the defaults. */
    public Completion generate(String prompt) {
        return generate(prompt, GenerationOptions.defaults());
    }

    /** Like {@link #generate(String, GenerationOptions)} with the defaults as {@code options} changes them. */
    public Completion generate(String prompt, Consumer<GenerationOptions.Builder> options) {
        return generate(prompt, changed(options));
    }

    /**
     * Continues a prompt as it stands, without a chat template, and waits for the end.
     *
     * @throws EngineException if the request fails or the thread is interrupted
     * @throws IllegalArgumentException if the prompt has no tokens
     */
    public Completion generate(String prompt, GenerationOptions options) {
        try (Generation stream = stream(prompt, options)) {
            return stream.result();
        }
    }

    /** Like {@link #stream(String, GenerationOptions)} with the defaults. */
    public Generation stream(String prompt) {
        return stream(prompt, GenerationOptions.defaults());
    }

    /** Like {@link #stream(String, GenerationOptions)} with the defaults as {@code options} changes them. */
    public Generation stream(String prompt, Consumer<GenerationOptions.Builder> options) {
        return stream(prompt, changed(options));
    }

    /**
     * Continues a prompt as it stands, token by token as they are read. Closing the stream cancels.
     *
     * @throws EngineException if the request cannot be taken or the thread is interrupted while it waits for room
     * @throws IllegalArgumentException if the prompt has no tokens
     */
    public Generation stream(String prompt, GenerationOptions options) {
        return stream(tokenize(prompt), options);
    }

    /** Like {@link #stream(String, GenerationOptions)} with a prompt that is tokenized already. */
    public Generation stream(int[] prompt, GenerationOptions options) {
        return engine().submit(options.request(prompt));
    }

    /**
     * The chat template that the model brought along.
     *
     * @throws ChatException if the model has none, or it cannot be used
     */
    public ChatTemplate chatTemplate() {
        return chat.get().template();
    }

    /** Like {@link #chat(List, ChatOptions)} with one message of the user and the defaults. */
    public ChatReply chat(String question) {
        return chat(List.of(ChatMessage.user(question)), ChatOptions.defaults());
    }

    /** Like {@link #chat(List, ChatOptions)} with the defaults as {@code options} changes them. */
    public ChatReply chat(List<? extends ChatMessage> messages, Consumer<ChatOptions.Builder> options) {
        return chat(messages, changedChat(options));
    }

    /**
     * Answers a conversation through the model's chat template and waits for the end.
     *
     * @throws ChatException if the model has no usable template, or the template refuses the conversation
     * @throws EngineException if the request fails or the thread is interrupted
     */
    public ChatReply chat(List<? extends ChatMessage> messages, ChatOptions options) {
        try (ChatStream stream = streamChat(messages, options)) {
            return stream.reply();
        }
    }

    /** Like {@link #streamChat(List, ChatOptions)} with the defaults as {@code options} changes them. */
    public ChatStream streamChat(List<? extends ChatMessage> messages, Consumer<ChatOptions.Builder> options) {
        return streamChat(messages, changedChat(options));
    }

    /**
     * Answers a conversation through the model's chat template, read as it comes. Closing the stream cancels.
     *
     * @throws ChatException if the model has no usable template, or the template refuses the conversation
     * @throws EngineException if the request cannot be taken or the thread is interrupted while it waits for room
     */
    public ChatStream streamChat(List<? extends ChatMessage> messages, ChatOptions options) {
        ModelChat modelChat = chat.get();
        RenderedPrompt prompt = modelChat.render(messages, options);
        GenerationOptions generation = options.generation().toBuilder()
                .request(request -> request.showControlTokens(true))
                .build();
        return new ChatStream(
                stream(modelChat.tokenize(prompt), generation),
                modelChat.template().parser(prompt, options.template()),
                prompt);
    }

    private static ChatOptions changedChat(Consumer<ChatOptions.Builder> change) {
        ChatOptions.Builder builder = ChatOptions.builder();
        change.accept(builder);
        return builder.build();
    }

    private static GenerationOptions changed(Consumer<GenerationOptions.Builder> change) {
        GenerationOptions.Builder builder = GenerationOptions.builder();
        change.accept(builder);
        return builder.build();
    }

    /** Ends what is running, with the tokens it has so far, and frees the model. May be called more than once. */
    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
        model.close();
    }
}
