package io.github.llamacpp4j.engine;

import io.github.llamacpp4j.engine.Drafter.Wish;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides which sequences guess ahead, and how far. A sequence whose guesses are mostly wrong pauses; all of them stop while
 * steps with guesses take longer per token than steps without, which depends on how many sequences share a step.
 */
final class Speculation {

    private static final int RETRY_AFTER = 32;

    private final Drafter drafter;
    private final DecoderLimits limits;
    private final int defaultTokens;
    private final SpeculationTrial[] trials = new SpeculationTrial[10];
    private SpeculationTrial trial;

    Speculation(Drafter drafter, DecoderLimits limits, EngineOptions options) {
        this.drafter = options.deterministic() || !limits.cutting() ? Drafter.NONE : drafter;
        this.limits = limits;
        defaultTokens = options.speculativeTokens();
        for (int i = 0; i < trials.length; i++) {
            trials[i] = new SpeculationTrial();
        }
        trial = trials[0];
    }

    /** Lets the drafter think ahead for the sequences that are about to yield a token. */
    void prepare(List<Sequence> runnable) {
        List<Wish> wishes = new ArrayList<>();
        int yielding = 0;
        for (Sequence sequence : runnable) {
            if (sequence.pending() <= BatchBuilder.NEARLY_DONE && sequence.wantsToken()) {
                yielding++;
                int most = most(sequence);
                if (most > 0) {
                    wishes.add(new Wish(sequence, most));
                }
            }
        }
        trial = trials[Math.min(Integer.SIZE - Integer.numberOfLeadingZeros(yielding), trials.length - 1)];
        if (!wishes.isEmpty() && trial.isGuessing()) {
            drafter.prepare(wishes);
        }
    }

    /** At most {@code room} guesses at what follows the sequence's tokens. */
    int[] draft(Sequence sequence, int room) {
        int most = trial.isGuessing() ? Math.min(most(sequence), room) : 0;
        return most > 0 ? drafter.draft(sequence, most) : Drafter.NOTHING;
    }

    /** Learns from a step without prompts. */
    void measured(boolean guessed, int tokens, long nanos) {
        if (tokens > 0) {
            trial.measured(guessed, tokens, nanos);
        }
    }

    private int most(Sequence sequence) {
        EngineRequest request = sequence.request();
        int wanted = request.speculativeTokens().orElse(defaultTokens);
        if (wanted == 0 || drafter.equals(Drafter.NONE) || sequence.isDraftingPoor(RETRY_AFTER)) {
            return 0;
        }
        int left = request.maxTokens().orElse(Integer.MAX_VALUE) - sequence.generatedTokens() - 1;
        return Math.min(
                wanted,
                Math.min(left, limits.sequenceCells() - sequence.tokens().size()));
    }
}
