package io.github.llamacpp4j.engine.embedding;

import io.github.llamacpp4j.model.Batch;
import io.github.llamacpp4j.model.Context;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes sequences in a context that is as large as the largest batch so far. Embedding models attend in both
 * directions and need the whole batch at once ({@code n_ubatch = n_batch}), so a context for the longest text that the
 * model knows would be gigabytes large for most.
 */
final class ContextComputer implements SequenceComputer {

    /** Reads a sequence's row of numbers after a decode. */
    @FunctionalInterface
    interface RowReader {
        float[] read(Context context, int sequenceId, int firstToken, int tokens);
    }

    private final Model model;
    private final ContextOptions options;
    private final RowReader reader;
    private final boolean encodes;
    private final boolean outputsAll;
    private volatile Context context;
    private Batch batch;
    private int threads;

    /**
     * @param options with the size of the first batches; whole batches are needed unless embeddings are off
     * @param reader reads what is wanted
     */
    ContextComputer(Model model, ContextOptions options, RowReader reader) {
        this.model = model;
        this.options = options;
        this.reader = reader;
        this.encodes = model.info().hasEncoder();
        this.outputsAll = options.embeddings();
        this.threads = options.threads();
        this.context = newContext(options.batchSize());
        this.batch = new Batch(context.batchSize());
    }

    /** A context for at least so many tokens at once; llama.cpp wants a multiple of the sequences. */
    private Context newContext(int tokens) {
        int sequences = options.maxSequences();
        int size = Math.ceilDiv(tokens, sequences) * sequences;
        ContextOptions.Builder sized = options.toBuilder().contextSize(size).batchSize(size);
        if (options.embeddings()) {
            sized.microBatchSize(size);
        }
        return model.newContext(sized.build());
    }

    @Override
    public List<float[]> compute(List<int[]> sequences, int wantedThreads) {
        int tokens = sequences.stream().mapToInt(sequence -> sequence.length).sum();
        growTo(tokens);
        if (wantedThreads != threads) {
            context.setThreads(wantedThreads, wantedThreads);
            threads = wantedThreads;
        }
        fill(sequences);
        context.memory().clear(false);
        if (encodes) {
            context.encode(batch);
        } else {
            context.decode(batch);
        }
        List<float[]> rows = new ArrayList<>(sequences.size());
        int first = 0;
        for (int i = 0; i < sequences.size(); i++) {
            int length = sequences.get(i).length;
            rows.add(reader.read(context, i, first, length));
            first += length;
        }
        return rows;
    }

    private void fill(List<int[]> sequences) {
        batch.clear();
        for (int i = 0; i < sequences.size(); i++) {
            int[] tokens = sequences.get(i);
            for (int position = 0; position < tokens.length; position++) {
                batch.add(tokens[position], position, i, outputsAll || position == tokens.length - 1);
            }
        }
    }

    /** Makes room in powers of two, so that texts which grow slowly do not make a context each. */
    private void growTo(int tokens) {
        if (tokens <= context.batchSize()) {
            return;
        }
        Context larger = newContext(Integer.highestOneBit(tokens - 1) << 1);
        context.close();
        context = larger;
        batch = new Batch(larger.batchSize());
        threads = options.threads();
    }

    @Override
    public long estimatedBytes() {
        return context.estimatedBytes();
    }

    @Override
    public void abort() {
        context.abort();
    }

    @Override
    public void close() {
        context.close();
    }
}
