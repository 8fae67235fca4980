package io.github.llamacpp4j.grammar;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * A grammar ready for one vocabulary. Remembers states and token masks, so it gets faster with use: compile once and
 * share it between requests.
 *
 * <p>Safe for use by several threads.
 */
public final class CompiledGrammar {
    private final Automaton automaton;
    private final TokenVocabulary vocabulary;
    private final MaskBuilder masks;
    private final GrammarLimits limits;

    CompiledGrammar(Automaton automaton, TokenVocabulary vocabulary, GrammarLimits limits) {
        this.limits = limits;
        this.automaton = automaton;
        this.vocabulary = Objects.requireNonNull(vocabulary, "vocabulary");
        masks = new MaskBuilder(automaton, vocabulary);
    }

    /** {@return the vocabulary this was compiled for} */
    public TokenVocabulary vocabulary() {
        return vocabulary;
    }

    /** {@return roughly how much memory the remembered states and masks take, in bytes} */
    public long cachedBytes() {
        return automaton.chargedBytes();
    }

    /**
     * Computes ahead of their use what masks are made of, for the places near the start of the text first, so that the first text is
     * not slower than later ones. Several threads may do so at a time.
     *
     * @param time how long at most
     * @return this grammar
     */
    public CompiledGrammar prepare(Duration time) {
        cursor().mask();
        masks.prepare(time, StepBudget.ofTokens(limits));
        return this;
    }

    /** {@return a cursor at the start of the text, for one request} */
    public GrammarCursor cursor() {
        return new GrammarCursor(automaton, vocabulary, masks, StepBudget.ofRequest(limits));
    }

    /**
     * Checks a whole text, code point by code point. Each code point counts as a token without a meaning of its own.
     *
     * @param text the text
     * @return whether it is complete, incomplete or where it fails
     */
    public GrammarMatch match(String text) {
        return match(text.codePoints()
                .mapToObj(c -> new MatchInput.Text(Character.toString(c)))
                .collect(Collectors.toList()));
    }

    /**
     * Checks a sequence of pieces of text and tokens. A token that ends generation is treated like any control token:
     * only a token reference matches it.
     *
     * @param inputs the pieces
     * @return whether they are complete, incomplete or which piece fails
     */
    public GrammarMatch match(List<? extends MatchInput> inputs) {
        StepBudget budget = StepBudget.ofTokens(limits);
        State state = automaton.start(budget);
        for (int i = 0; i < inputs.size(); i++) {
            budget.nextToken();
            state = switch (inputs.get(i)) {
                case MatchInput.Text piece ->
                    automaton.token(state, TokenTest.NO_ID, piece.text().getBytes(StandardCharsets.UTF_8), budget);
                case MatchInput.Token token -> automaton.token(state, token.id(), vocabulary.text(token.id()), budget);
            };
            if (state == automaton.dead) {
                return new GrammarMatch(GrammarMatch.State.DEAD, OptionalInt.of(i));
            }
        }
        return new GrammarMatch(
                state.accepting ? GrammarMatch.State.COMPLETE : GrammarMatch.State.INCOMPLETE, OptionalInt.empty());
    }
}
