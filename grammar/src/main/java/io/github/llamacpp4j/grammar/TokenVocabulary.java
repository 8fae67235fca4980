package io.github.llamacpp4j.grammar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The tokens of a model as a grammar sees them: the bytes of each, which are control tokens (they have no text; only a
 * token reference such as {@code <[128000]>} matches them) and which end generation.
 *
 * <p>Holds a trie over all texts; make one per tokenizer and share it. Immutable and safe for use by several threads.
 */
public final class TokenVocabulary {
    private static final byte[] NO_BYTES = {};

    private final byte[][] pieces;
    private final byte[][] texts;
    private final boolean[] control;
    private final boolean[] endOfGeneration;
    private final List<Integer> controls;
    private final TokenTrie trie;

    private TokenVocabulary(byte[][] pieces, IntPredicate isControl, IntPredicate isEndOfGeneration) {
        this.pieces = pieces;
        texts = new byte[pieces.length][];
        control = new boolean[pieces.length];
        endOfGeneration = new boolean[pieces.length];
        for (int id = 0; id < pieces.length; id++) {
            endOfGeneration[id] = isEndOfGeneration.test(id);
            control[id] = endOfGeneration[id] || isControl.test(id);
            texts[id] = control[id] ? NO_BYTES : pieces[id];
        }
        controls = IntStream.range(0, pieces.length)
                .filter(id -> control[id] && pieces[id].length > 0)
                .boxed()
                .toList();
        trie = new TokenTrie(texts);
    }

    /**
     * Makes a vocabulary.
     *
     * @param pieces the bytes of each token, by id ({@code llama_token_to_piece} with special tokens shown); copied
     * @param isControl tells which ids are control tokens
     * @param isEndOfGeneration tells which ids end generation ({@code llama_vocab_is_eog}); these count as control tokens
     * @return the vocabulary
     */
    public static TokenVocabulary of(byte[][] pieces, IntPredicate isControl, IntPredicate isEndOfGeneration) {
        Objects.requireNonNull(isControl, "isControl");
        Objects.requireNonNull(isEndOfGeneration, "isEndOfGeneration");
        byte[][] copies = new byte[pieces.length][];
        for (int id = 0; id < pieces.length; id++) {
            copies[id] = Objects.requireNonNull(pieces[id], "piece").clone();
        }
        return new TokenVocabulary(copies, isControl, isEndOfGeneration);
    }

    /** {@return a vocabulary without tokens, enough to check texts} */
    public static TokenVocabulary empty() {
        return new TokenVocabulary(new byte[0][], id -> false, id -> false);
    }

    /** {@return the number of tokens} */
    public int size() {
        return pieces.length;
    }

    /**
     * Tells whether a token has no text for a grammar.
     *
     * @param token a token id
     * @return whether it is a control token
     */
    public boolean isControl(int token) {
        return token >= 0 && token < control.length && control[token];
    }

    /**
     * Tells whether a token ends generation.
     *
     * @param token a token id
     * @return whether it ends generation
     */
    public boolean isEndOfGeneration(int token) {
        return token >= 0 && token < endOfGeneration.length && endOfGeneration[token];
    }

    /**
     * Finds the token with exactly this text, control tokens first.
     *
     * @param text the text of a token, such as {@code <|im_end|>}
     * @return its id, or empty when no single token has this text
     */
    public OptionalInt find(String text) {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        return IntStream.range(0, pieces.length)
                .filter(id -> Arrays.equals(pieces[id], wanted))
                .boxed()
                .min(Comparator.comparing((Integer id) -> !control[id]).thenComparing(Comparator.naturalOrder()))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    /** {@return the control token whose spelling stands in the text at this place, the longest if there are several} */
    OptionalInt controlAt(String text, int index) {
        return controls.stream()
                .filter(id -> text.startsWith(spelling(id), index))
                .max(Comparator.comparingInt(id -> pieces[id].length))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    /** {@return how a token is written out} */
    String spelling(int token) {
        return new String(pieces[token], StandardCharsets.UTF_8);
    }

    /** {@return the bytes a grammar sees; none for control tokens and unknown ids} */
    byte[] text(int token) {
        return token >= 0 && token < texts.length ? texts[token] : NO_BYTES;
    }

    TokenTrie trie() {
        return trie;
    }
}
