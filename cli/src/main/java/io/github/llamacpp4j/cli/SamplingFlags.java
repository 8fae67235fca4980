package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.engine.Mirostat;
import io.github.llamacpp4j.engine.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How tokens are chosen and when a generation ends, as command-line options. */
class SamplingFlags implements CheckedFlags {

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Generate at most N tokens (default: until the model ends or the context is full).")
    @Nullable
    Integer maxTokens;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End when the text holds TEXT; may be repeated.")
    List<String> stop = new ArrayList<>();

    @Option(
            names = "--ignore-eos",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Never choose an end-of-generation token.")
    @Nullable
    Boolean ignoreEos;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Temperature; 0 always picks the most likely token (default 0.8).")
    @Nullable
    Double temperature;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the draws, 0 to 4294967295 (default: random).")
    @Nullable
    Long seed;

    @Option(names = "--top-k", paramLabel = "N", description = "Keep the N most likely tokens; 0 is off (default 40).")
    @Nullable
    Integer topK;

    @Option(names = "--top-p", paramLabel = "P", description = "Keep this probability mass; 1 is off (default 0.95).")
    @Nullable
    Double topP;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            description = "Keep tokens of this probability relative to the best; 0 is off (default 0.05).")
    @Nullable
    Double minP;

    @Option(
            names = "--typical-p",
            paramLabel = "P",
            description = "Keep this mass of typical tokens; 1 is off (default 1).")
    @Nullable
    Double typicalP;

    @Option(
            names = "--top-n-sigma",
            paramLabel = "N",
            description = "Keep tokens within N standard deviations of the best; below 0 is off (default -1).")
    @Nullable
    Double topNSigma;

    @Option(
            names = "--xtc-probability",
            paramLabel = "P",
            description = "Chance to drop the top choices; 0 is off (default 0).")
    @Nullable
    Double xtcProbability;

    @Option(
            names = "--xtc-threshold",
            paramLabel = "P",
            description = "Probability from which a token is a top choice (default 0.1).")
    @Nullable
    Double xtcThreshold;

    @Option(names = "--min-keep", paramLabel = "N", description = "Tokens that filters must leave (default 0).")
    @Nullable
    Integer minKeep;

    @Option(
            names = "--repeat-last-n",
            paramLabel = "N",
            description = "Recent tokens that penalties look at; 0 is off (default 64).")
    @Nullable
    Integer repeatLastN;

    @Option(
            names = "--repeat-penalty",
            paramLabel = "X",
            description = "Factor on recent tokens; 1 is off (default 1).")
    @Nullable
    Double repeatPenalty;

    @Option(names = "--frequency-penalty", paramLabel = "X", description = "Taken off for each occurrence (default 0).")
    @Nullable
    Double frequencyPenalty;

    @Option(names = "--presence-penalty", paramLabel = "X", description = "Taken off once (default 0).")
    @Nullable
    Double presencePenalty;

    @Option(
            names = "--dry-multiplier",
            paramLabel = "X",
            description = "Strength of the DRY penalty; 0 is off (default 0).")
    @Nullable
    Double dryMultiplier;

    @Option(names = "--dry-base", paramLabel = "X", description = "Base of the DRY penalty (default 1.75).")
    @Nullable
    Double dryBase;

    @Option(
            names = "--dry-allowed-length",
            paramLabel = "N",
            description = "Longest repetition that DRY lets pass (default 2).")
    @Nullable
    Integer dryAllowedLength;

    @Option(
            names = "--dry-penalty-last-n",
            paramLabel = "N",
            description = "Recent tokens that DRY looks at (default 64).")
    @Nullable
    Integer dryPenaltyLastN;

    @Option(
            names = "--dry-sequence-breaker",
            paramLabel = "TEXT",
            description = "Text at which DRY starts afresh; may be repeated.")
    List<String> drySequenceBreaker = new ArrayList<>();

    @Option(
            names = "--dynatemp-range",
            paramLabel = "X",
            description = "Range of the dynamic temperature; 0 is off (default 0).")
    @Nullable
    Double dynatempRange;

    @Option(
            names = "--dynatemp-exponent",
            paramLabel = "X",
            description = "Exponent of the dynamic temperature (default 1).")
    @Nullable
    Double dynatempExponent;

    @Option(
            names = "--mirostat",
            paramLabel = "0|1|2",
            description = "Mirostat instead of the other samplers; 0 is off (default 0).")
    @Nullable
    Integer mirostat;

    @Option(names = "--mirostat-tau", paramLabel = "X", description = "Mirostat's target surprise (default 5).")
    @Nullable
    Double mirostatTau;

    @Option(names = "--mirostat-eta", paramLabel = "X", description = "Mirostat's learning rate (default 0.1).")
    @Nullable
    Double mirostatEta;

    @Override
    public final void check() {
        changed(GenerationOptions.defaults());
    }

    /** The options {@code base}, changed by the flags that were given. */
    GenerationOptions toOptions(GenerationOptions base) {
        return changed(base);
    }

    private GenerationOptions changed(GenerationOptions base) {
        GenerationOptions.Builder options = base.toBuilder().sampling(this::fill);
        Flags.set(maxTokens, options::maxTokens);
        Flags.set(ignoreEos, options::ignoreEndOfGeneration);
        if (!stop.isEmpty()) {
            options.stop(stop);
        }
        return options.build();
    }

    private void fill(SamplingOptions.Builder sampling) {
        Flags.set(temperature, sampling::temperature);
        Flags.set(seed, sampling::seed);
        Flags.set(topK, sampling::topK);
        Flags.set(topP, sampling::topP);
        Flags.set(minP, sampling::minP);
        Flags.set(typicalP, sampling::typicalP);
        Flags.set(topNSigma, sampling::topNSigma);
        Flags.set(xtcProbability, sampling::xtcProbability);
        Flags.set(xtcThreshold, sampling::xtcThreshold);
        Flags.set(minKeep, sampling::minKeep);
        Flags.set(repeatLastN, sampling::penaltyLastTokens);
        Flags.set(repeatPenalty, sampling::repeatPenalty);
        Flags.set(frequencyPenalty, sampling::frequencyPenalty);
        Flags.set(presencePenalty, sampling::presencePenalty);
        Flags.set(dryMultiplier, sampling::dryMultiplier);
        Flags.set(dryBase, sampling::dryBase);
        Flags.set(dryAllowedLength, sampling::dryAllowedLength);
        Flags.set(dryPenaltyLastN, sampling::dryLastTokens);
        if (!drySequenceBreaker.isEmpty()) {
            sampling.drySequenceBreakers(drySequenceBreaker);
        }
        Flags.set(dynatempRange, sampling::dynamicTemperatureRange);
        Flags.set(dynatempExponent, sampling::dynamicTemperatureExponent);
        Flags.set(mirostat, version -> sampling.mirostat(mirostat(version)));
        Flags.set(mirostatTau, sampling::mirostatTau);
        Flags.set(mirostatEta, sampling::mirostatEta);
    }

    private static Mirostat mirostat(int version) {
        return switch (version) {
            case 0 -> Mirostat.OFF;
            case 1 -> Mirostat.V1;
            case 2 -> Mirostat.V2;
            default -> throw new IllegalArgumentException("mirostat must be 0, 1 or 2, got " + version);
        };
    }
}
