package io.github.llamacpp4j.grammar;

/**
 * A grammar as a recursive transition network over bytes: each rule is a nondeterministic automaton whose edges read a
 * byte, test a token, call another rule, or do nothing. Edges that lead nowhere are gone, rules that call each other
 * without reading anything form no cycle, so {@link #rank} orders callers before callees.
 */
final class Network {
    static final byte BYTES = 0;
    static final byte CALL = 1;
    static final byte TOKEN = 2;
    static final byte EPSILON = 3;

    /** Edges of state {@code s} are those from {@code edgeStart[s]} to {@code edgeStart[s + 1] - 1}. */
    final int[] edgeStart;

    final byte[] edgeKind;
    /** First byte, called rule, or index into {@link #tokenTests}, by kind. */
    final int[] edgeA;
    /** Last byte; unused by other kinds. */
    final int[] edgeB;

    final int[] edgeTarget;
    final int[] ruleEntry;
    final boolean[] isFinal;
    final boolean[] nullable;
    final int[] rank;
    final TokenTest[] tokenTests;
    /** Bytes that no edge tells apart share a class. */
    final int[] byteClass;
    /** The byte of a class that holds one byte only, else -1. */
    final int[] onlyByte;

    final int classCount;

    Network(
            int[] edgeStart,
            byte[] edgeKind,
            int[] edgeA,
            int[] edgeB,
            int[] edgeTarget,
            int[] ruleEntry,
            boolean[] isFinal,
            boolean[] nullable,
            int[] rank,
            TokenTest[] tokenTests) {
        this.edgeStart = edgeStart;
        this.edgeKind = edgeKind;
        this.edgeA = edgeA;
        this.edgeB = edgeB;
        this.edgeTarget = edgeTarget;
        this.ruleEntry = ruleEntry;
        this.isFinal = isFinal;
        this.nullable = nullable;
        this.rank = rank;
        this.tokenTests = tokenTests;
        boolean[] border = new boolean[257];
        for (int e = 0; e < edgeKind.length; e++) {
            if (edgeKind[e] == BYTES) {
                border[edgeA[e]] = true;
                border[edgeB[e] + 1] = true;
            }
        }
        byteClass = new int[256];
        int[] single = new int[256];
        int[] count = new int[256];
        int last = 0;
        for (int b = 0; b < 256; b++) {
            if (b > 0 && border[b]) {
                last++;
            }
            byteClass[b] = last;
            single[last] = b;
            count[last]++;
        }
        classCount = last + 1;
        onlyByte = new int[classCount];
        for (int c = 0; c < classCount; c++) {
            onlyByte[c] = count[c] == 1 ? single[c] : -1;
        }
    }

    int stateCount() {
        return isFinal.length;
    }
}
