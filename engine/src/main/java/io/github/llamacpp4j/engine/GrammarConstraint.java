package io.github.llamacpp4j.engine;

import io.github.llamacpp4j.grammar.CompiledGrammar;
import io.github.llamacpp4j.grammar.GrammarCursor;
import java.util.function.Supplier;

/**
 * Constrains tokens by a grammar. Text that the grammar forces is cut into tokens by the model's tokenizer and appended without
 * asking the model; a last token whose natural end may lie in what follows is left to it.
 *
 * <p>Not thread-safe; one belongs to one sequence.
 */
public final class GrammarConstraint implements TokenConstraint {

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
        return cursor.forcedTokens(vocabulary::tokenizeContinuation);
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
