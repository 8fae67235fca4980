package io.github.llamacpp4j.engine;

import io.github.llamacpp4j.grammar.CompiledGrammar;
import io.github.llamacpp4j.grammar.GrammarCursor;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Constrains tokens by a grammar. Text that the grammar forces is cut into tokens by the model's tokenizer, and all but the last
 * of them are appended without asking the model; the last is left to it because its natural end may lie in what follows.
 *
 * <p>Not thread-safe; one belongs to one sequence.
 */
public final class GrammarConstraint implements TokenConstraint {

    private static final int[] NONE = {};

    private final GrammarCursor cursor;
    private final EngineVocabulary vocabulary;

    /** A constraint at the start of the grammar, which must have been compiled for the same vocabulary. */
    public GrammarConstraint(CompiledGrammar grammar, EngineVocabulary vocabulary) {
        if (grammar.vocabulary().size() != vocabulary.size()) {
            throw new IllegalArgumentException("the grammar is compiled for "
                    + grammar.vocabulary().size() + " tokens, the model has " + vocabulary.size());
        }
        cursor = grammar.cursor();
        this.vocabulary = vocabulary;
    }

    /** What {@link EngineRequest.Builder#constraint} takes: a new constraint for each sequence. */
    public static Supplier<GrammarConstraint> of(CompiledGrammar grammar, EngineVocabulary vocabulary) {
        return () -> new GrammarConstraint(grammar, vocabulary);
    }

    @Override
    public boolean accepts(int token) {
        return cursor.accepts(token);
    }

    @Override
    public void accept(int token) {
        cursor.accept(token);
    }

    @Override
    public long[] mask() {
        return cursor.mask().toLongArray();
    }

    @Override
    public int[] forcedTokens() {
        byte[] forced = cursor.forcedBytes();
        if (forced.length == 0) {
            return NONE;
        }
        int[] tokens = vocabulary.tokenize(forced);
        int usable = countMatching(tokens, forced) - 1;
        return usable > 0 ? Arrays.copyOf(tokens, usable) : NONE;
    }

    /** How many of the tokens spell the text as it is; some tokenizers put a space before it. */
    private int countMatching(int[] tokens, byte[] text) {
        int position = 0;
        int count = 0;
        for (int token : tokens) {
            byte[] piece = vocabulary.text(token);
            int end = position + piece.length;
            if (piece.length == 0 || end > text.length || !Arrays.equals(text, position, end, piece, 0, piece.length)) {
                break;
            }
            position = end;
            count++;
        }
        return count;
    }

    @Override
    public void rollback(int tokens) {
        cursor.rollback(tokens);
    }

    @Override
    public boolean mayEnd() {
        return cursor.isComplete();
    }
}
