package io.github.llamacpp4j.engine.embedding;

import io.github.llamacpp4j.model.Batch;
import io.github.llamacpp4j.model.Context;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Computes sequences in a context that is as large as the largest batch so far. Embedding models attend in both
 * directions and need the whole batch at once ({@code n_ubatch = n_batch}), so a context for the longest text that the
 * model knows would be gigabytes large for most.
 */
final class ContextComputer implements SequenceComputer {

    /** Reads a sequence's row of numbers after a decode; its tokens stand at these places of the batch. */
    @FunctionalInterface
    interface RowReader {
        float[] read(Context context, int sequenceId, int[] places);
    }

    private final Model model;
    private final ContextOptions options;
    private final BatchShape shape;
    private final RowReader reader;
    private final boolean encodes;
    private final boolean outputsAll;
    private volatile Context context;
    private Batch batch;
    private int threads;

    /**
     * @param options with the size of the first batches; whole batches are needed unless embeddings are off
     * @param shape how sequences are laid out
     * @param reader reads what is wanted
     */
    ContextComputer(Model model, ContextOptions options, BatchShape shape, RowReader reader) {
        this.model = model;
        this.options = options;
        this.shape = shape;
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
        BatchLayout layout = layout(sequences);
        growTo(layout.size());
        if (wantedThreads != threads) {
            context.setThreads(wantedThreads, wantedThreads);
            threads = wantedThreads;
        }
        List<int[]> places = layout.places();
        fill(sequences, places, layout.size());
        context.memory().clear(false);
        if (encodes) {
            context.encode(batch);
        } else {
            context.decode(batch);
        }
        List<float[]> rows = new ArrayList<>(sequences.size());
        for (int i = 0; i < sequences.size(); i++) {
            rows.add(reader.read(context, i, places.get(i)));
        }
        return rows;
    }

    private BatchLayout layout(List<int[]> sequences) {
        BatchLayout layout = shape.newLayout();
        for (int[] sequence : sequences) {
            if (!layout.add(sequence.length)) {
                throw new IllegalArgumentException(
                        "expected sequences that fit into a batch of " + shape.tokens() + " tokens");
            }
        }
        return layout;
    }

    /** Gaps are filled with a token that begins a sequence of its own. */
    private void fill(List<int[]> sequences, List<int[]> places, int size) {
        int filler = sequences.getFirst()[0];
        int[] sequenceAt = new int[size];
        int[] positionAt = new int[size];
        Arrays.fill(sequenceAt, shape.sequences());
        for (int i = 0; i < places.size(); i++) {
            int[] of = places.get(i);
            for (int position = 0; position < of.length; position++) {
                sequenceAt[of[position]] = i;
                positionAt[of[position]] = position;
            }
        }
        batch.clear();
        for (int place = 0; place < size; place++) {
            int sequence = sequenceAt[place];
            int position = positionAt[place];
            if (sequence == shape.sequences()) {
                batch.add(filler, 0, sequence, outputsAll);
            } else {
                int[] tokens = sequences.get(sequence);
                batch.add(tokens[position], position, sequence, outputsAll || position == tokens.length - 1);
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
