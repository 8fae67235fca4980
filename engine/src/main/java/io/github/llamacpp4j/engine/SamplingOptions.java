package io.github.llamacpp4j.engine;

import java.util.List;
import java.util.OptionalLong;

/**
 * How the next token is chosen. The defaults are those of llama.cpp's {@code common_params_sampling}: temperature 0.8, top-k 40,
 * top-p 0.95, min-p 0.05, everything else off.
 *
 * <p>Immutable and thread-safe.
 */
public final class SamplingOptions {

    private static final SamplingOptions DEFAULTS = new Builder().build();
    private static final long LARGEST_SEED = 0xFFFF_FFFFL;
    private static final int LONGEST_WINDOW = 1 << 20;

    private final Builder values;

    private SamplingOptions(Builder values) {
        this.values = values;
    }

    /** llama.cpp's defaults. */
    public static SamplingOptions defaults() {
        return DEFAULTS;
    }

    /** Options that always pick the most likely token. */
    public static SamplingOptions greedy() {
        return builder().temperature(0).build();
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /** The seed of the draws, 0 to 2³² − 1; absent means that each request gets a random one. */
    public OptionalLong seed() {
        return values.seed < 0 ? OptionalLong.empty() : OptionalLong.of(values.seed);
    }

    /** The temperature; zero or below picks the most likely token. */
    public float temperature() {
        return values.temperature;
    }

    /** Half the width of the dynamic temperature's range; 0 is off. */
    public float dynamicTemperatureRange() {
        return values.dynamicTemperatureRange;
    }

    /** How the dynamic temperature follows the normalised entropy. */
    public float dynamicTemperatureExponent() {
        return values.dynamicTemperatureExponent;
    }

    /** How many of the largest logits stay; 0 is off. */
    public int topK() {
        return values.topK;
    }

    /** The probability mass that stays; 1 is off. */
    public float topP() {
        return values.topP;
    }

    /** The smallest probability that stays, relative to the largest; 0 is off. */
    public float minP() {
        return values.minP;
    }

    /** The probability mass of typical tokens that stays; 1 is off. */
    public float typicalP() {
        return values.typicalP;
    }

    /** The number of standard deviations below the largest logit that stay; 0 or below is off. */
    public float topNSigma() {
        return values.topNSigma;
    }

    /** The chance that top choices are dropped; 0 is off. */
    public float xtcProbability() {
        return values.xtcProbability;
    }

    /** From which probability on a token is a top choice; above 0.5 is off. */
    public float xtcThreshold() {
        return values.xtcThreshold;
    }

    /** How many tokens filtering must leave at least. */
    public int minKeep() {
        return values.minKeep;
    }

    /** How many recent tokens are penalised; 0 is off. */
    public int penaltyLastTokens() {
        return values.penaltyLastTokens;
    }

    /** The factor by which recent tokens' logits shrink; 1 is off. */
    public float repeatPenalty() {
        return values.repeatPenalty;
    }

    /** What is taken off a recent token's logit for each time it occurred; 0 is off. */
    public float frequencyPenalty() {
        return values.frequencyPenalty;
    }

    /** What is taken off a recent token's logit once; 0 is off. */
    public float presencePenalty() {
        return values.presencePenalty;
    }

    /** The strength of the DRY penalty; 0 is off. */
    public float dryMultiplier() {
        return values.dryMultiplier;
    }

    /** The base of the DRY penalty's growth; below 1 is off. */
    public float dryBase() {
        return values.dryBase;
    }

    /** The longest repetition that goes unpunished by DRY, in tokens. */
    public int dryAllowedLength() {
        return values.dryAllowedLength;
    }

    /** How many recent tokens DRY looks at; 0 is off. */
    public int dryLastTokens() {
        return values.dryLastTokens;
    }

    /** The texts at which DRY starts afresh. */
    public List<String> drySequenceBreakers() {
        return values.drySequenceBreakers;
    }

    /** Which Mirostat replaces the other samplers. */
    public Mirostat mirostat() {
        return values.mirostat;
    }

    /** Mirostat's target surprise in bits. */
    public float mirostatTau() {
        return values.mirostatTau;
    }

    /** Mirostat's learning rate. */
    public float mirostatEta() {
        return values.mirostatEta;
    }

    /** The probability that adaptive-p aims at; below 0 is off. */
    public float adaptiveTarget() {
        return values.adaptiveTarget;
    }

    /** How slowly adaptive-p forgets, 0 to 0.99. */
    public float adaptiveDecay() {
        return values.adaptiveDecay;
    }

    /** Amounts added to logits before anything else. */
    public List<LogitBias> logitBias() {
        return values.logitBias;
    }

    /** The order of the samplers. */
    public SamplerOrder order() {
        return values.order;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SamplingOptions that && values.state().equals(that.values.state());
    }

    @Override
    public int hashCode() {
        return values.state().hashCode();
    }

    @Override
    public String toString() {
        return "SamplingOptions" + values.state();
    }

    /** Collects options; {@link #build} checks them. Not thread-safe. */
    public static final class Builder {

        private long seed = -1;
        private float temperature = 0.8f;
        private float dynamicTemperatureRange;
        private float dynamicTemperatureExponent = 1f;
        private int topK = 40;
        private float topP = 0.95f;
        private float minP = 0.05f;
        private float typicalP = 1f;
        private float topNSigma = -1f;
        private float xtcProbability;
        private float xtcThreshold = 0.1f;
        private int minKeep;
        private int penaltyLastTokens = 64;
        private float repeatPenalty = 1f;
        private float frequencyPenalty;
        private float presencePenalty;
        private float dryMultiplier;
        private float dryBase = 1.75f;
        private int dryAllowedLength = 2;
        private int dryLastTokens = 64;
        private List<String> drySequenceBreakers = List.of("\n", ":", "\"", "*");
        private Mirostat mirostat = Mirostat.OFF;
        private float mirostatTau = 5f;
        private float mirostatEta = 0.1f;
        private float adaptiveTarget = -1f;
        private float adaptiveDecay = 0.9f;
        private List<LogitBias> logitBias = List.of();
        private SamplerOrder order = SamplerOrder.defaults();

        private Builder() {}

        private Builder(Builder from) {
            seed = from.seed;
            temperature = from.temperature;
            dynamicTemperatureRange = from.dynamicTemperatureRange;
            dynamicTemperatureExponent = from.dynamicTemperatureExponent;
            topK = from.topK;
            topP = from.topP;
            minP = from.minP;
            typicalP = from.typicalP;
            topNSigma = from.topNSigma;
            xtcProbability = from.xtcProbability;
            xtcThreshold = from.xtcThreshold;
            minKeep = from.minKeep;
            penaltyLastTokens = from.penaltyLastTokens;
            repeatPenalty = from.repeatPenalty;
            frequencyPenalty = from.frequencyPenalty;
            presencePenalty = from.presencePenalty;
            dryMultiplier = from.dryMultiplier;
            dryBase = from.dryBase;
            dryAllowedLength = from.dryAllowedLength;
            dryLastTokens = from.dryLastTokens;
            drySequenceBreakers = from.drySequenceBreakers;
            mirostat = from.mirostat;
            mirostatTau = from.mirostatTau;
            mirostatEta = from.mirostatEta;
            adaptiveTarget = from.adaptiveTarget;
            adaptiveDecay = from.adaptiveDecay;
            logitBias = from.logitBias;
            order = from.order;
        }

        /** Sets the seed of the draws, 0 to 2³² − 1. Default: a random one per request. */
        public Builder seed(long value) {
            if (value < 0 || value > LARGEST_SEED) {
                throw new IllegalArgumentException("seed must be 0 to " + LARGEST_SEED + ", got " + value);
            }
            seed = value;
            return this;
        }

        /** Gives each request a random seed, which is the default. */
        public Builder randomSeed() {
            seed = -1;
            return this;
        }

        /** Sets the temperature; zero or below picks the most likely token. Default 0.8. */
        public Builder temperature(double value) {
            temperature = (float) value;
            return this;
        }

        /** Lets the temperature move by this much either way, following the entropy. Default 0, off. */
        public Builder dynamicTemperatureRange(double value) {
            dynamicTemperatureRange = (float) value;
            return this;
        }

        /** Sets how the dynamic temperature follows the normalised entropy. Default 1. */
        public Builder dynamicTemperatureExponent(double value) {
            dynamicTemperatureExponent = (float) value;
            return this;
        }

        /** Keeps this many of the largest logits; 0 is off. Default 40. */
        public Builder topK(int value) {
            topK = value;
            return this;
        }

        /** Keeps this probability mass, 0 to 1; 1 is off. Default 0.95. */
        public Builder topP(double value) {
            topP = (float) value;
            return this;
        }

        /** Keeps tokens of at least this probability relative to the largest, 0 to 1; 0 is off. Default 0.05. */
        public Builder minP(double value) {
            minP = (float) value;
            return this;
        }

        /** Keeps this mass of typical tokens, 0 to 1; 1 is off. Default 1. */
        public Builder typicalP(double value) {
            typicalP = (float) value;
            return this;
        }

        /** Keeps this many standard deviations below the largest logit; 0 or below is off. Default -1. */
        public Builder topNSigma(double value) {
            topNSigma = (float) value;
            return this;
        }

        /** Sets the chance that top choices are dropped, 0 to 1; 0 is off. Default 0. */
        public Builder xtcProbability(double value) {
            xtcProbability = (float) value;
            return this;
        }

        /** Sets from which probability on a token is a top choice; above 0.5 is off. Default 0.1. */
        public Builder xtcThreshold(double value) {
            xtcThreshold = (float) value;
            return this;
        }

        /** Sets how many tokens filtering must leave at least. Default 0. */
        public Builder minKeep(int value) {
            minKeep = value;
            return this;
        }

        /** Sets how many recent tokens are penalised, prompt included; 0 is off. Default 64. */
        public Builder penaltyLastTokens(int value) {
            penaltyLastTokens = value;
            return this;
        }

        /** Sets the factor by which recent tokens' logits shrink, above 0; 1 is off. Default 1. */
        public Builder repeatPenalty(double value) {
            repeatPenalty = (float) value;
            return this;
        }

        /** Sets what each occurrence takes off a recent token's logit. Default 0. */
        public Builder frequencyPenalty(double value) {
            frequencyPenalty = (float) value;
            return this;
        }

        /** Sets what is taken off a recent token's logit once. Default 0. */
        public Builder presencePenalty(double value) {
            presencePenalty = (float) value;
            return this;
        }

        /** Sets the strength of the DRY penalty; 0 is off. Default 0. */
        public Builder dryMultiplier(double value) {
            dryMultiplier = (float) value;
            return this;
        }

        /** Sets the base of the DRY penalty's growth; below 1 is off. Default 1.75. */
        public Builder dryBase(double value) {
            dryBase = (float) value;
            return this;
        }

        /** Sets the longest repetition that DRY lets pass, in tokens. Default 2. */
        public Builder dryAllowedLength(int value) {
            dryAllowedLength = value;
            return this;
        }

        /** Sets how many recent tokens DRY looks at; 0 is off. Default 64. */
        public Builder dryLastTokens(int value) {
            dryLastTokens = value;
            return this;
        }

        /** Sets the texts at which DRY starts afresh. Default: newline, colon, double quote, asterisk. */
        public Builder drySequenceBreakers(List<String> value) {
            drySequenceBreakers = List.copyOf(value);
            return this;
        }

        /** Replaces the other samplers by Mirostat. Default off. */
        public Builder mirostat(Mirostat value) {
            mirostat = value;
            return this;
        }

        /** Sets Mirostat's target surprise in bits. Default 5. */
        public Builder mirostatTau(double value) {
            mirostatTau = (float) value;
            return this;
        }

        /** Sets Mirostat's learning rate. Default 0.1. */
        public Builder mirostatEta(double value) {
            mirostatEta = (float) value;
            return this;
        }

        /** Sets the probability adaptive-p aims at, up to 1; below 0 it just draws. Default -1. */
        public Builder adaptiveTarget(double value) {
            adaptiveTarget = (float) value;
            return this;
        }

        /** Sets how slowly adaptive-p forgets, 0 to 0.99. Default 0.9. */
        public Builder adaptiveDecay(double value) {
            adaptiveDecay = (float) value;
            return this;
        }

        /** Adds amounts to logits before anything else. Default none. */
        public Builder logitBias(List<LogitBias> value) {
            logitBias = List.copyOf(value);
            return this;
        }

        /** Sets the order of the samplers. Default {@link SamplerOrder#defaults()}. */
        public Builder order(SamplerOrder value) {
            order = value;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names it
         */
        public SamplingOptions build() {
            finite("temperature", temperature);
            within("dynamicTemperatureRange", dynamicTemperatureRange, 0, Float.MAX_VALUE);
            within("dynamicTemperatureExponent", dynamicTemperatureExponent, 0, Float.MAX_VALUE);
            within("topK", topK, 0, Integer.MAX_VALUE);
            within("topP", topP, 0, 1);
            within("minP", minP, 0, 1);
            within("typicalP", typicalP, 0, 1);
            finite("topNSigma", topNSigma);
            within("xtcProbability", xtcProbability, 0, 1);
            within("xtcThreshold", xtcThreshold, 0, 1);
            within("minKeep", minKeep, 0, Integer.MAX_VALUE);
            within("penaltyLastTokens", penaltyLastTokens, 0, LONGEST_WINDOW);
            within("repeatPenalty", repeatPenalty, 1e-30, 1e30);
            finite("frequencyPenalty", frequencyPenalty);
            finite("presencePenalty", presencePenalty);
            within("dryMultiplier", dryMultiplier, 0, Float.MAX_VALUE);
            within("dryBase", dryBase, 0, Float.MAX_VALUE);
            within("dryAllowedLength", dryAllowedLength, 0, LONGEST_WINDOW);
            within("dryLastTokens", dryLastTokens, 0, LONGEST_WINDOW);
            within("mirostatTau", mirostatTau, 0, Float.MAX_VALUE);
            within("mirostatEta", mirostatEta, 0, Float.MAX_VALUE);
            within("adaptiveTarget", adaptiveTarget, -Float.MAX_VALUE, 1);
            within("adaptiveDecay", adaptiveDecay, 0, 0.99f);
            for (String breaker : drySequenceBreakers) {
                if (breaker.isEmpty()) {
                    throw new IllegalArgumentException("drySequenceBreakers must not hold an empty text");
                }
            }
            return new SamplingOptions(new Builder(this));
        }

        private static void finite(String name, float value) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(name + " must be a finite number, got " + value);
            }
        }

        private static void within(String name, double value, double lowest, double highest) {
            if (!(value >= lowest && value <= highest)) {
                throw new IllegalArgumentException(
                        name + " must be between " + lowest + " and " + highest + ", got " + value);
            }
        }

        private List<Object> state() {
            return List.of(
                    seed,
                    temperature,
                    dynamicTemperatureRange,
                    dynamicTemperatureExponent,
                    topK,
                    topP,
                    minP,
                    typicalP,
                    topNSigma,
                    xtcProbability,
                    xtcThreshold,
                    minKeep,
                    penaltyLastTokens,
                    repeatPenalty,
                    frequencyPenalty,
                    presencePenalty,
                    dryMultiplier,
                    dryBase,
                    dryAllowedLength,
                    dryLastTokens,
                    drySequenceBreakers,
                    mirostat,
                    mirostatTau,
                    mirostatEta,
                    adaptiveTarget,
                    adaptiveDecay,
                    logitBias,
                    order);
        }
    }
}
