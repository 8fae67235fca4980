package io.github.llamacpp4j.grammar;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A node of the shared stack: the places where parses go on once the current rule ends. Several callers at the same
 * place of the text share one frame (a graph-structured stack), so ambiguity costs polynomial, not exponential, space.
 */
final class Frame {
    /** The frame under the root rule: when it is reached at the end of the rule, the text is complete. */
    static final Frame ROOT = new Frame(0);

    /** Stands for an unknown caller. */
    static final Frame UNKNOWN = new Frame(1);

    final LocalSet[] returns;
    final Frame[] parents;
    final long id;
    /** For other frames, by id, whether this one goes on in every way that they do. */
    final Map<Long, Boolean> covers = new ConcurrentHashMap<>();

    private Frame(long id) {
        this(id, new LocalSet[0], new Frame[0]);
    }

    Frame(long id, LocalSet[] returns, Frame[] parents) {
        this.id = id;
        this.returns = returns;
        this.parents = parents;
    }

    boolean isBottom() {
        return returns.length == 0;
    }

    /** Compares the callers by identity. */
    @SuppressWarnings("ArrayRecordComponent")
    record Key(LocalSet[] returns, Frame[] parents) {
        @Override
        public boolean equals(Object other) {
            if (!(other instanceof Key that) || returns.length != that.returns.length) {
                return false;
            }
            for (int i = 0; i < returns.length; i++) {
                if (returns[i] != that.returns[i] || parents[i] != that.parents[i]) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public int hashCode() {
            int hash = Arrays.hashCode(returns);
            for (Frame parent : parents) {
                hash = 31 * hash + Long.hashCode(parent.id);
            }
            return hash;
        }
    }
}
