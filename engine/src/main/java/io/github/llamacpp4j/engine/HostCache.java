package io.github.llamacpp4j.engine;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Saved states of sequences that had to leave the decoder's memory, within a number of bytes; the least recently used go first.
 * Copying a state back takes milliseconds where computing it anew takes seconds.
 */
final class HostCache {

    /** A saved sequence. */
    static final class Entry {

        private final int[] tokens;
        private final byte[] state;

        Entry(int[] tokens, byte[] state) {
            this.tokens = tokens;
            this.state = state;
        }

        int length() {
            return tokens.length;
        }

        int token(int index) {
            return tokens[index];
        }

        byte[] state() {
            return state;
        }

        private int commonPrefix(int[] sought, int limit) {
            int compared = Math.min(tokens.length, limit);
            int mismatch = Arrays.mismatch(tokens, 0, compared, sought, 0, compared);
            return mismatch < 0 ? compared : mismatch;
        }

        private long bytes() {
            return state.length + (long) Integer.BYTES * tokens.length;
        }
    }

    /** An entry and how much of it a text begins with. */
    record Hit(Entry entry, int length) {}

    private final long capacityBytes;
    private final Map<Entry, Entry> entries = new LinkedHashMap<>();
    private long usedBytes;
    private double bytesPerToken;

    HostCache(long capacityBytes) {
        this.capacityBytes = capacityBytes;
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

    /** Keeps a state unless it alone is too large. Entries that it contains are dropped. */
    void add(int[] tokens, byte[] state) {
        Entry entry = new Entry(tokens, state);
        bytesPerToken = (double) entry.bytes() / Math.max(1, tokens.length);
        if (entry.bytes() > capacityBytes) {
            return;
        }
        for (Entry other : Map.copyOf(entries).keySet()) {
            if (other.commonPrefix(tokens, tokens.length) == other.length()) {
                remove(other);
            }
        }
        Iterator<Entry> oldest = entries.keySet().iterator();
        while (usedBytes + entry.bytes() > capacityBytes) {
            usedBytes -= oldest.next().bytes();
            oldest.remove();
        }
        entries.put(entry, entry);
        usedBytes += entry.bytes();
    }

    /** The entry with the longest common prefix with the first {@code limit} tokens; {@code whole} entries only if asked. */
    Optional<Hit> find(int[] tokens, int limit, boolean whole) {
        Hit best = null;
        for (Entry entry : entries.keySet()) {
            int common = entry.commonPrefix(tokens, limit);
            boolean usable = common > 0 && (!whole || common == entry.length());
            if (usable && (best == null || common > best.length())) {
                best = new Hit(entry, common);
            }
        }
        return Optional.ofNullable(best);
    }

    void remove(Entry entry) {
        if (entries.remove(entry) != null) {
            usedBytes -= entry.bytes();
        }
    }
}
