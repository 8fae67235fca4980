package io.github.llamacpp4j.engine;

/** A copy of what a decoder's memory held of a sequence, made by {@link Decoder#save}. Closed by whoever asked for it. */
public interface SavedSequence extends AutoCloseable {

    /** How much memory the copy takes, in bytes. */
    long sizeBytes();

    /** Frees the copy; it cannot be restored any more. May be called more than once. */
    @Override
    void close();
}
