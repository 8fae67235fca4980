package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.engine.embedding.EmbedderOptions;
import io.github.llamacpp4j.engine.embedding.EmbeddingException;
import io.github.llamacpp4j.engine.embedding.EmptyTextException;
import io.github.llamacpp4j.engine.embedding.LongTextPolicy;
import io.github.llamacpp4j.engine.embedding.TextTooLongException;
import io.github.llamacpp4j.model.FlashAttention;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.ModelOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How {@code embed} and {@code rerank} compute. */
final class EmbeddingFlags implements CheckedFlags {

    @Mixin
    private ModelFlags model = new ModelFlags();

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Threads in all (default: the processors that the JVM may use).")
    private @Nullable Integer threads;

    @Option(
            names = "--contexts",
            paramLabel = "N",
            description = "Batches computed side by side (default: as suits the model and the machine).")
    private @Nullable Integer contexts;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Tokens computed at once (default 256 on processors, 2048 on a GPU).")
    private @Nullable Integer batchTokens;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Tokens that a text may have (default: the model's).")
    private @Nullable Integer maxTokens;

    @Option(
            names = "--long-texts",
            paramLabel = "error|truncate|split",
            description = "What happens to texts that are too long: ${COMPLETION-CANDIDATES}.")
    private @Nullable LongTextPolicy longTexts;

    @Option(names = "--gpu-layers", paramLabel = "N", description = "Layers kept on a GPU; -1 is all (default -1).")
    private @Nullable Integer gpuLayers;

    @Option(
            names = "--flash-attention",
            paramLabel = "auto|on|off",
            description = "Flash attention: ${COMPLETION-CANDIDATES} (default auto).")
    private @Nullable FlashAttention flashAttention;

    Model load(Terminal terminal) {
        return Model.load(model.path(terminal), loading());
    }

    private ModelOptions loading() {
        ModelOptions.Builder options = ModelOptions.builder();
        Flags.set(gpuLayers, options::gpuLayers);
        return options.build();
    }

    @Override
    public void check() {
        loading();
        change(EmbedderOptions.defaults()).build();
    }

    /** The options with these flags. */
    EmbedderOptions.Builder change(EmbedderOptions options) {
        EmbedderOptions.Builder builder = options.toBuilder();
        Flags.set(threads, builder::threads);
        Flags.set(contexts, builder::contexts);
        Flags.set(batchTokens, builder::batchTokens);
        Flags.set(maxTokens, builder::maxTokens);
        Flags.set(longTexts, builder::longTexts);
        Flags.set(flashAttention, builder::flashAttention);
        return builder;
    }

    /** What a batch line is told when its text fails. */
    static CommandFailure failure(RuntimeException cause) {
        return switch (cause) {
            case TextTooLongException tooLong ->
                new CommandFailure(
                        "limit",
                        "the text has " + tooLong.tokens() + " tokens, at most " + tooLong.maxTokens()
                                + " fit; shorten it or choose --long-texts truncate or split");
            case EmptyTextException empty -> failure("empty", empty);
            case EmbeddingException other -> failure("failed", other);
            case IllegalArgumentException other -> failure("request", other);
            default -> failure("internal", cause);
        };
    }

    private static CommandFailure failure(String kind, RuntimeException cause) {
        return new CommandFailure(kind, String.valueOf(cause.getMessage()));
    }
}
