package io.github.llamacpp4j.grammar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The positions inside one rule where a parse may stand, closed under edges that read nothing. Interned by
 * {@link Automaton}, so equal sets are one object.
 *
 * <p>{@link #next} and {@link #basis} are filled in lazily and without locks: every thread computes the same value, and
 * all values are immutable objects with final fields.
 */
final class LocalSet {
    final int[] positions;
    final boolean isFinal;
    /** Pairs of called rule and state to return to. */
    final int[] calls;
    /** Pairs of index into {@link Network#tokenTests} and target state. */
    final int[] tokens;
    /** The byte classes that can be read from here, without those of called rules. */
    final long[] byteClasses;

    final @Nullable LocalSet[] next;

    @Nullable
    MaskBasis basis;

    LocalSet(int[] positions, Network network) {
        this.positions = positions;
        next = new @Nullable LocalSet[network.classCount];
        boolean end = false;
        IntArray callPairs = new IntArray();
        IntArray tokenPairs = new IntArray();
        byteClasses = new long[4];
        for (int state : positions) {
            end |= network.isFinal[state];
            for (int e = network.edgeStart[state]; e < network.edgeStart[state + 1]; e++) {
                switch (network.edgeKind[e]) {
                    case Network.BYTES -> {
                        int last = network.byteClass[network.edgeB[e]];
                        for (int c = network.byteClass[network.edgeA[e]]; c <= last; c++) {
                            byteClasses[c >> 6] |= 1L << c;
                        }
                    }
                    case Network.CALL -> {
                        callPairs.add(network.edgeA[e]);
                        callPairs.add(network.edgeTarget[e]);
                    }
                    case Network.TOKEN -> {
                        tokenPairs.add(network.edgeA[e]);
                        tokenPairs.add(network.edgeTarget[e]);
                    }
                    default -> {}
                }
            }
        }
        isFinal = end;
        calls = callPairs.toArray();
        tokens = tokenPairs.toArray();
    }

    boolean readsByteClass(int byteClass) {
        return (byteClasses[byteClass >> 6] >>> byteClass & 1) != 0;
    }

    boolean readsBytesOrTokens() {
        return tokens.length > 0 || (byteClasses[0] | byteClasses[1] | byteClasses[2] | byteClasses[3]) != 0;
    }

    boolean hasMoves() {
        return calls.length > 0 || readsBytesOrTokens();
    }

    /** Compares positions only. */
    @SuppressWarnings("ArrayRecordComponent")
    record Key(int[] positions) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key that && Arrays.equals(positions, that.positions);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(positions);
        }
    }
}
