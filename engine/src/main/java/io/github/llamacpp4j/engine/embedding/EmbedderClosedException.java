package io.github.llamacpp4j.engine.embedding;

/** The embedder or reranker was closed before it could serve this text. */
public final class EmbedderClosedException extends EmbeddingException {

    private static final long serialVersionUID = 1L;

    EmbedderClosedException() {
        super("this embedder or reranker is closed; open a new one");
    }
}
