package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.model.Backends;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Device;
import io.github.llamacpp4j.model.FlashAttention;
import io.github.llamacpp4j.model.KvCacheType;
import io.github.llamacpp4j.model.LoadMode;
import io.github.llamacpp4j.model.ModelOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** On what, and with how much memory, a model runs. */
final class RuntimeFlags {

    private static final int DRAFT_TOKENS = 4;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Threads that generate (default: the processors that the JVM may use).")
    @Nullable
    Integer threads;

    @Option(
            names = "--threads-batch",
            paramLabel = "N",
            description = "Threads that read prompts (default: as --threads).")
    @Nullable
    Integer batchThreads;

    @Option(
            names = {"-c", "--context"},
            paramLabel = "N",
            description = "Tokens that fit in the context (default: what the model was trained on, 8192 at most).")
    @Nullable
    Integer context;

    @Option(names = "--batch-size", paramLabel = "N", description = "Most tokens per decode (default 2048).")
    @Nullable
    Integer batchSize;

    @Option(names = "--ubatch-size", paramLabel = "N", description = "Most tokens computed at once (default 512).")
    @Nullable
    Integer microBatchSize;

    @Option(names = "--gpu-layers", paramLabel = "N", description = "Layers kept on a GPU; -1 is all (default -1).")
    @Nullable
    Integer gpuLayers;

    @Option(
            names = "--device",
            split = ",",
            paramLabel = "NAME",
            description = "Compute on these devices only, CPU for none but the processor; see doctor for the names.")
    List<String> devices = new ArrayList<>();

    @Option(
            names = "--draft-model",
            paramLabel = "FILE",
            description = "A smaller GGUF file with the same vocabulary that guesses ahead; answers stay as they are.")
    @Nullable
    Path draftModel;

    @Option(
            names = "--draft-tokens",
            paramLabel = "N",
            description = "Tokens to guess per step, from the text so far or by --draft-model; 0 is off "
                    + "(default 0, with --draft-model 4).")
    @Nullable
    Integer draftTokens;

    @Option(
            names = "--load-mode",
            paramLabel = "MODE",
            description = "How the file is read: ${COMPLETION-CANDIDATES} (default AUTO).")
    @Nullable
    LoadMode loadMode;

    @Option(
            names = "--flash-attention",
            paramLabel = "auto|on|off",
            converter = OnOrOff.class,
            description = "Flash attention (default auto).")
    @Nullable
    FlashAttention flashAttention;

    @Option(
            names = "--cache-type-k",
            paramLabel = "TYPE",
            description = "Number format of cached keys: ${COMPLETION-CANDIDATES} (default F16).")
    @Nullable
    KvCacheType keyType;

    @Option(
            names = "--cache-type-v",
            paramLabel = "TYPE",
            description = "Number format of cached values (default F16).")
    @Nullable
    KvCacheType valueType;

    /** What llama.cpp's own tools call it. */
    private static final class OnOrOff implements ITypeConverter<FlashAttention> {
        @Override
        public FlashAttention convert(String word) {
            return switch (word.toLowerCase(Locale.ROOT)) {
                case "auto" -> FlashAttention.AUTO;
                case "on", "enabled" -> FlashAttention.ENABLED;
                case "off", "disabled" -> FlashAttention.DISABLED;
                default -> throw new TypeConversionException("expected auto, on or off, found " + word);
            };
        }
    }

    /** Options with these flags and {@code parallel} sequences at a time. */
    LlamaOptions toOptions(int parallel) {
        LlamaOptions.Builder options = LlamaOptions.builder()
                .model(this::fill)
                .context(this::fill)
                .engine(engine -> engine.parallelSequences(parallel));
        Flags.set(draftTokens, tokens -> options.engine(engine -> engine.speculativeTokens(tokens)));
        Flags.requireFile("--draft-model", draftModel);
        Flags.set(draftModel, file -> options.draftModel(file, draftTokens == null ? DRAFT_TOKENS : draftTokens));
        return options.build();
    }

    private void fill(ModelOptions.Builder model) {
        Flags.set(gpuLayers, model::gpuLayers);
        Flags.set(loadMode, model::loadMode);
        if (!devices.isEmpty()) {
            model.devices(devices.stream().map(RuntimeFlags::device).toList());
        }
    }

    private void fill(ContextOptions.Builder builder) {
        Flags.set(context, builder::contextSize);
        Flags.set(batchSize, builder::batchSize);
        Flags.set(microBatchSize, builder::microBatchSize);
        Flags.set(threads, builder::threads);
        Flags.set(batchThreads == null ? threads : batchThreads, builder::batchThreads);
        Flags.set(flashAttention, builder::flashAttention);
        Flags.set(keyType, builder::keyType);
        Flags.set(valueType, builder::valueType);
    }

    private static Device device(String name) {
        List<Device> known = Backends.devices();
        return known.stream()
                .filter(device -> device.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        "usage",
                        "no device is called " + name + "; this machine has "
                                + known.stream().map(Device::name).collect(Collectors.joining(", "))));
    }
}
