package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ChatTemplate;
import io.github.llamacpp4j.chat.RenderedPrompt;
import io.github.llamacpp4j.engine.Completion;
import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.engine.EngineException;
import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.ModelVocabulary;
import io.github.llamacpp4j.engine.embedding.Embedder;
import io.github.llamacpp4j.engine.embedding.Embedding;
import io.github.llamacpp4j.engine.embedding.EmbeddingException;
import io.github.llamacpp4j.engine.embedding.EmbeddingStream;
import io.github.llamacpp4j.engine.embedding.ModelKind;
import io.github.llamacpp4j.engine.embedding.ModelKindException;
import io.github.llamacpp4j.engine.embedding.RankedDocument;
import io.github.llamacpp4j.engine.embedding.Reranker;
import io.github.llamacpp4j.engine.embedding.TextRole;
import io.github.llamacpp4j.engine.embedding.TokenEmbeddings;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
    private final @Nullable Model draftModel;
    private final @Nullable Engine engine;
    private final Supplier<ModelChat> chat;
    private final ConstraintCompiler constraints;
    private final Retrieval retrieval;

    private Llama(
            Model model,
            Supplier<ModelVocabulary> vocabulary,
            @Nullable Model draftModel,
            @Nullable Engine engine,
            LlamaOptions options) {
        this.model = model;
        this.draftModel = draftModel;
        this.engine = engine;
        retrieval = new Retrieval(model, options);
        chat = new Lazy<>(() -> ModelChat.of(model, options.chatTemplate()));
        constraints = new ConstraintCompiler(vocabulary);
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
            ModelKind kind = ModelKind.of(model.info());
            boolean generates = kind == ModelKind.GENERATIVE || kind == ModelKind.ENCODER_DECODER;
            Supplier<ModelVocabulary> vocabulary = new Lazy<>(() -> new ModelVocabulary(model));
            if (!generates) {
                return new Llama(model, vocabulary, null, null, options);
            }
            ContextOptions context = sized(options.context(), model);
            if (options.draftModel().isPresent()) {
                return drafted(
                        model,
                        vocabulary,
                        context,
                        options,
                        options.draftModel().get());
            }
            Engine engine = Engine.start(model, vocabulary.get(), context, options.engine());
            return new Llama(model, vocabulary, null, engine, options);
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    /**
     * A model together with an engine that was started apart, for example on a decoder of your own. Takes both over, and
     * closes them.
     *
     * @param model a model whose vocabulary is the engine's
     * @param engine what generates
     * @param options how the model embeds, ranks and chats; the rest of them has been decided with model and engine
     * @throws IllegalArgumentException if the engine's vocabulary has another size than the model's; neither is closed then
     */
    public static Llama of(Model model, Engine engine, LlamaOptions options) {
        int expected = model.tokenizer().size();
        int found = engine.limits().vocabularySize();
        if (found != expected) {
            throw new IllegalArgumentException(
                    "expected an engine for the model's " + expected + " tokens, found one for " + found);
        }
        return new Llama(model, new Lazy<>(() -> new ModelVocabulary(model)), null, engine, options);
    }

    private static Llama drafted(
            Model model,
            Supplier<ModelVocabulary> vocabulary,
            ContextOptions context,
            LlamaOptions options,
            Path draftFile) {
        Model draft = Model.load(draftFile, options.model());
        try {
            Engine engine = Engine.start(model, draft, vocabulary.get(), context, options.engine());
            return new Llama(model, vocabulary, draft, engine, options);
        } catch (RuntimeException | Error failure) {
            draft.close();
            throw failure;
        }
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

    /** Whether the model writes text; otherwise it turns texts into vectors or scores, and there is no {@link #engine()}. */
    public boolean generates() {
        return engine != null;
    }

    /**
     * The engine that all generations go through, for requests that this class has no method for.
     *
     * @throws ModelKindException if the model embeds or ranks and cannot generate
     */
    public Engine engine() {
        if (engine == null) {
            ModelKind.requireGenerative(model.info());
        }
        return requireNonNull(engine);
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

    /** Like {@link #tryGenerate(String, GenerationOptions)} with the defaults as {@code options} changes them. */
    public Completion tryGenerate(String prompt, Consumer<GenerationOptions.Builder> options) {
        return tryGenerate(prompt, changed(options));
    }

    /**
     * Like {@link #generate(String, GenerationOptions)}, but refuses at once where that would wait for room in the queue.
     *
     * @throws io.github.llamacpp4j.engine.EngineOverloadedException if the queue is full
     */
    public Completion tryGenerate(String prompt, GenerationOptions options) {
        try (Generation stream = engine().trySubmit(request(tokenize(prompt), options))) {
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
        return engine().submit(request(prompt, options));
    }

    /**
     * The request that {@link #stream(int[], GenerationOptions)} gives to the engine. The constraint is compiled here, on the
     * caller's thread, unless it was used before.
     *
     * @throws io.github.llamacpp4j.grammar.GrammarException if the constraint is a grammar that cannot be used
     * @throws io.github.llamacpp4j.grammar.SchemaException if the constraint is a schema that cannot be used
     */
    public EngineRequest request(int[] prompt, GenerationOptions options) {
        EngineRequest request = options.request(prompt);
        return options.constraint()
                .map(constraint -> constraints.constrained(request, constraint))
                .orElse(request);
    }

    /**
     * The chat template that the model brought along, or that {@link LlamaOptions#chatTemplate()} chose. Conversations that
     * offer tools use the source's {@linkplain ChatTemplateSource#toolTemplate other one for them}, where it has one.
     *
     * @throws ChatException if there is none, or it cannot be used
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
     * @throws ChatException if the model has no usable template, the template refuses the conversation, or its answers cannot be
     *     constrained as asked
     * @throws io.github.llamacpp4j.grammar.GrammarException if the constraint is a grammar that cannot be used
     * @throws io.github.llamacpp4j.grammar.SchemaException if the constraint or a tool's parameters are a schema that cannot be used
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
     * @throws ChatException if the model has no usable template, the template refuses the conversation, or its answers cannot be
     *     constrained as asked
     * @throws io.github.llamacpp4j.grammar.GrammarException if the constraint is a grammar that cannot be used
     * @throws io.github.llamacpp4j.grammar.SchemaException if the constraint or a tool's parameters are a schema that cannot be used
     * @throws EngineException if the request cannot be taken or the thread is interrupted while it waits for room
     */
    public ChatStream streamChat(List<? extends ChatMessage> messages, ChatOptions options) {
        ChatTurn turn = chatTurn(messages, options);
        return turn.read(engine().submit(turn.request()));
    }

    /**
     * Renders and tokenizes a conversation through the model's chat template without asking the model yet.
     *
     * @throws ModelKindException if the model cannot write
     * @throws ChatException if the model has no usable template, the template refuses the conversation, or its answers cannot be
     *     constrained as asked
     * @throws io.github.llamacpp4j.grammar.GrammarException if the constraint is a grammar that cannot be used
     * @throws io.github.llamacpp4j.grammar.SchemaException if the constraint or a tool's parameters are a schema that cannot be used
     */
    public ChatTurn chatTurn(List<? extends ChatMessage> messages, ChatOptions options) {
        ModelKind.requireGenerative(model.info());
        ModelChat modelChat = chat.get().serving(options);
        RenderedPrompt prompt = modelChat.render(messages, options);
        EngineRequest request = options.generation().request(modelChat.tokenize(prompt)).toBuilder()
                .showControlTokens(true)
                .build();
        EngineRequest constrained = modelChat
                .rules(prompt, options)
                .map(rules -> constraints.constrained(request, rules.key(), rules.grammar()))
                .orElse(request);
        return new ChatTurn(modelChat, options, prompt, constrained);
    }

    /** Like {@link #embed(List)} with one text. */
    public Embedding embed(String text) {
        return embedder().embed(text);
    }

    /**
     * Turns texts into vectors, as {@link LlamaOptions#embedding()} says; by default of length 1. The first call makes
     * contexts beside the engine's, see {@link #retrievalBytes()}.
     *
     * @return a vector for each text, in the order of the texts
     * @throws ModelKindException if the model has no vectors to give
     * @throws EmbeddingException if a text has no tokens or too many, or the thread is interrupted
     */
    public List<Embedding> embed(List<String> texts) {
        return embedder().embed(texts);
    }

    /** Like {@link #embed(List)} for any number of texts, in memory that does not grow with them; to be closed. */
    public EmbeddingStream streamEmbeddings(Stream<String> texts) {
        return embedder().stream(texts, TextRole.PLAIN);
    }

    /**
     * Turns each token of a text into a vector, in its context, whatever pooling is set.
     *
     * @throws ModelKindException if the model has no vectors to give
     * @throws EmbeddingException if the text has no tokens or too many, or the thread is interrupted
     */
    public TokenEmbeddings embedTokens(String text) {
        return retrieval.tokens().embedTokens(text);
    }

    /**
     * What all embeddings are computed with, for queries and documents with prefixes, progress and cancelling. Closed
     * with this object.
     *
     * @throws ModelKindException if the model has no vectors to give
     */
    public Embedder embedder() {
        return retrieval.texts();
    }

    /**
     * Orders documents by how well they answer a query, as {@link LlamaOptions#reranking()} says.
     *
     * @return all documents with their scores, the best first
     * @throws ModelKindException if the model cannot rank
     * @throws EmbeddingException if the query leaves no room for a document, or the thread is interrupted
     */
    public List<RankedDocument> rerank(String query, List<String> documents) {
        return reranker().rank(query, documents);
    }

    /**
     * What all documents are ranked with. Closed with this object.
     *
     * @throws ModelKindException if the model cannot rank
     */
    public Reranker reranker() {
        return retrieval.reranker();
    }

    /**
     * About how many bytes embedding and ranking take now, beside the weights and the engine's context; none before the
     * first call.
     */
    public long retrievalBytes() {
        return retrieval.memoryBytes();
    }

    /**
     * Answers a question with a value.
     *
     * @param type a record, an enum or anything else that {@link OutputType} can be made of
     * @throws TypedOutputException if the answer was cut off or cannot be read
     */
    public <T> T chat(String question, Class<T> type) {
        return chat(List.of(ChatMessage.user(question)), OutputType.of(type), ChatOptions.defaults())
                .value();
    }

    /** Like {@link #chat(List, OutputType, ChatOptions)} with the defaults as {@code options} changes them. */
    public <T> TypedReply<T> chat(
            List<? extends ChatMessage> messages, OutputType<T> type, Consumer<ChatOptions.Builder> options) {
        return chat(messages, type, changedChat(options));
    }

    /**
     * Answers a conversation with a value; the type takes the place of the options' constraint. Otherwise as
     * {@link #chat(List, ChatOptions)}.
     *
     * @throws TypedOutputException if the answer was cut off, called tools instead, or cannot be read
     */
    public <T> TypedReply<T> chat(List<? extends ChatMessage> messages, OutputType<T> type, ChatOptions options) {
        ChatReply reply = chat(type.shown(messages), type.constrained(options));
        return new TypedReply<>(type.decode(reply), reply);
    }

    /** Like {@link #streamChat(List, OutputType, ChatOptions)} with one message of the user and the defaults. */
    public <T> TypedStream<T> stream(String question, Class<T> type) {
        return streamChat(List.of(ChatMessage.user(question)), OutputType.of(type), ChatOptions.defaults());
    }

    /** Answers a conversation with a value that is shown while it grows. Closing the stream cancels. */
    public <T> TypedStream<T> streamChat(
            List<? extends ChatMessage> messages, OutputType<T> type, ChatOptions options) {
        return new TypedStream<>(streamChat(type.shown(messages), type.constrained(options)), type);
    }

    /** Like {@link #choose(List, List, ChatOptions)} with one message of the user, without thinking. */
    public Choices choose(String question, List<String> options) {
        return choose(
                List.of(ChatMessage.user(question)),
                options,
                ChatOptions.builder().enableThinking(false).build());
    }

    /**
     * Finds how likely each of a closed set of answers is. For each, the probabilities of its tokens (as the tokenizer cuts the text)
     * and of the end of the answer are multiplied, given the conversation and the tokens before; the shares are these
     * products divided by their sum. Samplers, temperature and what else would end an answer have no part in it. The conversation
     * is read once.
     *
     * @param options at least one text, none of them empty
     * @throws ChatException as {@link #chat(List, ChatOptions)}, if the prompt makes the model think first, and if a
     *     request's timeout is over before its option is scored
     * @throws EngineException if a request fails or the thread is interrupted
     */
    public Choices choose(List<? extends ChatMessage> messages, List<String> options, ChatOptions chat) {
        ChatTurn turn = chatTurn(messages, chat);
        if (chatTemplate().outputSyntax().opensReasoning(turn.prompt().generationPrompt())) {
            throw new ChatException("the prompt makes the model think before it answers, so that an answer has no"
                    + " probability of its own; turn thinking off with enableThinking(false) if the template can");
        }
        return new ChoiceScorer(engine(), constraints.vocabulary()).score(turn.request(), options);
    }

    /** Like {@link #runTools(List, List, ToolRunOptions)} with the defaults as {@code options} changes them. */
    public ToolRun runTools(
            List<? extends ChatMessage> messages, List<Tool> tools, Consumer<ToolRunOptions.Builder> options) {
        ToolRunOptions.Builder builder = ToolRunOptions.builder();
        options.accept(builder);
        return runTools(messages, tools, builder.build());
    }

    /**
     * Answers a conversation with the help of tools: the calls that the model wants are made, all of one round at the same time on
     * virtual threads, and their results are told to it, until it answers without a call.
     *
     * @throws ToolRunException if the run comes to no answer
     * @throws ChatException as {@link #chat(List, ChatOptions)}
     * @throws EngineException if a request fails
     */
    public ToolRun runTools(List<? extends ChatMessage> messages, List<Tool> tools, ToolRunOptions options) {
        return new ToolLoop(this::chat, messages, tools, options).run();
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

    /**
     * Ends what is running and frees the model. Generations fail with
     * {@link io.github.llamacpp4j.engine.EngineClosedException} behind the tokens they have so far, embeddings with
     * {@link io.github.llamacpp4j.engine.embedding.EmbedderClosedException}. A call that comes later, or had got no further than
     * its prompt, fails with one of these or with an {@link IllegalStateException}. May be called more than once, by any thread.
     */
    @Override
    public void close() {
        retrieval.close();
        if (engine != null) {
            engine.close();
        }
        if (draftModel != null) {
            draftModel.close();
        }
        model.close();
    }
}
