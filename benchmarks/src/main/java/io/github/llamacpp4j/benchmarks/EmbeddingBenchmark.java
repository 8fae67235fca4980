package io.github.llamacpp4j.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Embedding 256 short sentences, in sentences per second: by this library, or by a server that speaks OpenAI's protocol.
 * Both read the same file; llama-server is best started with {@code --embeddings -b 2048 -ub 2048} and as many threads.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 5)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class EmbeddingBenchmark {
    private static final int BATCH = 32;

    /** An embedding model; by default the one of the shared corpora. */
    @Param("shared/models/all-minilm/all-minilm-l6-v2-f16.gguf")
    public String model = "";

    /** {@code library}, or a server's address. */
    @Param("library")
    public String target = "";

    /** Threads of the library, in all. */
    @Param("2")
    public int threads;

    /** Tokens of a batch in the library; 0 for its default. */
    @Param("0")
    public int batchTokens;

    private final AtomicInteger next = new AtomicInteger();
    private List<String> sentences = List.of();
    private EmbeddingTarget embeddings = texts -> {};

    /** Loads the model, or finds the server. */
    @Setup(Level.Trial)
    public void open() {
        sentences = ShortSentences.all();
        embeddings = target.equals("library")
                ? new LibraryTarget(Path.of(model), threads, batchTokens)
                : new ServerTarget(target);
        embeddings.embed(sentences.subList(0, BATCH));
    }

    /** Frees the model. */
    @TearDown(Level.Trial)
    public void close() {
        embeddings.close();
    }

    /** One caller, 32 sentences a call. */
    @Benchmark
    @OperationsPerInvocation(ShortSentences.COUNT)
    public void batchesOf32() {
        for (int i = 0; i < ShortSentences.COUNT; i += BATCH) {
            embeddings.embed(sentences.subList(i, i + BATCH));
        }
    }

    /** Eight callers, one sentence a call. */
    @Benchmark
    @Threads(8)
    public void eightCallers() {
        int index = Math.floorMod(next.getAndIncrement(), ShortSentences.COUNT);
        embeddings.embed(List.of(sentences.get(index)));
    }
}
