package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.engine.embedding.EmbeddingException;
import io.github.llamacpp4j.engine.embedding.RankedDocument;
import io.github.llamacpp4j.engine.embedding.Reranker;
import io.github.llamacpp4j.engine.embedding.RerankerOptions;
import io.github.llamacpp4j.engine.embedding.YesNoPrompt;
import io.github.llamacpp4j.model.Model;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code rerank}: orders the lines of standard input by how well they answer a query. */
@Command(
        name = "rerank",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Orders the lines of standard input by how well they answer a query, the best first.",
        footer = {
            "",
            "Each document gives {\"index\":3,\"score\":1.5,\"document\":…,\"tokens\":9,\"truncated\":false}.",
            "Batch lines: {\"query\":…,\"documents\":[…],\"top_n\":3} → {\"ok\":true,\"results\":[…]}"
        })
final class RerankCommand implements Callable<Integer>, CheckedFlags {

    private final Terminal terminal;

    @Mixin
    private EmbeddingFlags computing = new EmbeddingFlags();

    @Option(names = "--query", paramLabel = "TEXT", description = "What is searched for.")
    private @Nullable String query;

    @Option(names = "--top", paramLabel = "N", description = "Print the best N only.")
    private int top = Integer.MAX_VALUE;

    @Option(names = "--probabilities", description = "Make a head's score a number from 0 to 1.")
    private boolean probabilities;

    @Option(names = "--qwen3", description = "Ask a generative model as Qwen3-Reranker wants it.")
    private boolean qwen3;

    @Option(
            names = "--prompt-file",
            paramLabel = "FILE",
            description = "Ask a generative model with this prompt, which holds {query} and {document}.")
    private @Nullable Path promptFile;

    @Option(names = "--yes", paramLabel = "WORD", description = "The answer of a good document (default yes).")
    private String yes = "yes";

    @Option(names = "--no", paramLabel = "WORD", description = "The answer of a bad document (default no).")
    private String no = "no";

    @Option(names = "--jsonl", description = "Answer JSON requests line by line.")
    private boolean batch;

    RerankCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void check() {
        Flags.requirePositive("--top", top);
        computing.check();
    }

    @Override
    public Integer call() throws IOException {
        if (!batch && query == null) {
            throw new CommandFailure("usage", "name what is searched for: --query");
        }
        RerankerOptions options = options();
        try (Model model = computing.load(terminal);
                Reranker reranker = Reranker.open(model, options)) {
            if (batch) {
                return new JsonLines(terminal).run((request, answer) -> answer(reranker, request, answer));
            }
            for (RankedDocument document : best(rankedWithProgress(reranker), top)) {
                terminal.out().println(Json.line(json(document).put("document", document.text())));
            }
            return 0;
        }
    }

    private RerankerOptions options() throws IOException {
        RerankerOptions.Builder builder = RerankerOptions.builder()
                .probabilities(probabilities)
                .computing(
                        computing.change(RerankerOptions.defaults().computing()).build());
        if (promptFile != null) {
            builder.prompt(new YesNoPrompt(TextFile.read(promptFile), yes, no));
        } else if (qwen3) {
            builder.prompt(YesNoPrompt.qwen3());
        }
        return builder.build();
    }

    private List<String> documents() throws IOException {
        try (BufferedReader lines = terminal.lines()) {
            return lines.lines().toList();
        }
    }

    private List<RankedDocument> rankedWithProgress(Reranker reranker) throws IOException {
        try (ProgressBar progress = new ProgressBar(terminal, "rerank", ProgressBar.Unit.ITEMS)) {
            return reranker.rank(String.valueOf(query), documents(), (done, total) -> {
                progress.update(done, terminal.interactive() ? total : 0);
                return true;
            });
        }
    }

    private static List<RankedDocument> best(List<RankedDocument> ranked, int top) {
        return ranked.subList(0, Math.clamp(top, 0, ranked.size()));
    }

    private void answer(Reranker reranker, ObjectNode request, ObjectNode answer) {
        JsonNode wanted = request.get("query");
        if (wanted == null || !wanted.isString()) {
            throw new CommandFailure("request", "\"query\" must be a string");
        }
        JsonNode limit = request.get("top_n");
        if (limit != null && !limit.canConvertToInt()) {
            throw new CommandFailure("request", "\"top_n\" must be a whole number");
        }
        ArrayNode results = answer.putArray("results");
        try {
            best(reranker.rank(wanted.asString(), texts(request.get("documents"))), limit == null ? top : limit.asInt())
                    .forEach(document -> results.add(json(document)));
        } catch (EmbeddingException | IllegalArgumentException failed) {
            throw EmbeddingFlags.failure(failed);
        }
    }

    private static List<String> texts(@Nullable JsonNode array) {
        if (array == null || !array.isArray()) {
            throw new CommandFailure("request", "\"documents\" must be an array of strings");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode text : array) {
            if (!text.isString()) {
                throw new CommandFailure("request", "\"documents\" must hold strings, found " + text.getNodeType());
            }
            texts.add(text.asString());
        }
        return texts;
    }

    private static ObjectNode json(RankedDocument document) {
        return Json.object()
                .put("index", document.index())
                .put("score", document.score())
                .put("tokens", document.tokens())
                .put("truncated", document.truncated());
    }
}
