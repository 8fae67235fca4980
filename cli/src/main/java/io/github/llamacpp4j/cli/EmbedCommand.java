package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.engine.embedding.Embedder;
import io.github.llamacpp4j.engine.embedding.EmbedderOptions;
import io.github.llamacpp4j.engine.embedding.Embedding;
import io.github.llamacpp4j.engine.embedding.EmbeddingFailedException;
import io.github.llamacpp4j.engine.embedding.EmbeddingStream;
import io.github.llamacpp4j.engine.embedding.EmptyTextException;
import io.github.llamacpp4j.engine.embedding.InstructionPrefixes;
import io.github.llamacpp4j.engine.embedding.Normalization;
import io.github.llamacpp4j.engine.embedding.TextRole;
import io.github.llamacpp4j.engine.embedding.TextTooLongException;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Pooling;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code embed}: each line of standard input to a vector. */
@Command(
        name = "embed",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Turns each line of standard input into a vector.",
        footer = {
            "",
            "jsonl:  {\"index\":0,\"embedding\":[…],\"tokens\":7,\"truncated\":false} for each line; a line that fails gives",
            "        {\"index\":1,\"ok\":false,\"error\":{\"kind\":…,\"message\":…}}",
            "csv:    index,tokens,truncated and the numbers, without a header",
            "binary: the numbers as little-endian float32, one vector after another, nothing else",
            "Batch lines of --jsonl hold \"text\" and are answered with \"ok\" in front."
        })
final class EmbedCommand implements Callable<Integer>, CheckedFlags {

    private final Terminal terminal;

    @Mixin
    private EmbeddingFlags computing = new EmbeddingFlags();

    @Option(names = "--output", paramLabel = "FILE", description = "Write there (default: standard output).")
    private @Nullable Path output;

    @Option(names = "--format", paramLabel = "jsonl|csv|binary", description = "What is written (default jsonl).")
    private VectorFormat format = VectorFormat.JSONL;

    @Option(
            names = "--normalize",
            paramLabel = "l2|none|max-abs|pN",
            description =
                    "Scale vectors: Euclidean length 1 (default), not, largest number 32760, or p-norm 1 such as p1.")
    private String normalization = "l2";

    @Option(
            names = "--pooling",
            paramLabel = "TYPE",
            description = "From tokens to a vector: model (default), mean, cls, last, rank.")
    private Pooling pooling = Pooling.MODEL;

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Put an instruction in front of each text.")
    private String prefix = "";

    @Option(
            names = "--dimensions",
            paramLabel = "N",
            description = "Keep the first N numbers, scaled again as --normalize says.")
    private @Nullable Integer dimensions;

    @Option(names = "--jsonl", description = "Read JSON requests line by line.")
    private boolean batch;

    EmbedCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void check() {
        if (dimensions != null) {
            Flags.requirePositive("--dimensions", dimensions);
        }
        if (batch && format != VectorFormat.JSONL) {
            throw new CommandFailure("usage", "--jsonl answers in JSON: leave --format out");
        }
        if (pooling == Pooling.NONE) {
            throw new CommandFailure("usage", "this command writes one vector for each line: choose another --pooling");
        }
        computing.check();
        options();
    }

    private EmbedderOptions options() {
        return computing
                .change(EmbedderOptions.defaults())
                .pooling(pooling)
                .normalization(parsed(normalization))
                .prefixes(new InstructionPrefixes("", prefix))
                .build();
    }

    @Override
    public Integer call() throws IOException {
        try (Model model = computing.load(terminal);
                Embedder embedder = Embedder.open(model, options());
                BufferedReader reader = terminal.lines();
                OutputStream out = open();
                ProgressBar progress = new ProgressBar(terminal, "embed", ProgressBar.Unit.ITEMS)) {
            requireDimensions(embedder.size());
            embed(embedder, new TextLines(reader, batch), out, progress);
        }
        return 0;
    }

    private void requireDimensions(int size) {
        if (dimensions != null) {
            Flags.requireRange("--dimensions", dimensions, 1, size);
        }
    }

    /** Every line is answered, in order; only JSON can tell what was wrong with one. */
    private void embed(Embedder embedder, TextLines texts, OutputStream out, ProgressBar progress) throws IOException {
        try (EmbeddingStream stream = embedder.stream(texts, TextRole.DOCUMENT)) {
            for (long index = 0; stream.hasNext(); index++) {
                answer(embedder, stream, texts, index, out);
                if (output != null || !terminal.interactive()) {
                    progress.update(index + 1, 0);
                }
            }
        }
    }

    private void answer(Embedder embedder, EmbeddingStream stream, TextLines texts, long index, OutputStream out)
            throws IOException {
        try {
            Embedding embedding = cut(stream.next(), embedder.options().normalization());
            Optional<CommandFailure> refused = texts.failure(index);
            if (refused.isPresent()) {
                fail(out, index, refused.get());
            } else {
                format.write(out, index, embedding, batch);
            }
        } catch (TextTooLongException
                | EmptyTextException
                | EmbeddingFailedException
                | IllegalArgumentException failed) {
            fail(out, index, texts.failure(index).orElseGet(() -> EmbeddingFlags.failure(failed)));
        }
    }

    private Embedding cut(Embedding embedding, Normalization scale) {
        return dimensions == null ? embedding : embedding.shortened(dimensions, scale);
    }

    private void fail(OutputStream out, long index, CommandFailure failure) throws IOException {
        if (format != VectorFormat.JSONL) {
            throw new CommandFailure(failure.kind(), "line " + (index + 1) + ": " + failure.getMessage());
        }
        VectorFormat.writeFailure(out, index, failure);
    }

    private OutputStream open() throws IOException {
        return output == null
                ? new BufferedOutputStream(terminal.out()) {
                    @Override
                    public void close() throws IOException {
                        flush();
                    }
                }
                : new BufferedOutputStream(Files.newOutputStream(output), 1 << 16);
    }

    private static Normalization parsed(String name) {
        return switch (name) {
            case "none" -> Normalization.none();
            case "l2" -> Normalization.l2();
            case "max-abs" -> Normalization.maxAbsolute();
            default -> {
                if (!name.matches("p\\d{1,3}")) {
                    throw new CommandFailure(
                            "usage", "--normalize is l2, none, max-abs, or p with a number; found " + name);
                }
                yield Normalization.pNorm(Integer.parseInt(name.substring(1)));
            }
        };
    }
}
