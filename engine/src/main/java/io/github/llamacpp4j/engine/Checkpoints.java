package io.github.llamacpp4j.engine;

/**
 * Where the memory of a prompt is saved while it is read, for models whose memory cannot be cut afterwards: recurrent and hybrid
 * ones and those with a sliding window. A later prompt that begins alike goes on from the last of these places.
 *
 * <p>They are the same for all prompts that begin alike: multiples of an interval that grows with the prompt, so that there are
 * at most {@value #MOST} of them, and the last token but one, from where the same prompt can be answered once more.
 */
final class Checkpoints {

    /** How many places one prompt has at most beside its end. */
    static final int MOST = 8;

    private static final int SHORTEST_INTERVAL = 256;

    /** As many tokens at least lie between two places, and between a place and what is in the memory already. */
    private static final int WORTH_SAVING = 16;

    private final boolean needed;
    private final SequenceStore store;

    Checkpoints(SequenceStore store, EngineOptions options) {
        this.store = store;
        needed = !store.limits().cutting() && !options.deterministic() && options.hostCacheBytes() > 0;
    }

    /** Whether memory is saved at all. */
    boolean isNeeded() {
        return needed;
    }

    /** How many of the next {@code count} tokens of a sequence may be decoded before its memory has to be saved. */
    int clip(Sequence sequence, int count) {
        if (!isSaving(sequence)) {
            return count;
        }
        int decoded = sequence.decoded();
        int end = sequence.promptLength() - 1;
        int interval = interval(end);
        int next = Math.min((decoded / interval + 1) * interval, end);
        return end >= WORTH_SAVING && next > decoded ? Math.min(count, next - decoded) : count;
    }

    /** Saves the memory of a sequence if this is a place for it. */
    void reached(Sequence sequence, Branch branch) {
        if (isSaving(sequence) && isPlace(branch.length(), sequence.promptLength() - 1)) {
            store.checkpoint(branch, sequence.tokens());
        }
    }

    /** The last place of a prompt of {@code promptLength} tokens within its first {@code limit} ones; 0 if there is none. */
    int lastWithin(int promptLength, int limit) {
        int end = promptLength - 1;
        int place = limit >= end ? end : limit / interval(end) * interval(end);
        return needed && isPlace(place, end) ? place : 0;
    }

    private boolean isSaving(Sequence sequence) {
        return needed
                && sequence.request().prefixCache()
                && sequence.pin() == null
                && sequence.decoded() < sequence.promptLength();
    }

    private static boolean isPlace(int position, int end) {
        return position >= WORTH_SAVING
                && (position == end || (position % interval(end) == 0 && end - position >= WORTH_SAVING));
    }

    private static int interval(int end) {
        int interval = SHORTEST_INTERVAL;
        while (end / interval > MOST) {
            interval *= 2;
        }
        return interval;
    }
}
