package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.engine.DecoderLimits;
import io.github.llamacpp4j.gguf.GgmlType;
import io.github.llamacpp4j.gguf.GgufException;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.MemoryForecast;
import io.github.llamacpp4j.model.Backends;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.ModelInfo;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says what a server serves, by what means, and which of its sizes were fitted because the user left them open. */
final class ServeReport {

    private final PrintStream out;
    private final Llama llama;
    private final LlamaOptions options;

    ServeReport(PrintStream out, Llama llama, LlamaOptions options) {
        this.out = out;
        this.llama = llama;
        this.options = options;
    }

    void print(String name, Path file) {
        ModelInfo info = llama.model().info();
        out.println("model " + name + ": " + info.description() + ", " + Sizes.count(info.parameterCount())
                + " weights, " + Sizes.megabytes(info.sizeBytes()));
        if (llama.generates()) {
            DecoderLimits limits = llama.engine().limits();
            out.println("slots " + llama.engine().options().parallelSequences() + ", context " + limits.cells()
                    + " tokens for all, at most " + limits.sequenceCells() + " for one, batch " + limits.batchSize());
            cache(file, limits.cells()).ifPresent(out::println);
        }
        out.println("backend " + Backends.libraries().directory() + ": "
                + Backends.devices().stream()
                        .map(device -> device.name() + " (" + device.description() + ")")
                        .collect(Collectors.joining(", ")));
        fitted(info).forEach(line -> out.println("fitted " + line));
    }

    private List<String> fitted(ModelInfo info) {
        ContextOptions context = options.context();
        List<String> fitted = new ArrayList<>();
        if (llama.generates() && context.contextSize() == ContextOptions.MODEL_CONTEXT_SIZE) {
            fitted.add("context to " + llama.engine().limits().cells() + " of the " + info.trainedContextSize()
                    + " tokens that the model was trained on; --context takes another size");
        }
        if (context.threads() == ContextOptions.AVAILABLE_PROCESSORS) {
            fitted.add("threads to " + Runtime.getRuntime().availableProcessors()
                    + " processors; --threads takes another number");
        }
        return fitted;
    }

    /** What the context takes; empty where the file does not tell. */
    private Optional<String> cache(Path file, int cells) {
        ContextOptions context = options.context();
        try {
            MemoryForecast forecast = MemoryForecast.of(
                    List.of(GgufFile.read(file)),
                    cells,
                    GgmlType.valueOf(context.keyType().name()),
                    GgmlType.valueOf(context.valueType().name()));
            return Optional.of("cache " + (forecast.exact() ? "" : "about ")
                    + Sizes.megabytes(forecast.keyValueBytes()) + ", keys " + context.keyType() + ", values "
                    + context.valueType());
        } catch (GgufException unknownShape) {
            return Optional.empty();
        }
    }
}
