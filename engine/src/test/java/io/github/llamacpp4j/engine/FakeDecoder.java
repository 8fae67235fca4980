package io.github.llamacpp4j.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A decoder without a model. Its memory behaves like llama.cpp's, refusing what llama.cpp would refuse, and what follows a text
 * depends on every single token of it, so that a wrong cell shows in the output.
 */
final class FakeDecoder implements Decoder {

    /** What a text continues with, by its tokens. */
    interface Language extends Function<int[], Integer> {}

    private static final class Cell {
        final int token;
        final int place;
        final Set<Integer> sequences = new HashSet<>();

        Cell(int token, int place) {
            this.token = token;
            this.place = place;
        }
    }

    private final DecoderLimits limits;
    private final FakeClock clock;
    private final Map<Integer, List<Cell>> sequences = new HashMap<>();
    private final Set<Cell> cells = new LinkedHashSet<>();
    private final BitSet places = new BitSet();
    private final Map<Integer, int[]> outputs = new HashMap<>();

    final List<List<Integer>> batches = new ArrayList<>();
    Language language = FakeDecoder::letterOf;
    Duration perStep = Duration.ofMillis(10);
    Duration perToken = Duration.ofMillis(1);
    Function<TokenBatch, DecodeStatus> before = batch -> DecodeStatus.DECODED;

    @Nullable
    Runnable whileDecoding;

    Runnable whileClosing = () -> {};

    /** The sequences of the last batch. */
    final Set<Integer> together = new TreeSet<>();

    int decodedTokens;

    /** How many places of cells, free ones included, there were at most up to the last one in use. */
    int mostPlaces;

    /** Sequences whose cells are computed for other positions until the next batch; copies made before are wrong. */
    private final Set<Integer> shifted = new HashSet<>();

    private final Set<FakeState> states = new HashSet<>();
    int saves;
    boolean refusesStates;
    volatile boolean closed;
    volatile boolean aborted;

    FakeDecoder(DecoderLimits limits, FakeClock clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** A letter that depends on all tokens. */
    static int letterOf(int[] tokens) {
        return 'a' + Math.floorMod((Arrays.hashCode(tokens) * 31) >> 3, 26);
    }

    @Override
    public DecoderLimits limits() {
        return limits;
    }

    @Override
    public DecodeStatus decode(TokenBatch batch) {
        if (closed) {
            throw new IllegalStateException("decode after close");
        }
        clock.advance(perStep.plus(perToken.multipliedBy(batch.size())));
        if (whileDecoding != null) {
            whileDecoding.run();
        }
        DecodeStatus status = before.apply(batch);
        if (status == DecodeStatus.DECODED && aborted) {
            status = DecodeStatus.ABORTED;
        }
        if (status == DecodeStatus.DECODED && cells.size() + batch.size() > limits.cells()) {
            return DecodeStatus.NO_ROOM;
        }
        if (status == DecodeStatus.FAILED || status == DecodeStatus.ABORTED) {
            add(batch, batch.size() / 2);
        }
        if (status == DecodeStatus.DECODED) {
            outputs.clear();
            shifted.clear();
            add(batch, batch.size());
            record(batch);
        }
        return status;
    }

    private void record(TokenBatch batch) {
        decodedTokens += batch.size();
        Map<Integer, Integer> perSequence = new HashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            perSequence.merge(batch.sequenceId(i), 1, Integer::sum);
        }
        together.clear();
        together.addAll(perSequence.keySet());
        batches.add(perSequence.values().stream().sorted().toList());
    }

    private void add(TokenBatch batch, int count) {
        if (batch.size() == 0 || batch.size() > limits.batchSize()) {
            throw new AssertionError("a batch of " + batch.size() + " tokens");
        }
        for (int i = 0; i < count; i++) {
            List<Cell> sequence = sequence(batch.sequenceId(i));
            if (batch.position(i) != sequence.size()) {
                throw new AssertionError("position " + batch.position(i) + " in sequence " + batch.sequenceId(i)
                        + " of " + sequence.size() + " tokens");
            }
            if (sequence.size() >= limits.sequenceCells()) {
                throw new AssertionError("sequence " + batch.sequenceId(i) + " is full");
            }
            append(batch.token(i), batch.sequenceId(i));
            if (batch.isOutput(i)) {
                outputs.put(i, tokens(batch.sequenceId(i)));
            }
        }
    }

    private void append(int token, int sequenceId) {
        Cell cell = new Cell(token, places.nextClearBit(0));
        cell.sequences.add(sequenceId);
        sequence(sequenceId).add(cell);
        cells.add(cell);
        places.set(cell.place);
        mostPlaces = Math.max(mostPlaces, places.length());
    }

    private void free(Cell cell) {
        cells.remove(cell);
        places.clear(cell.place);
    }

    int[] tokens(int sequenceId) {
        return sequence(sequenceId).stream().mapToInt(cell -> cell.token).toArray();
    }

    int usedCells() {
        return cells.size();
    }

    /** How many cells the sequences hold together. */
    int cellsOf(Collection<Integer> sequenceIds) {
        return (int) cells.stream()
                .filter(cell -> cell.sequences.stream().anyMatch(sequenceIds::contains))
                .count();
    }

    private List<Cell> sequence(int sequenceId) {
        if (sequenceId < 0 || sequenceId >= limits.sequences()) {
            throw new AssertionError("sequence " + sequenceId + " of " + limits.sequences());
        }
        return sequences.computeIfAbsent(sequenceId, id -> new ArrayList<>());
    }

    @Override
    public void copyLogits(int batchIndex, float[] row) {
        int[] tokens = outputs.get(batchIndex);
        if (tokens == null) {
            throw new AssertionError("batch index " + batchIndex + " is no output");
        }
        int hash = Arrays.hashCode(tokens);
        for (int token = 0; token < row.length; token++) {
            row[token] = Math.floorMod((hash * (token + 7)) >> 5, 1000) / 200f - 5;
        }
        row[FakeVocabulary.END] = -20f;
        row[language.apply(tokens)] = 10f;
    }

    @Override
    public void share(int sourceSequence, int targetSequence, int length) {
        List<Cell> source = sequence(sourceSequence);
        List<Cell> target = sequence(targetSequence);
        if (!limits.sharing() || !target.isEmpty() || length > source.size()) {
            throw new AssertionError("share " + length + " of " + source.size() + " with " + target.size());
        }
        for (Cell cell : source.subList(0, length)) {
            cell.sequences.add(targetSequence);
            target.add(cell);
        }
    }

    @Override
    public void cut(int sequence, int fromPosition) {
        if (!limits.cutting()
                && fromPosition > 0
                && fromPosition < sequence(sequence).size()) {
            throw new AssertionError("this memory cannot be cut");
        }
        List<Cell> cut = sequence(sequence)
                .subList(
                        Math.min(fromPosition, sequence(sequence).size()),
                        sequence(sequence).size());
        cut.forEach(cell -> {
            cell.sequences.remove(sequence);
            if (cell.sequences.isEmpty()) {
                free(cell);
            }
        });
        cut.clear();
    }

    @Override
    public void removeAndShift(int sequence, int fromPosition, int toPosition) {
        List<Cell> all = sequence(sequence);
        if (!limits.shifting() || all.stream().anyMatch(cell -> cell.sequences.size() > 1)) {
            throw new AssertionError("shift of shared cells");
        }
        List<Cell> removed = all.subList(fromPosition, toPosition);
        removed.forEach(this::free);
        removed.clear();
        shifted.add(sequence);
    }

    @Override
    public Optional<SavedSequence> save(int sequence) {
        if (shifted.contains(sequence)) {
            throw new AssertionError("sequence " + sequence + " is copied before its cells are shifted");
        }
        saves++;
        FakeState state = new FakeState(tokens(sequence));
        states.add(state);
        return Optional.of(state);
    }

    @Override
    public boolean restore(int sequence, SavedSequence saved) {
        FakeState state = (FakeState) saved;
        if (!sequence(sequence).isEmpty() || cells.size() + state.tokens.length > limits.cells()) {
            throw new AssertionError(
                    "restore into a sequence of " + sequence(sequence).size() + " tokens");
        }
        if (refusesStates || !states.contains(state)) {
            return false;
        }
        for (int token : state.tokens) {
            append(token, sequence);
        }
        return true;
    }

    /** How many bytes the states take that are not closed. */
    long stateBytes() {
        return states.stream().mapToLong(FakeState::sizeBytes).sum();
    }

    private final class FakeState implements SavedSequence {

        private final int[] tokens;

        FakeState(int[] tokens) {
            this.tokens = tokens;
        }

        @Override
        public long sizeBytes() {
            return 8L * tokens.length;
        }

        @Override
        public void close() {
            states.remove(this);
        }
    }

    @Override
    public void abort() {
        aborted = true;
    }

    @Override
    public void close() {
        whileClosing.run();
        closed = true;
    }
}
