package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.GenerationEvent;
import io.github.llamacpp4j.engine.Timings;
import io.github.llamacpp4j.engine.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code run}: completes a prompt as it stands, without a chat template. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        customSynopsis = "llamacpp4j run [-m MODEL] [OPTION...] [PROMPT]",
        description = "Completes a prompt as it stands, without a chat template.",
        footer = {
            "",
            "Batch lines hold \"prompt\" and any option with _ for -, such as {\"prompt\":\"Hi\",\"max_tokens\":8};",
            "each is answered with text, tokens, prompt_tokens, finish_reason and timings."
        })
final class RunCommand implements Callable<Integer>, CheckedFlags {

    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "PROMPT", description = "The prompt (default: standard input).")
    private @Nullable String prompt;

    @Option(names = "--prompt-file", paramLabel = "FILE", description = "Read the prompt from a file.")
    private @Nullable Path promptFile;

    @Mixin
    private ModelFlags model = new ModelFlags();

    @Mixin
    private GenerationFlags generation = new GenerationFlags();

    @Mixin
    private RuntimeFlags runtime = new RuntimeFlags();

    @Mixin
    private OutputFlag output = new OutputFlag();

    @Option(names = "--jsonl", description = "Answer JSON requests line by line, one after another.")
    private boolean batch;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "With --jsonl: work on N lines at a time, sharing what their prompts have in common.")
    private @Nullable Integer parallel;

    private RunCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    static CommandLine commandLine(Terminal terminal) {
        return GroupedOptions.ofGeneration(RunCommand.class, "Prompt").of(new CommandLine(new RunCommand(terminal)));
    }

    @Override
    public void check() {
        generation.check();
        loading();
    }

    @Override
    public Integer call() throws IOException {
        String text = batch ? "" : promptText();
        GenerationOptions options = generation.toOptions(GenerationOptions.builder()
                .request(request -> request.prefixCache(parallel != null))
                .build());
        try (Llama llama = Llama.load(model.path(terminal), loading())) {
            if (batch) {
                JsonLines lines = new JsonLines(terminal);
                CompletionBatch completions = new CompletionBatch(llama, options);
                return parallel == null ? lines.run(completions) : lines.runParallel(completions, parallel);
            }
            if (output.json()) {
                terminal.out().println(Json.line(CompletionBatch.complete(llama, text, options)));
            } else {
                stream(llama, text, options);
            }
            return 0;
        }
    }

    private LlamaOptions loading() {
        return runtime.toOptions(parallel == null ? 1 : parallel);
    }

    private String promptText() throws IOException {
        if (prompt != null && promptFile != null) {
            throw new CommandFailure("usage", "give the prompt as an argument or by --prompt-file, not both");
        }
        if (promptFile != null) {
            return TextFile.read(promptFile);
        }
        return prompt != null ? prompt : new String(terminal.in().readAllBytes(), UTF_8);
    }

    private void stream(Llama llama, String text, GenerationOptions options) {
        try (Generation answer = llama.stream(text, options)) {
            for (GenerationEvent event : answer) {
                terminal.out().print(event.text());
                terminal.out().flush();
                if (event instanceof FinishedEvent end) {
                    terminal.out().println();
                    terminal.out().flush();
                    terminal.err().println(statistics(end));
                }
            }
        }
    }

    static String statistics(FinishedEvent end) {
        Usage usage = end.usage();
        Timings timings = end.timings();
        return "%s; %s; first token after %s ms; seed %s"
                .formatted(
                        speed(usage.promptTokens() - usage.cachedTokens(), "prompt tokens", timings.prompt()),
                        speed(usage.generatedTokens(), "tokens", timings.generation()),
                        timings.firstToken().toMillis(),
                        end.seed());
    }

    private static String speed(int count, String what, Duration time) {
        double seconds = time.toNanos() / 1e9;
        String rate = seconds > 0 ? String.format(Locale.ROOT, " (%.1f/s)", count / seconds) : "";
        return count + " " + what + " in " + time.toMillis() + " ms" + rate;
    }
}
