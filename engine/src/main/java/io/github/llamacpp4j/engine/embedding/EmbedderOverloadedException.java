package io.github.llamacpp4j.engine.embedding;

/** Too many texts wait already; try again later. */
public final class EmbedderOverloadedException extends EmbeddingException {

    private static final long serialVersionUID = 1L;

    EmbedderOverloadedException(int waiting, int capacity) {
        super(waiting + " texts wait for their embedding, the queue holds " + capacity
                + "; try again later or raise queueCapacity");
    }
}
