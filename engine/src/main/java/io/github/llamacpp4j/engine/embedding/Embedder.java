package io.github.llamacpp4j.engine.embedding;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.model.Context;
import io.github.llamacpp4j.model.ContextCreationException;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.ModelInfo;
import io.github.llamacpp4j.model.Pooling;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Turns texts into vectors.
 *
 * <p>Texts of all callers are packed into batches and computed on threads of this embedder's own, each with its own
 * context. Texts are tokenized as they are: special tokens written in them mean nothing. An empty or blank text is what
 * the model's tokenizer makes of it, which is its special tokens alone; only where it adds none is there nothing to
 * compute. A lone surrogate counts as U+FFFD. {@link #embedInputs} also takes tokens instead of a text.
 *
 * <p>Thread-safe; virtual threads may call it. Made by {@link #open(Model, EmbedderOptions)}, closed by the caller, and
 * keeps the model's weights in memory until then. Interrupting a waiting thread cancels its call, which is how a caller
 * sets a deadline.
 */
public final class Embedder implements AutoCloseable {

    private static final Logger LOGGER = System.getLogger(Embedder.class.getName());

    private final EmbedderOptions options;
    private final Pooling pooling;
    private final Normalization normalization;
    private final TextPlanner planner;
    private final int maxTokens;
    private final int size;
    private final SequenceService service;

    private Embedder(Model model, EmbedderOptions options) {
        ModelInfo info = model.info();
        this.options = options;
        this.pooling = effectivePooling(info, options.pooling());
        this.normalization = pooling == Pooling.RANK ? Normalization.none() : options.normalization();
        this.maxTokens = ModelPlacement.maxTokens(info, options.maxTokens());
        this.planner = new TextPlanner(model.tokenizer(), maxTokens, options.longTexts());
        this.size = pooling == Pooling.RANK ? info.classifierLabels().size() : info.outputEmbeddingSize();
        SequenceService.Shape shape = ModelPlacement.shape(model, options);
        this.service = new SequenceService("embed", shape, () -> computer(model, shape));
        LOGGER.log(
                Level.DEBUG,
                "embedding with {0} contexts, {1} threads, pooling {2}, about {3} MiB beside the weights",
                shape.contexts(),
                shape.threads(),
                pooling,
                memoryBytes() >> 20);
    }

    private ContextComputer computer(Model model, SequenceService.Shape shape) {
        return new ContextComputer(
                model,
                ModelPlacement.context(shape, options)
                        .embeddings(true)
                        .pooling(pooling)
                        .build(),
                shape.batch(),
                pooling == Pooling.NONE ? Embedder::tokenRows : Embedder::pooledRow);
    }

    private static float[] pooledRow(Context context, int sequenceId, int[] places) {
        return context.sequenceEmbedding(sequenceId);
    }

    private static float[] tokenRows(Context context, int sequenceId, int[] places) {
        int size = context.embeddingSize();
        float[] rows = new float[Math.multiplyExact(places.length, size)];
        for (int i = 0; i < places.length; i++) {
            System.arraycopy(context.embedding(places[i]), 0, rows, i * size, size);
        }
        return rows;
    }

    private static Pooling effectivePooling(ModelInfo info, Pooling wanted) {
        ModelKind kind = ModelKind.of(info);
        if (kind == ModelKind.ENCODER_DECODER) {
            throw new ModelKindException(
                    "expected a model whose tokens can be pooled, found " + ModelKind.describe(info, kind)
                            + "; use an embedding model",
                    kind);
        }
        if (wanted == Pooling.RANK && info.classifierLabels().isEmpty()) {
            throw new ModelKindException(
                    "Pooling.RANK needs a model with a classification head, found " + ModelKind.describe(info, kind),
                    kind);
        }
        if (wanted != Pooling.MODEL) {
            return wanted;
        }
        if (kind == ModelKind.RERANKER) {
            throw new ModelKindException(
                    "expected a model that gives vectors, found " + ModelKind.describe(info, kind)
                            + "; use it with Reranker, or force another pooling",
                    kind);
        }
        Pooling declared = ModelKind.declaredPooling(info);
        return declared == Pooling.MODEL || declared == Pooling.NONE ? Pooling.MEAN : declared;
    }

    /**
     * Opens an embedder with the defaults.
     *
     * @see #open(Model, EmbedderOptions)
     */
    public static Embedder open(Model model) {
        return open(model, EmbedderOptions.defaults());
    }

    /**
     * Opens an embedder, which the caller closes. A generative model embeds too, in contexts of its own and by the mean
     * of its tokens unless another pooling is chosen.
     *
     * @param model the model, with its weights
     * @param options how to embed
     * @throws ModelKindException if the model cannot embed in this way
     * @throws ContextCreationException if there is not enough memory
     * @throws IllegalStateException if the model is closed or has a vocabulary only
     */
    public static Embedder open(Model model, EmbedderOptions options) {
        return new Embedder(requireNonNull(model, "model"), requireNonNull(options, "options"));
    }

    /** The options with which this was opened. */
    public EmbedderOptions options() {
        return options;
    }

    /** How tokens are pooled; never {@link Pooling#MODEL}. */
    public Pooling pooling() {
        return pooling;
    }

    /** How many numbers an embedding has. */
    public int size() {
        return size;
    }

    /** How many tokens a text may have, special tokens and prefix included. */
    public int maxTokens() {
        return maxTokens;
    }

    /** About how many bytes the contexts take now, beside the model's weights; they grow when a long text comes. */
    public long memoryBytes() {
        return service.estimatedBytes();
    }

    /**
     * Embeds a text without a prefix.
     *
     * @see #embed(String, TextRole)
     */
    public Embedding embed(String text) {
        return embed(text, TextRole.PLAIN);
    }

    /**
     * Embeds a text.
     *
     * @param text any text
     * @param role which of {@link EmbedderOptions#prefixes()} stands before it
     * @throws TextTooLongException if it has more than {@link #maxTokens()} tokens and the policy is to refuse that
     * @throws EmptyTextException if it has no tokens
     * @throws EmbedderOverloadedException if too many texts wait
     * @throws EmbeddingCancelledException if this thread is interrupted
     * @throws EmbedderClosedException if this is closed, also meanwhile
     * @throws EmbeddingFailedException if llama.cpp cannot compute it
     * @throws IllegalStateException if embeddings are not pooled, or the model was closed
     */
    public Embedding embed(String text, TextRole role) {
        return embed(List.of(text), role).getFirst();
    }

    /**
     * Embeds texts without prefixes.
     *
     * @see #embed(List, TextRole, EmbeddingProgressListener)
     */
    public List<Embedding> embed(List<String> texts) {
        return embed(texts, TextRole.PLAIN);
    }

    /**
     * Embeds texts.
     *
     * @see #embed(List, TextRole, EmbeddingProgressListener)
     */
    public List<Embedding> embed(List<String> texts, TextRole role) {
        return embed(texts, role, (done, total) -> true);
    }

    /**
     * Embeds texts; for more than fit into memory see {@link #stream(Iterator, TextRole)}. If one of them fails, the whole
     * call does.
     *
     * @param texts any texts, or none
     * @param role which of {@link EmbedderOptions#prefixes()} stands before each
     * @param progress hears how far the call is
     * @return an embedding for each text, in the order of the texts
     * @throws TextTooLongException if one has more than {@link #maxTokens()} tokens and the policy is to refuse that
     * @throws EmptyTextException if one has no tokens
     * @throws EmbedderOverloadedException if too many texts wait
     * @throws EmbeddingCancelledException if this thread is interrupted or the listener asks to stop
     * @throws EmbedderClosedException if this is closed, also meanwhile
     * @throws EmbeddingFailedException if llama.cpp cannot compute one
     * @throws IllegalStateException if embeddings are not pooled, or the model was closed
     */
    public List<Embedding> embed(List<String> texts, TextRole role, EmbeddingProgressListener progress) {
        List<String> inputs = List.copyOf(texts);
        requireNonNull(progress, "progress");
        try (OrderedResults<?, Embedding> results = results(inputs.iterator(), role)) {
            return results.all(inputs.size(), progress);
        }
    }

    /**
     * Embeds texts and tokens, in one call. If one of them fails, the whole call does.
     *
     * @param inputs texts with a role each, and tokens that the model gets as they are; or none
     * @return an embedding for each input, in the order of the inputs
     * @throws IllegalArgumentException if a token is outside the vocabulary
     * @throws TextTooLongException if one has more than {@link #maxTokens()} tokens and the policy is to refuse that
     * @throws EmptyTextException if a text has no tokens
     * @throws EmbedderOverloadedException if too many texts wait
     * @throws EmbeddingCancelledException if this thread is interrupted
     * @throws EmbedderClosedException if this is closed, also meanwhile
     * @throws EmbeddingFailedException if llama.cpp cannot compute one
     * @throws IllegalStateException if embeddings are not pooled, or the model was closed
     */
    public List<Embedding> embedInputs(List<? extends EmbeddingInput> inputs) {
        List<EmbeddingInput> given = List.copyOf(inputs);
        try (OrderedResults<?, Embedding> results = results(given.iterator(), this::plan)) {
            return results.all(given.size(), (done, total) -> true);
        }
    }

    private Plan plan(EmbeddingInput input) {
        return switch (input) {
            case EmbeddingInput.Text text -> planner.plan(options.prefixes().of(text.role()) + text.text());
            case EmbeddingInput.Tokens tokens -> planner.planTokens(tokens);
        };
    }

    /**
     * Embeds any number of texts in memory that does not grow with them.
     *
     * @param texts read on the thread that reads the result
     * @param role which of {@link EmbedderOptions#prefixes()} stands before each
     * @return the embeddings in the order of the texts, to be closed
     * @throws IllegalStateException if embeddings are not pooled
     */
    public EmbeddingStream stream(Iterator<String> texts, TextRole role) {
        return new EmbeddingStream(results(requireNonNull(texts, "texts"), role));
    }

    private OrderedResults<String, Embedding> results(Iterator<String> texts, TextRole role) {
        String prefix = options.prefixes().of(requireNonNull(role, "role"));
        return results(texts, text -> planner.plan(prefix + requireNonNull(text, "text")));
    }

    private <T> OrderedResults<T, Embedding> results(Iterator<T> inputs, Function<T, Plan> plans) {
        requirePooled(true);
        return new OrderedResults<>(service, inputs, plans, this::embedding);
    }

    /**
     * Embeds any number of texts in memory that does not grow with them.
     *
     * @see #stream(Iterator, TextRole)
     */
    public EmbeddingStream stream(Stream<String> texts, TextRole role) {
        return stream(texts.iterator(), role);
    }

    /**
     * Embeds each token of a text, in its context. The embedder must have been opened with {@link Pooling#NONE}; each
     * token's vector is normalised by itself.
     *
     * @param text any text
     * @throws TextTooLongException if it has more than {@link #maxTokens()} tokens and the policy is to refuse that
     * @throws EmptyTextException if it has no tokens
     * @throws EmbedderOverloadedException if too many texts wait
     * @throws EmbeddingCancelledException if this thread is interrupted
     * @throws EmbedderClosedException if this is closed, also meanwhile
     * @throws EmbeddingFailedException if llama.cpp cannot compute it
     * @throws IllegalStateException if embeddings are pooled, or the model was closed
     */
    public TokenEmbeddings embedTokens(String text) {
        requirePooled(false);
        try (OrderedResults<String, TokenEmbeddings> results =
                new OrderedResults<>(service, List.of(text).iterator(), planner::plan, this::tokenEmbeddings)) {
            return results.next();
        }
    }

    private void requirePooled(boolean wanted) {
        if (wanted && pooling == Pooling.NONE) {
            throw new IllegalStateException("this embedder gives a vector for each token: call embedTokens, or open it"
                    + " with another pooling than NONE");
        }
        if (!wanted && pooling != Pooling.NONE) {
            throw new IllegalStateException("this embedder gives one vector for each text (pooling " + pooling
                    + "): call embed, or open it with Pooling.NONE");
        }
    }

    private Embedding embedding(Plan plan, List<float[]> rows) {
        float[] vector = rows.size() == 1 ? rows.getFirst() : mean(plan, rows);
        normalization.apply(vector);
        return new Embedding(vector, plan.tokenCount(), plan.truncated());
    }

    private static float[] mean(Plan plan, List<float[]> rows) {
        float[] mean = new float[rows.getFirst().length];
        int tokens = plan.tokenCount();
        for (int part = 0; part < rows.size(); part++) {
            float[] row = rows.get(part);
            Normalization.l2().apply(row);
            float weight = (float) plan.parts().get(part).length / tokens;
            for (int i = 0; i < mean.length; i++) {
                mean[i] += weight * row[i];
            }
        }
        return mean;
    }

    private TokenEmbeddings tokenEmbeddings(Plan plan, List<float[]> rows) {
        float[] all = new float[Math.multiplyExact(plan.tokenCount(), size)];
        float[] vector = new float[size];
        int next = 0;
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i += size) {
                System.arraycopy(row, i, vector, 0, size);
                normalization.apply(vector);
                System.arraycopy(vector, 0, all, next, size);
                next += size;
            }
        }
        return new TokenEmbeddings(all, plan.tokens(), plan.truncated());
    }

    /** How many texts wait. */
    public int waiting() {
        return service.waiting();
    }

    /** Stops what is being computed, fails what waits, and frees the contexts. Closing twice does nothing. */
    @Override
    public void close() {
        service.close();
    }
}
