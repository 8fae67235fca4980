package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.gguf.ByteRangeSource;
import io.github.llamacpp4j.gguf.GgmlType;
import io.github.llamacpp4j.gguf.GgufException;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufLimits;
import io.github.llamacpp4j.gguf.GgufSplit;
import io.github.llamacpp4j.store.ModelStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inspect}: what a GGUF file says about itself and how much memory it will take. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description =
                "Shows metadata, tensors, chat template and a memory forecast of a model, from a file, the store, or, "
                        + "without fetching the model, from its header behind hf: or https:.")
final class InspectCommand implements Callable<Integer> {

    private static final List<GgmlType> CACHE_TYPES = List.of(
            GgmlType.F32,
            GgmlType.F16,
            GgmlType.BF16,
            GgmlType.Q8_0,
            GgmlType.Q4_0,
            GgmlType.Q4_1,
            GgmlType.IQ4_NL,
            GgmlType.Q5_0,
            GgmlType.Q5_1);

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            description = "A GGUF file, an alias, a stored model, hf:owner/repo[:QUANT] or https://…")
    private @Nullable String positional;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "The same as an option.")
    private @Nullable String named;

    @Option(
            names = {"-c", "--context"},
            paramLabel = "TOKENS",
            description = "Context for the memory forecast (default: what the model was trained for).")
    private @Nullable Long contextSize;

    @Option(
            names = {"-ctk", "--cache-type-k"},
            paramLabel = "TYPE",
            description = "How keys are cached: F32, F16, BF16, Q8_0, Q4_0, … (default F16).")
    private GgmlType keyType = GgmlType.F16;

    @Option(
            names = {"-ctv", "--cache-type-v"},
            paramLabel = "TYPE",
            description = "How values are cached (default F16).")
    private GgmlType valueType = GgmlType.F16;

    @Option(names = "--tensors", description = "List every tensor.")
    private boolean tensors;

    @Option(names = "--template", description = "Print the chat template and nothing else.")
    private boolean template;

    @Option(names = "--full", description = "Show long texts and arrays whole.")
    private boolean full;

    @Option(names = "--offline", description = "Ask no server.")
    private boolean offline;

    @Mixin
    private OutputFlag output = new OutputFlag();

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        check();
        String name = modelName();
        ModelStore store = Stores.open(offline);
        try {
            Inspection inspection = Stores.failing(() -> inspect(store, name));
            if (template) {
                terminal.out().print(inspection.template());
            } else if (output.json()) {
                terminal.out().println(Json.pretty(inspection.json(full)));
            } else {
                new InspectionText(inspection, terminal.out(), full).print(tensors);
            }
            return 0;
        } catch (GgufException e) {
            throw new CommandFailure("gguf", String.valueOf(e.getMessage()));
        }
    }

    private void check() {
        for (GgmlType type : List.of(keyType, valueType)) {
            if (!CACHE_TYPES.contains(type)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "A cache cannot be of type " + type + "; choose one of " + CACHE_TYPES + ".");
            }
        }
        if (contextSize != null) {
            Flags.requireRange("--context", contextSize, 1, 1L << 31);
        }
        if (positional != null && named != null) {
            throw new ParameterException(spec.commandLine(), "Name one model, not two.");
        }
    }

    private String modelName() {
        if (positional != null) {
            return positional;
        }
        return named != null
                ? named
                : Stores.failing(() -> Stores.open(true).defaultName().orElse(Stores.DEFAULT_ALIAS));
    }

    private Inspection inspect(ModelStore store, String name) {
        Optional<Path> local = name.equals(Stores.BUNDLED) ? Optional.of(Stores.bundled()) : store.locate(name);
        if (local.isPresent()) {
            return inspection(local.get().toString(), parts(local.get()));
        }
        try (ByteRangeSource source = store.open(name)) {
            return inspection(source.description(), List.of(GgufFile.read(source, GgufLimits.defaults())));
        }
    }

    private Inspection inspection(String place, List<GgufFile> files) {
        return new Inspection(place, files, contextSize, keyType, valueType);
    }

    /** The file, or all files of the model that it begins. */
    private static List<GgufFile> parts(Path path) {
        GgufFile file = GgufFile.read(path);
        boolean begins = file.split()
                .filter(split -> split.index() == 0 && split.count() > 1)
                .isPresent();
        if (!begins) {
            return List.of(file);
        }
        return GgufSplit.paths(path).stream()
                .filter(Files::isRegularFile)
                .map(GgufFile::read)
                .toList();
    }
}
