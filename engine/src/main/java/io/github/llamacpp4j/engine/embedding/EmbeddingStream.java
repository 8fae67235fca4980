package io.github.llamacpp4j.engine.embedding;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The embeddings of any number of texts, in their order, computed a little ahead of the reader: memory does not grow with
 * the number of texts. Texts are read in chunks of up to 128, on the thread that calls {@link #next()}.
 *
 * <p>Not thread-safe: one thread reads, and any thread may {@link #close()}. Close it when you stop early; interrupting
 * the reading thread cancels it as well.
 */
public final class EmbeddingStream implements Iterator<Embedding>, AutoCloseable {

    private final OrderedResults<?, Embedding> results;

    EmbeddingStream(OrderedResults<?, Embedding> results) {
        this.results = results;
    }

    /** Whether there is another text; reads from the texts if need be. */
    @Override
    public boolean hasNext() {
        return results.hasNext();
    }

    /**
     * The next text's embedding; waits for it.
     *
     * @throws TextTooLongException if this text is too long; the next call goes on with the text after it
     * @throws EmptyTextException if this text has no tokens; the next call goes on with the text after it
     * @throws EmbeddingFailedException if this text cannot be computed; the next call goes on with the text after it
     * @throws EmbedderOverloadedException if too many texts of other callers wait; only before the first text; the
     *     next call tries again with the same texts
     * @throws EmbeddingCancelledException if this thread is interrupted, or after {@link #close()}
     * @throws EmbedderClosedException if the embedder was closed
     * @throws NoSuchElementException if there are no more texts
     */
    @Override
    public Embedding next() {
        return results.next();
    }

    /** How many texts have been answered, with an embedding or an exception. */
    public long delivered() {
        return results.answered();
    }

    /** This as a stream, which the caller closes. */
    public Stream<Embedding> stream() {
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .onClose(this::close);
    }

    /** Cancels what has not been answered. Closing twice does nothing. */
    @Override
    public void close() {
        results.close();
    }
}
