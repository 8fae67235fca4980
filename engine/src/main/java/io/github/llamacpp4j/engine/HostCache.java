package io.github.llamacpp4j.engine;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Saved states of sequences, which it owns, within a number of bytes; the least recently used go first. Copying a state back takes milliseconds
 * where computing it anew takes seconds.
 *
 * <p>Where the decoder's memory can be cut, they are of sequences that had to leave it, one state serves all beginnings of its
 * text, and it moves back when it is used. Where it cannot, a state is good for texts that begin with all of it only, so states of
 * the beginnings stay beside it, and each may serve many.
 */
final class HostCache {

    /** A saved sequence. */
    static final class Entry {

        private final int[] tokens;
        private final SavedSequence state;

        Entry(int[] tokens, SavedSequence state) {
            this.tokens = tokens;
            this.state = state;
        }

        int length() {
            return tokens.length;
        }

        int token(int index) {
            return tokens[index];
        }

        SavedSequence state() {
            return state;
        }

        private int commonPrefix(int[] sought, int limit) {
            int compared = Math.min(tokens.length, limit);
            int mismatch = Arrays.mismatch(tokens, 0, compared, sought, 0, compared);
            return mismatch < 0 ? compared : mismatch;
        }

        private long bytes() {
            return state.sizeBytes() + (long) Integer.BYTES * tokens.length;
        }
    }

    /** An entry and how much of it a text begins with. */
    record Hit(Entry entry, int length) {}

    private static final int MOST_ENTRIES = 256;

    private final long capacityBytes;
    private final boolean wholeOnly;
    private final Map<Entry, Entry> entries = new LinkedHashMap<>();
    private long usedBytes;
    private double bytesPerToken;

    HostCache(long capacityBytes, boolean wholeOnly) {
        this.capacityBytes = capacityBytes;
        this.wholeOnly = wholeOnly;
    }

    boolean isEnabled() {
        return capacityBytes > 0;
    }

    long usedBytes() {
        return usedBytes;
    }

    /** Whether a sequence of so many tokens can be expected to leave room for another of its size. */
    boolean welcomes(int tokens) {
        return isEnabled() && 2 * bytesPerToken * tokens <= capacityBytes;
    }

    /** Whether there is a state of just the first {@code length} tokens; it counts as used if so. */
    boolean holds(int[] tokens, int length) {
        Optional<Entry> held = entries.keySet().stream()
                .filter(entry -> entry.length() == length && entry.commonPrefix(tokens, length) == length)
                .findFirst();
        held.ifPresent(this::touch);
        return held.isPresent();
    }

    /** Keeps a state unless it alone is too large. Entries that it replaces are dropped. */
    void add(int[] tokens, SavedSequence state) {
        add(new Entry(tokens, state));
    }

    private void add(Entry entry) {
        bytesPerToken = (double) entry.bytes() / Math.max(1, entry.length());
        if (entry.bytes() > capacityBytes) {
            entry.state().close();
            return;
        }
        for (Entry other : Map.copyOf(entries).keySet()) {
            boolean replaced = !wholeOnly || other.length() == entry.length();
            if (replaced && other.commonPrefix(entry.tokens, entry.length()) == other.length()) {
                drop(other);
            }
        }
        while (usedBytes + entry.bytes() > capacityBytes || entries.size() >= MOST_ENTRIES) {
            drop(entries.keySet().iterator().next());
        }
        entries.put(entry, entry);
        usedBytes += entry.bytes();
    }

    /** The entry with the longest usable common prefix with the first {@code limit} tokens. */
    Optional<Hit> find(int[] tokens, int limit) {
        Hit best = null;
        for (Entry entry : entries.keySet()) {
            int common = entry.commonPrefix(tokens, limit);
            boolean usable = common > 0 && (!wholeOnly || common == entry.length());
            if (usable && (best == null || common > best.length())) {
                best = new Hit(entry, common);
            }
        }
        return Optional.ofNullable(best);
    }

    /** Takes an entry out, to be copied back; false if it was not in here. */
    boolean take(Entry entry) {
        boolean held = entries.remove(entry) != null;
        if (held) {
            usedBytes -= entry.bytes();
        }
        return held;
    }

    /** Keeps an entry that was taken out, as the one used last, where it may serve others; else frees it. */
    void giveBack(Entry entry) {
        if (wholeOnly) {
            add(entry);
        } else {
            entry.state().close();
        }
    }

    private void touch(Entry entry) {
        if (entries.remove(entry) != null) {
            entries.put(entry, entry);
        }
    }

    private void drop(Entry entry) {
        if (take(entry)) {
            entry.state().close();
        }
    }
}
