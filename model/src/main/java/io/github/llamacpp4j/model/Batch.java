package io.github.llamacpp4j.model;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.github.llamacpp4j.ffi.generated.llama_batch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.ref.Reference;
import java.util.function.ToIntFunction;

/**
 * Tokens of one or several sequences, or embeddings in their place, to be computed in one go ({@code llama_batch}). Made once, filled and cleared many
 * times; filling it allocates nothing. A batch may be larger than a context's {@link ContextOptions#batchSize()}: the
 * context splits it.
 *
 * <p>Not thread-safe: fill it on one thread and hand it to {@link Context#decode(Batch)} there. Its memory goes with it,
 * there is nothing to close.
 */
public final class Batch {

    /** The largest capacity. */
    public static final int MAX_CAPACITY = 1 << 22;

    /** The most numbers that the embeddings of a batch have together: 1 GiB of them. */
    public static final int MAX_EMBEDDING_NUMBERS = 1 << 28;

    private final int capacity;
    private final int maxSequencesPerToken;
    private final int embeddingSize;
    private final MemorySegment tokens;
    private final MemorySegment positions;
    private final MemorySegment sequenceCounts;
    private final MemorySegment sequenceIds;
    private final MemorySegment sequencePointers;
    private final MemorySegment outputs;
    private final MemorySegment struct;

    private int size;
    private int outputCount;
    private int largestToken;
    private int largestSequenceId;
    private int largestPosition;
    private boolean shared;
    private int structStart;

    /**
     * A batch whose tokens belong to one sequence each.
     *
     * @param capacity the most tokens, 1 to {@link #MAX_CAPACITY}
     */
    public Batch(int capacity) {
        this(capacity, 1);
    }

    /**
     * A batch whose tokens may belong to several sequences at once, which share their memory.
     *
     * @param capacity the most tokens, 1 to {@link #MAX_CAPACITY}
     * @param maxSequencesPerToken the most sequences of one token, 1 to {@link ContextOptions#MAX_SEQUENCES}
     */
    public Batch(int capacity, int maxSequencesPerToken) {
        this(Arena.ofAuto(), capacity, maxSequencesPerToken, 0);
    }

    /**
     * A batch of embeddings in place of token ids, such as an image encoder or a soft prompt gives. All of its entries are
     * embeddings: {@link #add(float[], int, int, boolean)} fills it.
     *
     * @param capacity the most embeddings, 1 to {@link #MAX_CAPACITY}
     * @param embeddingSize how many numbers each has: the model's {@link ModelInfo#inputEmbeddingSize()}
     * @throws IllegalArgumentException if a number is out of range, or they have more than
     *     {@link #MAX_EMBEDDING_NUMBERS} together
     */
    public static Batch ofEmbeddings(int capacity, int embeddingSize) {
        if (embeddingSize < 1 || (long) capacity * embeddingSize > MAX_EMBEDDING_NUMBERS) {
            throw new IllegalArgumentException("embeddings have 1 number or more and at most " + MAX_EMBEDDING_NUMBERS
                    + " in all of a batch, found " + capacity + " of " + embeddingSize);
        }
        return new Batch(Arena.ofAuto(), capacity, 1, embeddingSize);
    }

    /** A batch of tokens whose memory the caller frees. */
    Batch(Arena arena, int capacity, int maxSequencesPerToken) {
        this(arena, capacity, maxSequencesPerToken, 0);
    }

    private Batch(Arena arena, int capacity, int maxSequencesPerToken, int embeddingSize) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("capacity must be from 1 to " + MAX_CAPACITY + ", found " + capacity);
        }
        if (maxSequencesPerToken < 1 || maxSequencesPerToken > ContextOptions.MAX_SEQUENCES) {
            throw new IllegalArgumentException("maxSequencesPerToken must be from 1 to " + ContextOptions.MAX_SEQUENCES
                    + ", found " + maxSequencesPerToken);
        }
        this.capacity = capacity;
        this.maxSequencesPerToken = maxSequencesPerToken;
        this.embeddingSize = embeddingSize;
        int entryBytes = Integer.BYTES * Math.max(1, embeddingSize);
        SegmentAllocator memory = SegmentAllocator.slicingAllocator(
                arena.allocate(bytes(capacity, maxSequencesPerToken, entryBytes), llama_batch.LAYOUT.byteAlignment()));
        this.struct = llama_batch.allocate(memory);
        this.sequencePointers = memory.allocate(ADDRESS, capacity + 1L);
        this.tokens = memory.allocate((long) capacity * entryBytes, Integer.BYTES);
        this.positions = memory.allocate(JAVA_INT, capacity);
        this.sequenceCounts = memory.allocate(JAVA_INT, capacity);
        this.sequenceIds = memory.allocate(JAVA_INT, (long) capacity * maxSequencesPerToken);
        this.outputs = memory.allocate(JAVA_BYTE, capacity);
        long stride = (long) maxSequencesPerToken * Integer.BYTES;
        for (int i = 0; i < capacity; i++) {
            sequencePointers.setAtIndex(ADDRESS, i, sequenceIds.asSlice(i * stride, stride));
        }
        pointStructAt(0);
        clear();
    }

    private static long bytes(int capacity, int maxSequencesPerToken, int entryBytes) {
        long integers = (2L + maxSequencesPerToken) * Integer.BYTES;
        return llama_batch.SIZE + (capacity + 1L) * (ADDRESS.byteSize() + integers + entryBytes + 1);
    }

    /** The most tokens. */
    public int capacity() {
        return capacity;
    }

    /** How many tokens there are. */
    public int size() {
        return size;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** Removes all tokens. */
    public void clear() {
        size = 0;
        outputCount = 0;
        largestToken = -1;
        largestSequenceId = -1;
        largestPosition = -1;
        shared = false;
    }

    /**
     * Appends a token of one sequence.
     *
     * @param token its id
     * @param position its place in the sequence, from 0; consecutive within each sequence
     * @param sequenceId the sequence
     * @param output whether logits (or an embedding) are computed for it
     * @return its index in this batch, by which {@link Context#logits(int)} knows it
     * @throws IllegalStateException if the batch is full
     * @throws IllegalArgumentException if a number is negative
     */
    public int add(int token, int position, int sequenceId, boolean output) {
        requireSequence(sequenceId);
        int index = append(token, position, 1, output);
        setSequence(index, 0, sequenceId);
        return index;
    }

    /**
     * Appends an embedding of one sequence to a batch {@linkplain #ofEmbeddings(int, int) of embeddings}.
     *
     * @param embedding its numbers, copied
     * @param position its place in the sequence, from 0; consecutive within each sequence
     * @param sequenceId the sequence
     * @param output whether logits (or an embedding) are computed for it
     * @return its index in this batch
     * @throws IllegalStateException if the batch is full or one of tokens
     * @throws IllegalArgumentException if a number is negative, or the embedding has another size or a number that is not
     *     finite
     */
    public int add(float[] embedding, int position, int sequenceId, boolean output) {
        if (embeddingSize == 0) {
            throw new IllegalStateException("this batch holds tokens: make one with Batch.ofEmbeddings");
        }
        requireSequence(sequenceId);
        if (embedding.length != embeddingSize) {
            throw new IllegalArgumentException(
                    "embeddings of this batch have " + embeddingSize + " numbers, found " + embedding.length);
        }
        for (float value : embedding) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException("the embedding contains " + value + ", expected finite numbers");
            }
        }
        int index = appendEntry(position, 1, output);
        MemorySegment.copy(embedding, 0, tokens, JAVA_FLOAT, entryOffset(index), embeddingSize);
        setSequence(index, 0, sequenceId);
        return index;
    }

    /**
     * Appends a token that several sequences share; their memories must be equal so far.
     *
     * @param token its id
     * @param position its place in all of the sequences, from 0
     * @param sequences the sequences, each once
     * @param output whether logits are computed for it
     * @return its index in this batch
     * @throws IllegalStateException if the batch is full
     * @throws IllegalArgumentException if a number is negative or there are no or too many sequences
     */
    public int add(int token, int position, int[] sequences, boolean output) {
        if (sequences.length < 1 || sequences.length > maxSequencesPerToken) {
            throw new IllegalArgumentException("a token of this batch belongs to 1 to " + maxSequencesPerToken
                    + " sequences, found " + sequences.length);
        }
        for (int i = 0; i < sequences.length; i++) {
            requireSequence(sequences[i]);
            for (int j = 0; j < i; j++) {
                if (sequences[i] == sequences[j]) {
                    throw new IllegalArgumentException("sequence " + sequences[i] + " is named twice");
                }
            }
        }
        int index = append(token, position, sequences.length, output);
        for (int i = 0; i < sequences.length; i++) {
            setSequence(index, i, sequences[i]);
        }
        shared |= sequences.length > 1;
        return index;
    }

    private int append(int token, int position, int sequences, boolean output) {
        if (embeddingSize > 0) {
            throw new IllegalStateException("this batch holds embeddings: make one for tokens with new Batch");
        }
        if (token < 0) {
            throw new IllegalArgumentException(
                    "token and position must not be negative, found " + token + " and " + position);
        }
        int index = appendEntry(position, sequences, output);
        tokens.setAtIndex(JAVA_INT, index, token);
        largestToken = Math.max(largestToken, token);
        return index;
    }

    private int appendEntry(int position, int sequences, boolean output) {
        if (size == capacity) {
            throw new IllegalStateException("the batch is full: it holds " + capacity + " tokens");
        }
        if (position < 0) {
            throw new IllegalArgumentException("a position must not be negative, found " + position);
        }
        positions.setAtIndex(JAVA_INT, size, position);
        sequenceCounts.setAtIndex(JAVA_INT, size, sequences);
        outputs.set(JAVA_BYTE, size, (byte) (output ? 1 : 0));
        largestPosition = Math.max(largestPosition, position);
        outputCount += output ? 1 : 0;
        return size++;
    }

    private static void requireSequence(int sequenceId) {
        if (sequenceId < 0 || sequenceId >= ContextOptions.MAX_SEQUENCES) {
            throw new IllegalArgumentException(
                    "sequence ids go from 0 to " + (ContextOptions.MAX_SEQUENCES - 1) + ", found " + sequenceId);
        }
    }

    private void setSequence(int index, int slot, int sequenceId) {
        sequenceIds.setAtIndex(JAVA_INT, (long) index * maxSequencesPerToken + slot, sequenceId);
        largestSequenceId = Math.max(largestSequenceId, sequenceId);
    }

    /** Hands the native view of {@code count} tokens from {@code start} to a native call. */
    int apply(int start, int count, ToIntFunction<MemorySegment> call) {
        try {
            if (start != structStart) {
                pointStructAt(start);
            }
            llama_batch.n_tokens(struct, count);
            return call.applyAsInt(struct);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private long entryOffset(int index) {
        return (long) index * Math.max(1, embeddingSize) * Integer.BYTES;
    }

    private void pointStructAt(int start) {
        MemorySegment entries = tokens.asSlice(entryOffset(start));
        llama_batch.token(struct, embeddingSize == 0 ? entries : MemorySegment.NULL);
        llama_batch.embd(struct, embeddingSize == 0 ? MemorySegment.NULL : entries);
        llama_batch.pos(struct, positions.asSlice((long) start * Integer.BYTES));
        llama_batch.n_seq_id(struct, sequenceCounts.asSlice((long) start * Integer.BYTES));
        llama_batch.seq_id(struct, sequencePointers.asSlice(start * ADDRESS.byteSize()));
        llama_batch.logits(struct, outputs.asSlice(start));
        structStart = start;
    }

    /** Copies which of {@code count} tokens from {@code start} have an output. */
    void copyOutputs(int start, int count, byte[] destination) {
        for (int i = 0; i < count; i++) {
            destination[i] = outputs.get(JAVA_BYTE, start + i);
        }
    }

    boolean output(int index) {
        return outputs.get(JAVA_BYTE, index) != 0;
    }

    /** How many numbers each entry has; 0 if the entries are tokens. */
    int embeddingSize() {
        return embeddingSize;
    }

    int outputCount() {
        return outputCount;
    }

    int largestToken() {
        return largestToken;
    }

    int largestSequenceId() {
        return largestSequenceId;
    }

    int largestPosition() {
        return largestPosition;
    }

    boolean hasSharedTokens() {
        return shared;
    }
}
