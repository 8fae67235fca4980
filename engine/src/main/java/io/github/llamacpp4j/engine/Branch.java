package io.github.llamacpp4j.engine;

/** One sequence of the decoder's memory: a path through the {@link CellTree} from its root to {@link #end}. */
final class Branch {

    /** Who needs a branch. */
    enum Use {
        /** A request in work: never evicted. */
        LIVE,
        /** Nobody at the moment: kept for its prefix and evicted when room is needed. */
        RETAINED,
        /** Nobody at the moment, but promised to stay. */
        PINNED
    }

    private int sequenceId;
    private CellNode end;
    private int length;
    private Use use = Use.LIVE;
    private long lastUsed;

    Branch(int sequenceId, CellNode end) {
        this.sequenceId = sequenceId;
        this.end = end;
    }

    int sequenceId() {
        return sequenceId;
    }

    void sequenceId(int newSequenceId) {
        sequenceId = newSequenceId;
    }

    /** The number of tokens from the root to the end. */
    int length() {
        return length;
    }

    CellNode end() {
        return end;
    }

    void move(CellNode newEnd, int newLength) {
        end = newEnd;
        length = newLength;
    }

    Use use() {
        return use;
    }

    void use(Use newUse, long number) {
        use = newUse;
        lastUsed = number;
    }

    long lastUsed() {
        return lastUsed;
    }
}
