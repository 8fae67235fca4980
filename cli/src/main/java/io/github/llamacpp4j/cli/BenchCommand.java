package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code bench}: the speed of prompt processing and generation in llama-bench's terms, or of the engine under load. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures prompt processing and generation as llama-bench does, without sampling, "
                + "or the whole engine under load.")
final class BenchCommand implements Callable<Integer>, CheckedFlags {

    private final Terminal terminal;

    @Mixin
    private ModelFlags model = new ModelFlags();

    @Option(
            names = {"-p", "--n-prompt"},
            split = ",",
            paramLabel = "N",
            defaultValue = "512",
            description = "Tokens to decode in batches; a list measures each (default 512).")
    private List<Integer> promptTokens = List.of();

    @Option(
            names = {"-n", "--n-gen"},
            split = ",",
            paramLabel = "N",
            defaultValue = "128",
            description = "Tokens to decode one by one; a list measures each (default 128).")
    private List<Integer> generatedTokens = List.of();

    @Option(
            names = {"-t", "--threads"},
            split = ",",
            paramLabel = "N",
            description = "Threads; a list measures each (default: the processors that the JVM may use).")
    private List<Integer> threads = List.of(Runtime.getRuntime().availableProcessors());

    @Option(
            names = {"-r", "--repetitions"},
            paramLabel = "N",
            defaultValue = "5",
            description = "Repetitions of each test (default 5).")
    private int repetitions;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "md|json",
            defaultValue = "md",
            description = "Output format (default md, a Markdown table).")
    private Format format = Format.MD;

    @Mixin
    private LoadTest load = new LoadTest();

    private enum Format {
        MD,
        JSON
    }

    private record Result(SpeedTest test, SpeedTest.Speeds speeds) {}

    BenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void check() {
        Flags.requirePositive("--repetitions", repetitions);
        threads.forEach(count -> Flags.requirePositive("--threads", count));
        promptTokens.forEach(count -> Flags.requireRange("--n-prompt", count, 0, Integer.MAX_VALUE));
        generatedTokens.forEach(count -> Flags.requireRange("--n-gen", count, 0, Integer.MAX_VALUE));
        load.check();
    }

    @Override
    public Integer call() {
        if (load.isWanted()) {
            print(load.run(model.path(terminal), threads.getFirst(), repetitions, terminal));
            return 0;
        }
        List<SpeedTest> tests = tests();
        try (Model loaded = model.load(terminal)) {
            List<Result> results = new ArrayList<>();
            for (SpeedTest test : tests) {
                if (terminal.interactive()) {
                    terminal.err().println("measuring " + test.label() + " with " + test.threads() + " threads");
                }
                results.add(new Result(test, test.run(loaded, repetitions, System::nanoTime)));
            }
            switch (format) {
                case JSON -> printJson(loaded, results);
                case MD -> printTable(loaded, results);
            }
        }
        return 0;
    }

    private void print(LoadReport report) {
        switch (format) {
            case JSON -> terminal.out().println(Json.pretty(report.json()));
            case MD -> report.print(terminal.out());
        }
    }

    private List<SpeedTest> tests() {
        List<SpeedTest> tests = new ArrayList<>();
        for (int threadCount : threads) {
            promptTokens.stream().filter(n -> n != 0).forEach(n -> tests.add(new SpeedTest(n, 0, threadCount)));
            generatedTokens.stream().filter(n -> n != 0).forEach(n -> tests.add(new SpeedTest(0, n, threadCount)));
        }
        return tests;
    }

    private void printJson(Model loaded, List<Result> results) {
        ArrayNode array = Json.MAPPER.createArrayNode();
        for (Result result : results) {
            ObjectNode object = array.addObject()
                    .put("model_filename", loaded.path().toString())
                    .put("model_type", loaded.info().description())
                    .put("model_size", loaded.info().sizeBytes())
                    .put("model_n_params", loaded.info().parameterCount())
                    .put("n_prompt", result.test().promptTokens())
                    .put("n_gen", result.test().generatedTokens())
                    .put("n_threads", result.test().threads())
                    .put("avg_ts", result.speeds().mean())
                    .put("stddev_ts", result.speeds().deviation());
            ArrayNode samples = object.putArray("samples_ts");
            result.speeds().perSecond().forEach(samples::add);
        }
        terminal.out().println(Json.pretty(array));
    }

    private void printTable(Model loaded, List<Result> results) {
        terminal.out().println("| model | size | params | threads | test | t/s |");
        terminal.out().println("| --- | ---: | ---: | ---: | ---: | ---: |");
        for (Result result : results) {
            terminal.out()
                    .println(String.format(
                            Locale.ROOT,
                            "| %s | %.2f MiB | %.2f M | %d | %s | %.2f ± %.2f |",
                            loaded.info().description(),
                            loaded.info().sizeBytes() / 1048576.0,
                            loaded.info().parameterCount() / 1e6,
                            result.test().threads(),
                            result.test().label(),
                            result.speeds().mean(),
                            result.speeds().deviation()));
        }
    }
}
