package io.github.llamacpp4j.engine.embedding;

import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Pooling;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What ends a process through other bindings of llama.cpp; the numbers are those of the project's crash catalogue. */
@SuppressWarnings("ImmutableEnumChecker") // the actions hold no state
enum EmbeddingMisuse {
    /** An input longer than a micro-batch with attention in both directions (C12). */
    INPUT_LONGER_THAN_THE_BATCH(null, (bert, chat) -> {
        try (Embedder embedder = Embedder.open(bert, options().batchTokens(4).build())) {
            embedder.embed("cat ".repeat(60));
        }
    }),
    /** More sequences than tokens for the mean (C13). */
    MANY_TEXTS_WITH_HARDLY_A_TOKEN(null, (bert, chat) -> {
        try (Embedder embedder =
                Embedder.open(bert, options().batchTokens(513).batchTexts(256).build())) {
            embedder.embed(Collections.nCopies(1000, ""));
        }
    }),
    /** Generating with an embedding model (C14). */
    GENERATION_BY_AN_EMBEDDING_MODEL(
            ModelKindException.class, (bert, chat) -> ModelKind.requireGenerative(bert.info())),
    /** Several sequences in batches that are no multiple of them (C15). */
    UNEVEN_BATCHES(null, (bert, chat) -> {
        for (int texts : new int[] {3, 7, 64, 255}) {
            try (Embedder embedder = Embedder.open(
                    bert, options().batchTokens(101).batchTexts(texts).build())) {
                embedder.embed(Collections.nCopies(300, "the cat sat"));
            }
        }
    }),
    /** More positions than a BERT model has learned (C16). */
    MORE_THAN_THE_LEARNED_POSITIONS(TextTooLongException.class, (bert, chat) -> {
        try (Embedder embedder =
                Embedder.open(bert, options().maxTokens(100_000).build())) {
            embedder.embed("cat ".repeat(25_000));
        }
    }),
    /** Token embeddings in batches of more than 512 tokens (C17). */
    LONG_TOKEN_EMBEDDINGS(null, (bert, chat) -> {
        try (Embedder embedder = Embedder.open(
                chat, options().pooling(Pooling.NONE).batchTokens(600).build())) {
            embedder.embedTokens("one two three ".repeat(300));
        }
    }),
    /** A text without end. */
    SIXTEEN_MEGABYTES(IllegalArgumentException.class, (bert, chat) -> {
        try (Embedder embedder = Embedder.open(bert, options().build())) {
            embedder.embed("x".repeat((1 << 24) + 1));
        }
    }),
    /** Ranking with a generative model. */
    RANK_WITHOUT_HEAD(
            ModelKindException.class, (bert, chat) -> Reranker.open(chat).close()),
    /** Rank pooling forced on a model without a head. */
    RANK_POOLING_WITHOUT_HEAD(
            ModelKindException.class,
            (bert, chat) ->
                    Embedder.open(chat, options().pooling(Pooling.RANK).build()).close()),
    /** One embedder used by many threads and closed in between (pain 9 and 10). */
    CLOSE_WHILE_MANY_THREADS_EMBED(null, (bert, chat) -> {
        for (int round = 0; round < 10; round++) {
            closeWhileInUse(round % 2 == 0 ? bert : chat);
        }
    });

    private final @Nullable Class<? extends RuntimeException> expected;
    private final Action action;

    /** Does what should not end the process. */
    @FunctionalInterface
    interface Action {
        void run(Model bert, Model chat);
    }

    EmbeddingMisuse(@Nullable Class<? extends RuntimeException> expected, Action action) {
        this.expected = expected;
        this.action = action;
    }

    /** {@code as expected}, or what happened instead. */
    String outcome(Model bert, Model chat) {
        try {
            action.run(bert, chat);
            return expected == null ? "as expected" : "expected " + expected + ", found nothing";
        } catch (RuntimeException failure) {
            return expected != null && expected.isInstance(failure) ? "as expected" : failure.toString();
        }
    }

    private static EmbedderOptions.Builder options() {
        return EmbedderOptions.builder().threads(1).contexts(1);
    }

    private static void closeWhileInUse(Model model) {
        List<Thread> callers = new ArrayList<>();
        try (Embedder embedder = Embedder.open(model, options().contexts(2).build())) {
            for (int i = 0; i < 8; i++) {
                callers.add(Thread.ofVirtual().start(() -> {
                    try {
                        while (true) {
                            embedder.embed("the cat sat on the mat");
                        }
                    } catch (EmbedderClosedException closed) {
                        return;
                    }
                }));
            }
            embedder.embed(Collections.nCopies(20, "a dog"));
        }
        for (Thread caller : callers) {
            try {
                caller.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
