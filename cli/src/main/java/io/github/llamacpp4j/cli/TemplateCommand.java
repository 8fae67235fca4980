package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.gguf.ByteRangeSource;
import io.github.llamacpp4j.gguf.GgufException;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufLimits;
import io.github.llamacpp4j.gguf.GgufValue;
import io.github.llamacpp4j.store.ModelStore;
import io.github.llamacpp4j.template.RenderOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code template}: renders chat templates, and takes models' answers apart, without any model. */
@Command(
        name = "template",
        mixinStandardHelpOptions = true,
        description = "Renders a chat template with a context, exactly as Hugging Face transformers does; with --parse,"
                + " takes models' answers apart as a template has them written.")
final class TemplateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Option(names = "--template", paramLabel = "FILE", description = "The template, as a file.")
    private @Nullable Path template;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "The model whose template to use: a GGUF file, an alias, hf:owner/repo[:QUANT] or https://…")
    private @Nullable String model;

    @Option(names = "--input", paramLabel = "FILE", description = "The context, as a JSON object (default: empty).")
    private @Nullable Path input;

    @Option(
            names = "--now",
            paramLabel = "DATE-TIME",
            description = "The local time that templates see, as in 2026-01-15T12:34:56 (default: now).")
    private @Nullable LocalDateTime now;

    @Option(
            names = "--jsonl",
            description = "Answer JSON objects, one per line: {\"template\":…|\"template_file\":…,\"context\":{…}}.")
    private boolean jsonLines;

    @Option(names = "--parse", description = "With --jsonl: take the answers of models apart.")
    private boolean parse;

    @Option(names = "--offline", description = "Ask no server.")
    private boolean offline;

    TemplateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (parse && !jsonLines) {
            throw new ParameterException(spec.commandLine(), "--parse reads its answers from --jsonl: name both.");
        }
        if (template != null && model != null) {
            throw new ParameterException(spec.commandLine(), "Name a template or a model, not both.");
        }
        if (parse) {
            return new JsonLines(terminal).run(new AnswerParsing());
        }
        TemplateRendering rendering = new TemplateRendering(source().orElse(null), renderOptions());
        if (jsonLines) {
            return new JsonLines(terminal).run(rendering);
        }
        if (template == null && model == null) {
            throw new ParameterException(spec.commandLine(), "Name a template with --template or a model with -m.");
        }
        terminal.out().print(rendering.render(Json.object(), context()));
        return 0;
    }

    private RenderOptions renderOptions() {
        return now == null
                ? RenderOptions.defaults()
                : RenderOptions.builder()
                        .clock(Clock.fixed(now.toInstant(ZoneOffset.UTC), ZoneOffset.UTC))
                        .build();
    }

    private ObjectNode context() {
        if (input == null) {
            return Json.object();
        }
        try {
            JsonNode node = Json.MAPPER.readTree(TemplateRendering.read(input));
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new CommandFailure("request", "expected a JSON object in " + input + ", found " + node.getNodeType());
        } catch (JacksonException e) {
            throw Json.failure("no JSON in " + input + ": ", e);
        }
    }

    private Optional<String> source() {
        if (template != null) {
            return Optional.of(TemplateRendering.read(template));
        }
        String name = model;
        if (name == null) {
            return Optional.empty();
        }
        try {
            GgufFile file = Stores.failing(() -> header(Stores.open(offline), name));
            if (file.metadata().values().get("tokenizer.chat_template") instanceof GgufValue.StringValue text) {
                return Optional.of(text.value());
            }
            throw new CommandFailure("template", name + " has no chat template; give one with --template");
        } catch (GgufException e) {
            throw new CommandFailure("gguf", String.valueOf(e.getMessage()));
        }
    }

    private static GgufFile header(ModelStore store, String name) {
        Optional<Path> local = name.equals(Stores.BUNDLED) ? Optional.of(Stores.bundled()) : store.locate(name);
        if (local.isPresent()) {
            return GgufFile.read(local.get());
        }
        try (ByteRangeSource remote = store.open(name)) {
            return GgufFile.read(remote, GgufLimits.defaults());
        }
    }
}
