package io.github.llamacpp4j.engine;

/** A saved sequence that has a size and nothing else. */
final class SizedState implements SavedSequence {

    private final long size;
    private boolean closed;

    SizedState(long size) {
        this.size = size;
    }

    @Override
    public long sizeBytes() {
        return size;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
