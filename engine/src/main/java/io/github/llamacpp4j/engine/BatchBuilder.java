package io.github.llamacpp4j.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Puts together the next batch: first everything that is about to yield a token, then pieces of prompts up to a budget. Half of
 * the budget goes to the prompt that has waited longest, so that none starves; the rest to the shortest ones first, because they
 * are done soonest.
 */
final class BatchBuilder {

    /** As few pending tokens as this count as about to yield a token. */
    static final int NEARLY_DONE = 8;

    /** Measured with llama-bench on two cores: 63 and 64 tokens behind none and behind 1,500. */
    private static final double PRICE_OUTSIDE_TILE = 1.5;

    private static final int CELLS_READ_IN_VAIN = 512;

    private final TokenBatch batch;
    private final boolean split;
    private final List<BatchSlice> slices = new ArrayList<>();
    private final Speculation speculation;
    private final Checkpoints checkpoints;
    private int first;
    private int decodeTokens;
    private int draftRoom;

    BatchBuilder(DecoderLimits limits, Speculation speculation, Checkpoints checkpoints) {
        batch = new TokenBatch(limits.batchSize());
        split = limits.split();
        this.speculation = speculation;
        this.checkpoints = checkpoints;
    }

    TokenBatch batch() {
        return batch;
    }

    List<BatchSlice> slices() {
        return slices;
    }

    /** How many tokens of the batch are not pieces of prompts. */
    int decodeTokens() {
        return decodeTokens;
    }

    /**
     * Builds a batch of the sequences that can go on.
     *
     * @param budget how much of prompts fits
     * @param freeCells prompts get at most so many less what the others need
     * @param usedCells how many cells are in use
     */
    void build(List<Sequence> runnable, PrefillBudget budget, int freeCells, int usedCells) {
        clear();
        draftRoom = freeCells;
        for (Sequence sequence : runnable) {
            draftRoom -= Math.min(sequence.pending(), NEARLY_DONE);
        }
        List<Sequence> prefilling = new ArrayList<>();
        for (int i = 0; i < runnable.size(); i++) {
            Sequence sequence = runnable.get((first + i) % runnable.size());
            if (sequence.pending() > Math.min(Math.min(NEARLY_DONE, batch.capacity()), freeCells)) {
                prefilling.add(sequence);
            } else if (sequence.pending() <= batch.room()) {
                add(sequence, sequence.pending());
            }
        }
        decodeTokens = batch.size();
        first = runnable.size() > batch.capacity() ? (first + batch.capacity()) % runnable.size() : 0;
        if (!prefilling.isEmpty()) {
            int limit = Math.min(batch.room(), Math.max(freeCells - decodeTokens, 1));
            addPrompts(prefilling, Math.min(budget.tokens(decodeTokens, isCrowded(prefilling, usedCells)), limit));
        }
    }

    /**
     * Whether tiles of attention would read too many cells in vain. A row by itself costs {@link #PRICE_OUTSIDE_TILE} times as much
     * per cell of its own as in a tile, and as much more as {@link #CELLS_READ_IN_VAIN} cells do, but nothing for the cells of others.
     */
    private boolean isCrowded(List<Sequence> prefilling, int usedCells) {
        int own = prefilling.stream().mapToInt(Sequence::decoded).max().orElse(0);
        return !split
                && decodeTokens + prefilling.size() > 1
                && usedCells - PRICE_OUTSIDE_TILE * own > CELLS_READ_IN_VAIN;
    }

    /** Builds a batch of one sequence only. */
    void buildAlone(Sequence sequence, int atMost) {
        clear();
        int tokens = Math.min(sequence.pending(), Math.min(atMost, batch.capacity()));
        add(sequence, tokens);
        decodeTokens = tokens <= NEARLY_DONE ? batch.size() : 0;
    }

    private void clear() {
        batch.clear();
        slices.clear();
        decodeTokens = 0;
        draftRoom = 0;
    }

    private void addPrompts(List<Sequence> prefilling, int budget) {
        if (budget == 0) {
            return;
        }
        prefilling.sort(
                Comparator.comparingInt((Sequence s) -> -s.request().priority()).thenComparingInt(Sequence::pending));
        Sequence oldest =
                prefilling.stream().min(Comparator.comparingLong(Sequence::id)).orElseThrow();
        int left = budget;
        int reserved = Math.min(oldest.pending(), (budget + 1) / 2);
        for (Sequence sequence : prefilling) {
            int available = sequence == oldest ? left : left - reserved;
            int tokens = Math.min(sequence.pending(), available);
            if (tokens > 0) {
                add(sequence, tokens);
                left = Math.min(left - tokens, batch.room());
            }
            if (sequence == oldest) {
                reserved = 0;
            }
        }
    }

    private void add(Sequence sequence, int most) {
        Branch branch = sequence.branch();
        if (branch == null || most == 0) {
            return;
        }
        int count = sequence.promptLogprobs().clip(checkpoints.clip(sequence, most));
        int start = sequence.decoded();
        boolean whole = count == sequence.pending();
        boolean wantsLogits = whole && sequence.wantsToken();
        int index = batch.size();
        for (int i = 0; i < count; i++) {
            boolean output =
                    (i == count - 1 && wantsLogits) || sequence.promptLogprobs().awaits(start + i + 1);
            batch.add(sequence.tokens().get(start + i), start + i, branch.sequenceId(), output);
        }
        int drafted = wantsLogits ? addDraft(sequence, branch) : 0;
        slices.add(new BatchSlice(sequence, branch, index, count, drafted, wantsLogits));
    }

    /** Guesses take cells that nobody else needs in this step, so that none of them costs a sequence its place. */
    private int addDraft(Sequence sequence, Branch branch) {
        int[] draft = speculation.draft(sequence, Math.clamp(draftRoom, 0, batch.room()));
        draftRoom -= draft.length;
        int start = sequence.tokens().size();
        for (int i = 0; i < draft.length; i++) {
            batch.add(draft[i], start + i, branch.sequenceId(), true);
        }
        return draft.length;
    }
}
