package io.github.llamacpp4j.engine.embedding;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;

/** What becomes one vector. Implementations are immutable and thread-safe. */
public sealed interface EmbeddingInput {

    /**
     * A text, which gets the special tokens that the model wants around it; those written in it mean nothing.
     *
     * @param text any text
     * @param role which of {@link EmbedderOptions#prefixes()} stands before it
     */
    record Text(String text, TextRole role) implements EmbeddingInput {
        /** Refuses null. */
        public Text {
            requireNonNull(text, "text");
            requireNonNull(role, "role");
        }
    }

    /**
     * Tokens, which the model gets as they are, as with llama-server: special tokens among them are special, and neither
     * special tokens nor a prefix are added. Whoever wants those that a text gets takes them from
     * {@link io.github.llamacpp4j.model.Tokenizer#encode(String)}.
     *
     * <p>Tokens that are too many follow {@link EmbedderOptions#longTexts()}; special tokens that stand around them as they
     * would around a text are kept in each part.
     *
     * @param ids at least one id of the model's vocabulary
     */
    record Tokens(List<Integer> ids) implements EmbeddingInput {
        /** Refuses null and an empty list; whether the ids are in the vocabulary, the embedder sees. */
        public Tokens {
            ids = List.copyOf(ids);
            if (ids.isEmpty()) {
                throw new IllegalArgumentException("expected at least one token, found none");
            }
        }
    }

    /** A text without a prefix. */
    static EmbeddingInput text(String text) {
        return new Text(text, TextRole.PLAIN);
    }

    /**
     * Tokens, as they are.
     *
     * @throws IllegalArgumentException if there are none
     */
    static EmbeddingInput tokens(int... ids) {
        return new Tokens(Arrays.stream(ids).boxed().toList());
    }
}
