package io.github.llamacpp4j.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The samplers of one sequence in order, with their memory of the tokens so far: the Java counterpart of a llama.cpp sampler
 * chain as {@code common_sampler_init} builds it. The same logits and seed give the same candidates, the same probabilities up
 * to rounding and the same draws.
 *
 * <p>Not thread-safe.
 */
public final class SamplerPipeline {

    private final List<SamplerStage> stages = new ArrayList<>();
    private final TokenSelector selector;
    private final int vocabularySize;
    private final long seed;

    private SamplerPipeline(SamplingOptions options, int vocabularySize, DryBreakers breakers, long seed) {
        this.vocabularySize = vocabularySize;
        this.seed = seed;
        addLogitBias(options);
        boolean greedy = options.temperature() <= 0
                && options.dynamicTemperatureRange() <= 0
                && (options.mirostat() != Mirostat.OFF
                        || options.order().samplers().contains(SamplerKind.TEMPERATURE));
        if (options.mirostat() != Mirostat.OFF) {
            if (!greedy) {
                addTemperature(new TemperatureStage(options.temperature(), 0, 1));
            }
        } else {
            for (SamplerKind kind : options.order().samplers()) {
                if (!greedy || canChangeTheLargest(kind)) {
                    addStage(kind, options, breakers);
                }
            }
        }
        selector = greedy ? new GreedySelector() : drawingSelector(options);
    }

    /**
     * A pipeline for one sequence. A seed that the options leave open is drawn here, see {@link #seed()}.
     *
     * @throws IllegalArgumentException if a logit bias names a token outside the vocabulary
     */
    public static SamplerPipeline of(SamplingOptions options, EngineVocabulary vocabulary) {
        DryBreakers breakers = usesDry(options)
                ? DryBreakers.of(options.drySequenceBreakers(), vocabulary)
                : DryBreakers.ofTokens(List.of());
        return of(options, vocabulary.size(), breakers, chooseSeed(options));
    }

    static SamplerPipeline of(SamplingOptions options, int vocabularySize, DryBreakers breakers, long seed) {
        for (LogitBias bias : options.logitBias()) {
            if (bias.token() >= vocabularySize) {
                throw new IllegalArgumentException("logit bias: expected a token below the vocabulary size "
                        + vocabularySize + ", got " + bias.token());
            }
        }
        return new SamplerPipeline(options, vocabularySize, breakers, seed);
    }

    static boolean usesDry(SamplingOptions options) {
        return options.dryMultiplier() != 0
                && options.dryBase() >= 1
                && options.dryLastTokens() > 0
                && options.mirostat() == Mirostat.OFF
                && options.order().samplers().contains(SamplerKind.DRY);
    }

    static long chooseSeed(SamplingOptions options) {
        return options.seed()
                .orElseGet(
                        () -> Integer.toUnsignedLong(ThreadLocalRandom.current().nextInt()));
    }

    /** The seed of the draws, 0 to 2³² − 1. */
    public long seed() {
        return seed;
    }

    /**
     * Chooses a token from the logits in {@code candidates}, which afterwards hold what was left to choose from. The choice takes
     * effect on later ones through {@link #accept} only.
     *
     * @throws InvalidLogitsException if a logit is NaN or infinite, or no token is left
     */
    public int sample(Candidates candidates) {
        if (candidates.vocabularySize() != vocabularySize) {
            throw new IllegalArgumentException(
                    "expected candidates for " + vocabularySize + " tokens, got " + candidates.vocabularySize());
        }
        candidates.reopen();
        for (int i = 0; i < stages.size(); i++) {
            stages.get(i).apply(candidates);
        }
        int index = selector.select(candidates);
        candidates.select(index);
        return candidates.token(index);
    }

    /** Takes note of a token that became part of the sequence, of the prompt or sampled. */
    public void accept(int token) {
        for (int i = 0; i < stages.size(); i++) {
            stages.get(i).accept(token);
        }
        selector.accept(token);
    }

    private static boolean canChangeTheLargest(SamplerKind kind) {
        return switch (kind) {
            case PENALTIES, DRY, TYPICAL_P, XTC -> true;
            case TOP_N_SIGMA, TOP_K, TOP_P, MIN_P, TEMPERATURE, ADAPTIVE_P -> false;
        };
    }

    private void addLogitBias(SamplingOptions options) {
        if (!options.logitBias().isEmpty()) {
            stages.add(new LogitBiasStage(options.logitBias()));
        }
    }

    private void addStage(SamplerKind kind, SamplingOptions options, DryBreakers breakers) {
        switch (kind) {
            case PENALTIES -> addPenalties(options);
            case DRY -> {
                if (usesDry(options)) {
                    stages.add(new DryStage(
                            options.dryMultiplier(),
                            options.dryBase(),
                            options.dryAllowedLength(),
                            options.dryLastTokens(),
                            breakers));
                }
            }
            case TOP_N_SIGMA -> {
                if (options.topNSigma() > 0) {
                    stages.add(new TopNSigmaStage(options.topNSigma()));
                }
            }
            case TOP_K -> {
                if (options.topK() > 0) {
                    stages.add(new TopKStage(options.topK()));
                }
            }
            case TYPICAL_P -> {
                if (options.typicalP() < 1) {
                    stages.add(new TypicalPStage(options.typicalP(), options.minKeep()));
                }
            }
            case TOP_P -> {
                if (options.topP() < 1) {
                    stages.add(new TopPStage(options.topP(), options.minKeep()));
                }
            }
            case MIN_P -> {
                if (options.minP() > 0) {
                    stages.add(new MinPStage(options.minP(), options.minKeep()));
                }
            }
            case XTC -> {
                if (options.xtcProbability() > 0 && options.xtcThreshold() <= 0.5f) {
                    stages.add(new XtcStage(
                            options.xtcProbability(), options.xtcThreshold(), options.minKeep(), (int) seed));
                }
            }
            case TEMPERATURE ->
                addTemperature(new TemperatureStage(
                        options.temperature(),
                        options.dynamicTemperatureRange(),
                        options.dynamicTemperatureExponent()));
            case ADAPTIVE_P -> {}
        }
    }

    private void addPenalties(SamplingOptions options) {
        boolean off = options.repeatPenalty() == 1 && options.frequencyPenalty() == 0 && options.presencePenalty() == 0;
        if (!off && options.penaltyLastTokens() > 0) {
            stages.add(new PenaltiesStage(
                    options.penaltyLastTokens(),
                    options.repeatPenalty(),
                    options.frequencyPenalty(),
                    options.presencePenalty()));
        }
    }

    private void addTemperature(TemperatureStage stage) {
        if (stage.temperature() != 1 || stage.range() > 0) {
            stages.add(stage);
        }
    }

    private TokenSelector drawingSelector(SamplingOptions options) {
        if (options.mirostat() != Mirostat.OFF) {
            return new MirostatSelector(
                    options.mirostat(), vocabularySize, options.mirostatTau(), options.mirostatEta(), (int) seed);
        }
        if (options.order().samplers().contains(SamplerKind.ADAPTIVE_P)) {
            return new AdaptivePSelector(options.adaptiveTarget(), options.adaptiveDecay(), (int) seed);
        }
        return new DistributionSelector((int) seed);
    }
}
