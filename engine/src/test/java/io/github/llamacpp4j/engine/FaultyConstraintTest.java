package io.github.llamacpp4j.engine;

import static io.github.llamacpp4j.engine.EngineHarness.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.grammar.CompiledGrammar;
import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.GrammarLimits;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A constraint that breaks down fails its own request and no other. */
class FaultyConstraintTest {

    private final EngineHarness engine = new EngineHarness();

    /** Allows what it is told to until it is told otherwise. */
    private record Scripted(IntPredicate allowed, Supplier<long[]> allAllowed, Supplier<int[]> forced)
            implements TokenConstraint {

        @Override
        public boolean accepts(int token) {
            return allowed.test(token);
        }

        @Override
        public void accept(int token) {}

        @Override
        public long[] mask() {
            return allAllowed.get();
        }

        @Override
        public int[] forcedTokens() {
            return forced.get();
        }

        @Override
        public void rollback(int tokens) {}

        @Override
        public boolean mayEnd() {
            return true;
        }
    }

    private static IllegalStateException planted() {
        return new IllegalStateException("planted");
    }

    private void failsAlone(TokenConstraint constraint, String reason) {
        Generation faulty = engine.submit(request("faulty").constraint(() -> constraint));
        Generation other = engine.submit(request("other"));
        engine.runAll();
        assertThatThrownBy(faulty::result)
                .isInstanceOf(ConstraintFailedException.class)
                .hasMessageContaining(reason);
        assertThat(other.result().text()).isEqualTo(engine.alone("other", 10));
        engine.checkCells();
    }

    @Test
    void inJudgingAToken() {
        failsAlone(
                new Scripted(
                        token -> {
                            throw planted();
                        },
                        () -> new long[5],
                        () -> new int[0]),
                "planted");
    }

    @Test
    void inItsMask() {
        failsAlone(
                new Scripted(
                        token -> false,
                        () -> {
                            throw planted();
                        },
                        () -> new int[0]),
                "planted");
        failsAlone(
                new Scripted(token -> false, () -> new long[4], () -> new int[0]),
                "mask: expected 5 words for 300 tokens, got 4");
    }

    @Test
    void inWhatItForces() {
        failsAlone(
                new Scripted(token -> true, () -> new long[5], () -> {
                    throw planted();
                }),
                "planted");
        for (int token : new int[] {-1, 300}) {
            failsAlone(
                    new Scripted(any -> true, () -> new long[5], () -> new int[] {'a', token}),
                    "forced tokens: expected ids of 0 to 299, got " + token);
        }
    }

    @Test
    void inAGrammarThatTakesMoreThanItsSteps() {
        FakeVocabulary vocabulary = engine.vocabulary;
        byte[][] pieces = new byte[vocabulary.size()][];
        for (int token = 0; token < pieces.length; token++) {
            pieces[token] = vocabulary.piece(token);
        }
        TokenVocabulary tokens = TokenVocabulary.of(pieces, token -> false, vocabulary::isEndOfGeneration);
        for (GrammarLimits limits : List.of(
                GrammarLimits.builder().stepsPerToken(60).build(),
                GrammarLimits.builder().stepsPerRequest(100).build())) {
            CompiledGrammar grammar = Grammar.parse("root ::= . root . | . root | .", tokens, limits)
                    .compile(tokens);
            failsAlone(new GrammarConstraint(grammar, vocabulary), "GrammarLimits.stepsPer");
        }
    }
}
