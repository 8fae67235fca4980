package io.github.llamacpp4j;

import io.github.llamacpp4j.engine.embedding.Embedder;
import io.github.llamacpp4j.engine.embedding.EmbedderOptions;
import io.github.llamacpp4j.engine.embedding.Reranker;
import io.github.llamacpp4j.engine.embedding.RerankerOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Pooling;
import org.jspecify.annotations.Nullable;

/** What embeds and ranks with a model, each made when it is first wanted: it takes contexts beside the engine's. Thread-safe. */
final class Retrieval implements AutoCloseable {

    private final Model model;
    private final EmbedderOptions embedding;
    private final RerankerOptions reranking;
    private @Nullable Embedder texts;
    private @Nullable Embedder tokens;
    private @Nullable Reranker reranker;
    private boolean closed;

    Retrieval(Model model, LlamaOptions options) {
        this.model = model;
        int threads = options.context().batchThreads();
        embedding = withThreads(options.embedding(), threads);
        reranking = options.reranking().toBuilder()
                .computing(withThreads(options.reranking().computing(), threads))
                .build();
    }

    /** Options that leave the number of threads open take the one of the model's other work. */
    private static EmbedderOptions withThreads(EmbedderOptions options, int threads) {
        return options.threads() == EmbedderOptions.AVAILABLE_PROCESSORS
                ? options.toBuilder().threads(threads).build()
                : options;
    }

    /** One vector for each text. */
    synchronized Embedder texts() {
        requireOpen();
        if (texts == null) {
            texts = Embedder.open(model, embedding);
        }
        return texts;
    }

    /** One vector for each token. */
    synchronized Embedder tokens() {
        requireOpen();
        if (tokens == null) {
            tokens = Embedder.open(
                    model, embedding.toBuilder().pooling(Pooling.NONE).build());
        }
        return tokens;
    }

    synchronized Reranker reranker() {
        requireOpen();
        if (reranker == null) {
            reranker = Reranker.open(model, reranking);
        }
        return reranker;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this Llama is closed");
        }
    }

    synchronized long memoryBytes() {
        return (texts == null ? 0 : texts.memoryBytes())
                + (tokens == null ? 0 : tokens.memoryBytes())
                + (reranker == null ? 0 : reranker.memoryBytes());
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (texts != null) {
            texts.close();
        }
        if (tokens != null) {
            tokens.close();
        }
        if (reranker != null) {
            reranker.close();
        }
    }
}
