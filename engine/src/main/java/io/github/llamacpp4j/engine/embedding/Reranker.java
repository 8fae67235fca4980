package io.github.llamacpp4j.engine.embedding;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.model.Context;
import io.github.llamacpp4j.model.ContextCreationException;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.ModelInfo;
import io.github.llamacpp4j.model.Pooling;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Orders documents by how well they answer a query. Works with models that have a classification head, and with
 * generative ones that are asked for "yes" or "no".
 *
 * <p>Thread-safe; virtual threads may call it. Made by {@link #open(Model, RerankerOptions)}, closed by the caller, and
 * keeps the model's weights in memory until then. Interrupting a waiting thread cancels its call.
 */
public final class Reranker implements AutoCloseable {

    private static final String TEMPLATE_NAME = "rerank";

    /** How good the document is that became this plan. */
    private record Scored(double score, Plan plan) {

        RankedDocument document(int index, String text) {
            return new RankedDocument(index, text, score, plan.tokenCount(), plan.truncated());
        }
    }

    private final RerankerOptions options;
    private final boolean generative;
    private final PairPlanner planner;
    private final SequenceService service;

    private Reranker(Model model, RerankerOptions options) {
        ModelInfo info = model.info();
        EmbedderOptions computing = options.computing();
        this.options = options;
        boolean head = !info.classifierLabels().isEmpty();
        this.generative = !head || options.prompt().isPresent();
        Optional<YesNoPrompt> prompt = generative ? Optional.of(prompt(info, options)) : Optional.empty();
        String template = prompt.map(YesNoPrompt::template)
                .or(() -> info.chatTemplate(TEMPLATE_NAME))
                .orElse("");
        int maxTokens = ModelPlacement.maxTokens(info, computing.maxTokens());
        this.planner = new PairPlanner(model.tokenizer(), maxTokens, computing.longTexts(), template);
        SequenceService.Shape shape = ModelPlacement.shape(model, computing);
        ContextOptions context = ModelPlacement.context(shape, computing)
                .embeddings(!generative)
                .pooling(generative ? Pooling.MODEL : Pooling.RANK)
                .build();
        ContextComputer.RowReader reader =
                prompt.map(asked -> answers(model, asked)).orElse(Reranker::headRow);
        this.service =
                new SequenceService("rerank", shape, () -> new ContextComputer(model, context, shape.batch(), reader));
    }

    private static YesNoPrompt prompt(ModelInfo info, RerankerOptions options) {
        Optional<YesNoPrompt> prompt = options.prompt()
                .or(() -> info.chatTemplate(TEMPLATE_NAME).map(template -> new YesNoPrompt(template, "yes", "no")));
        ModelKind kind = ModelKind.of(info);
        if (prompt.isEmpty()) {
            throw new ModelKindException(
                    "ranking needs a model with a classification head (pooling RANK), found "
                            + ModelKind.describe(info, kind)
                            + (kind == ModelKind.GENERATIVE
                                    ? "; use a reranker, or set RerankerOptions.prompt if this model was trained to"
                                            + " answer yes or no"
                                    : "; use a reranker"),
                    kind);
        }
        if (kind != ModelKind.GENERATIVE) {
            throw new ModelKindException(
                    "a yes-or-no prompt needs a model that writes text, found " + ModelKind.describe(info, kind), kind);
        }
        return prompt.get();
    }

    private static float[] headRow(Context context, int sequenceId, int[] places) {
        return context.sequenceEmbedding(sequenceId);
    }

    /** The logits of the two answers after the last token of each sequence. */
    private static ContextComputer.RowReader answers(Model model, YesNoPrompt prompt) {
        int yes = token(model, prompt.yes());
        int no = token(model, prompt.no());
        return (context, sequenceId, places) -> {
            float[] logits = context.logits(places[places.length - 1]);
            return new float[] {logits[yes], logits[no]};
        };
    }

    private static int token(Model model, String answer) {
        int[] tokens = model.tokenizer().encode(answer, false, false);
        if (tokens.length != 1) {
            throw new IllegalArgumentException("an answer must be one token of the model, \"" + answer + "\" has "
                    + tokens.length + "; choose another word");
        }
        return tokens[0];
    }

    /**
     * Opens a reranker with the defaults.
     *
     * @see #open(Model, RerankerOptions)
     */
    public static Reranker open(Model model) {
        return open(model, RerankerOptions.defaults());
    }

    /**
     * Opens a reranker, which the caller closes.
     *
     * @param model the model, with its weights
     * @param options how to rank
     * @throws ModelKindException if the model has no classification head and no prompt is known for it
     * @throws ContextCreationException if there is not enough memory
     * @throws IllegalArgumentException if an answer of the prompt is not one token
     * @throws IllegalStateException if the model is closed or has a vocabulary only
     */
    public static Reranker open(Model model, RerankerOptions options) {
        return new Reranker(requireNonNull(model, "model"), requireNonNull(options, "options"));
    }

    /** The options with which this was opened. */
    public RerankerOptions options() {
        return options;
    }

    /** Whether the model is asked for "yes" or "no" instead of having a head. */
    public boolean generative() {
        return generative;
    }

    /** About how many bytes the contexts take now, beside the model's weights; they grow when a long document comes. */
    public long memoryBytes() {
        return service.estimatedBytes();
    }

    /**
     * Orders documents.
     *
     * @see #rank(String, List, EmbeddingProgressListener)
     */
    public List<RankedDocument> rank(String query, List<String> documents) {
        return rank(query, documents, (done, total) -> true);
    }

    /**
     * Orders documents.
     *
     * @param query what is searched for
     * @param documents what may answer it; or none
     * @param progress hears how far the call is
     * @return all documents, the best first; equal scores in the order of the documents
     * @throws TextTooLongException if the query leaves no room, or a document is too long and the policy is to refuse that
     * @throws EmbedderOverloadedException if too many texts wait
     * @throws EmbeddingCancelledException if this thread is interrupted or the listener asks to stop
     * @throws EmbedderClosedException if this is closed, also meanwhile
     * @throws EmbeddingFailedException if llama.cpp cannot compute a pair
     */
    public List<RankedDocument> rank(String query, List<String> documents, EmbeddingProgressListener progress) {
        requireNonNull(query, "query");
        requireNonNull(progress, "progress");
        List<String> inputs = List.copyOf(documents);
        List<Scored> scores;
        try (OrderedResults<String, Scored> results = new OrderedResults<>(
                service, inputs.iterator(), document -> planner.plan(query, document), this::scored)) {
            scores = results.all(inputs.size(), progress);
        }
        return IntStream.range(0, inputs.size())
                .mapToObj(i -> scores.get(i).document(i, inputs.get(i)))
                .sorted(Comparator.comparingDouble(RankedDocument::score).reversed())
                .toList();
    }

    /** A document's score, that of its best part. */
    private Scored scored(Plan plan, List<float[]> rows) {
        return new Scored(rows.stream().mapToDouble(this::score).max().orElseThrow(), plan);
    }

    /** Of several outputs, the first is the one that says "relevant", as llama-server has it. */
    private double score(float[] row) {
        if (generative) {
            return logistic((double) row[0] - row[1]);
        }
        return options.probabilities() && row.length == 1 ? logistic(row[0]) : row[0];
    }

    private static double logistic(double value) {
        return 1 / (1 + Math.exp(-value));
    }

    /** Stops what is being computed, fails what waits, and frees the contexts. Closing twice does nothing. */
    @Override
    public void close() {
        service.close();
    }
}
