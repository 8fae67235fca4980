package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.engine.CacheLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The part of {@code bench} that measures the whole engine, alone or beside a server, under load. */
final class LoadTest implements CheckedFlags {

    private static final int CONTEXT_SIZE = 8192;
    private static final int LONGEST_ANSWER = 160;
    private static final int LONGEST_TOGETHER = 400;
    private static final int ROOM_FOR_QUESTION = 64;
    private static final int LEAST_PARALLEL = 8;
    private static final int MOST_CALLERS = 128;

    private enum Kind {
        SINGLE,
        CONCURRENCY,
        DECODE,
        PREFIX,
        INTERFERENCE,
        SCHEMA,
        THINKING
    }

    @Parameters(
            paramLabel = "WORKLOAD",
            arity = "0..*",
            description =
                    "Measure the engine under load instead: ${COMPLETION-CANDIDATES}. single: short, medium and long"
                            + " prompts; concurrency: so many callers at once; decode: batches without prompts, for llama-batched-bench's S_TG;"
                            + " prefix: a shared beginning; interference: a long prompt arrives while others stream;"
                            + " schema: free text beside JSON under a schema; thinking: on and off.")
    private List<Kind> workloads = List.of();

    @Option(
            names = "--concurrency",
            split = ",",
            paramLabel = "N",
            description = "The workloads concurrency and decode with so many callers (default 1,2,4,8,16).")
    private List<Integer> callers = List.of();

    @Option(names = "--prefix", description = "The workload prefix.")
    private boolean prefix;

    @Option(
            names = "--schema",
            description = "The workload schema, with the callers of --concurrency (default 1 and 4).")
    private boolean schema;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "32",
            description = "Tokens per request of concurrency, prefix, schema and thinking (default 32).")
    private int maxTokens;

    @Option(
            names = "--against",
            paramLabel = "URL",
            description = "Run the same load on an OpenAI server in alternation, and print ratios.")
    private @Nullable String against;

    @Option(names = "--plot", paramLabel = "FILE", description = "Draw the workload concurrency as SVG.")
    private @Nullable Path plot;

    @Option(names = "--draft-model", paramLabel = "FILE", description = "A smaller GGUF file that guesses ahead.")
    private @Nullable Path draftModel;

    @Option(names = "--draft-tokens", paramLabel = "N", description = "Tokens to guess per step (default 0, off).")
    private @Nullable Integer draftTokens;

    @Option(
            names = {"-no-kvu", "--no-kv-unified"},
            description = "Give each sequence an equal part of the context to itself.")
    private boolean splitCache;

    /** Whether a workload was asked for. */
    boolean isWanted() {
        return !kinds().isEmpty();
    }

    private Set<Kind> kinds() {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        kinds.addAll(workloads);
        if (schema) {
            kinds.add(Kind.SCHEMA);
        }
        if (!callers.isEmpty() && !kinds.contains(Kind.SCHEMA) && !kinds.contains(Kind.DECODE)) {
            kinds.add(Kind.CONCURRENCY);
        }
        if (prefix) {
            kinds.add(Kind.PREFIX);
        }
        return kinds;
    }

    private List<Integer> callers() {
        List<Integer> usual = kinds().contains(Kind.SCHEMA) ? List.of(1, 4) : List.of(1, 2, 4, 8, 16);
        return callers.isEmpty() ? usual : callers;
    }

    @Override
    public void check() {
        callers.forEach(count -> Flags.requireRange("--concurrency", count, 1, MOST_CALLERS));
        Flags.requireRange("--max-tokens", maxTokens, 2, CONTEXT_SIZE / 4);
        if (plot != null && !kinds().contains(Kind.CONCURRENCY)) {
            throw new CommandFailure("usage", "--plot draws the workload concurrency; add --concurrency 1,2,4,8,16");
        }
        options(1);
    }

    /** Measures {@code rounds} times, the targets in turn, after one round to warm up. */
    LoadReport run(Path model, int threads, int rounds, Terminal terminal) {
        List<LoadTarget> targets = new ArrayList<>();
        try {
            if (against != null) {
                targets.add(OpenAiTarget.at(against));
            }
            DecodeSteps decodeSteps = new DecodeSteps();
            Llama llama = Llama.load(
                    model,
                    options(threads).toBuilder()
                            .engine(engine -> engine.addListener(decodeSteps))
                            .build());
            targets.addFirst(new EngineTarget(llama, decodeSteps));
            LoadReport report = measure(points(texts(llama)), targets, rounds, terminal);
            draw(report);
            return report;
        } finally {
            targets.forEach(LoadTarget::close);
        }
    }

    private PromptTexts texts(Llama llama) {
        int context = Math.min(CONTEXT_SIZE, llama.model().info().trainedContextSize());
        int answer = Math.max(maxTokens, LONGEST_ANSWER);
        return new PromptTexts(
                text -> llama.tokenizer().encode(text, false, false).length, context - answer - ROOM_FOR_QUESTION);
    }

    private List<Workload> points(PromptTexts texts) {
        Workloads workload = new Workloads(texts);
        List<Workload> points = new ArrayList<>();
        for (Kind kind : kinds()) {
            switch (kind) {
                case SINGLE -> points.addAll(workload.single());
                case CONCURRENCY -> callers().forEach(count -> points.add(workload.concurrency(count, maxTokens)));
                case DECODE -> callers().forEach(count -> points.add(workload.decode(count, LONGEST_ANSWER)));
                case PREFIX -> points.add(workload.prefix(maxTokens));
                case INTERFERENCE -> points.add(workload.interference());
                case SCHEMA -> callers().forEach(count -> points.add(workload.schema(count, maxTokens)));
                case THINKING -> points.addAll(workload.thinking(maxTokens));
            }
        }
        return points;
    }

    private LlamaOptions options(int threads) {
        int parallel = Math.max(
                LEAST_PARALLEL,
                callers().stream().mapToInt(count -> count).max().orElse(1));
        int each = kinds().contains(Kind.DECODE) ? Math.max(LONGEST_TOGETHER, 2 * maxTokens) : 2 * maxTokens;
        LlamaOptions.Builder options = LlamaOptions.builder()
                .context(context -> context.contextSize(Math.max(CONTEXT_SIZE, parallel * each))
                        .threads(threads)
                        .batchThreads(threads))
                .engine(engine -> engine.parallelSequences(parallel)
                        .cacheLayout(splitCache ? CacheLayout.SPLIT : CacheLayout.UNIFIED));
        Flags.requireFile("--draft-model", draftModel);
        if (draftModel != null) {
            options.draftModel(draftModel, draftTokens == null ? 4 : draftTokens);
        } else if (draftTokens != null) {
            int tokens = draftTokens;
            options.engine(engine -> engine.speculativeTokens(tokens));
        }
        return options.build();
    }

    private static LoadReport measure(List<Workload> points, List<LoadTarget> targets, int rounds, Terminal terminal) {
        List<LoadResult> results = new ArrayList<>();
        for (Workload point : points) {
            if (terminal.interactive()) {
                terminal.err().println("measuring " + point.table() + ", " + point.point());
            }
            List<LoadResult> row = targets.stream()
                    .map(target -> new LoadResult(point.table(), point.point(), target.name(), new ArrayList<>()))
                    .toList();
            for (int round = -1; round < rounds; round++) {
                for (int i = 0; i < targets.size(); i++) {
                    Map<String, Double> values = point.round().on(targets.get(i));
                    if (round >= 0) {
                        row.get(i).rounds().add(values);
                    }
                }
            }
            results.addAll(row);
        }
        return new LoadReport(results);
    }

    private void draw(LoadReport report) {
        if (plot == null) {
            return;
        }
        try {
            Files.writeString(plot, report.plot().svg());
        } catch (IOException e) {
            throw new CommandFailure("io", "the plot cannot be written: " + e);
        }
    }
}
