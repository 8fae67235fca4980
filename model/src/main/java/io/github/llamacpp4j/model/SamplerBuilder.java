package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.*;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.ffi.generated.llama_logit_bias;
import io.github.llamacpp4j.ffi.generated.llama_sampler_chain_params;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Puts a {@link Sampler} together. Filters come first, in the order in which they work; the last one must choose a token:
 * {@link #greedy()}, {@link #distribution(int)}, a mirostat or {@link #adaptiveP(float, float, int)}. Numbers that are NaN
 * or out of range are refused with {@link IllegalArgumentException}. Nothing native is made before {@link #build()}. Not
 * thread-safe.
 */
public final class SamplerBuilder {

    /** For the seeds: a new one each time. */
    public static final int RANDOM_SEED = -1;

    /** The most samplers in a chain. */
    public static final int MAX_STAGES = 64;

    /** The smallest temperature other than 0: smaller ones overflow. */
    public static final float SMALLEST_TEMPERATURE = 1e-6f;

    private static final int LARGEST_INFILL_CANDIDATES = 1000;
    private static final int LONGEST_INFILL_PIECE_BYTES = 512;
    private static final float LARGEST_DECAY = 0.99f;

    private final Model model;
    private final List<Stage> stages = new ArrayList<>();
    private boolean performanceCounters;

    /** A sampler to be made; {@code chooses} if it chooses a token. */
    private record Stage(boolean chooses, int limit, Function<MemorySegment, MemorySegment> maker) {}

    SamplerBuilder(Model model) {
        this.model = requireNonNull(model, "model");
    }

    private SamplerBuilder filter(Function<MemorySegment, MemorySegment> maker) {
        return add(new Stage(false, Integer.MAX_VALUE, maker));
    }

    private SamplerBuilder chooser(Function<MemorySegment, MemorySegment> maker) {
        return add(new Stage(true, 1, maker));
    }

    private SamplerBuilder add(Stage stage) {
        if (stages.size() == MAX_STAGES) {
            throw new IllegalStateException("a chain has at most " + MAX_STAGES + " samplers");
        }
        if (!stages.isEmpty() && stages.getLast().chooses()) {
            throw new IllegalStateException("the chain already ends with a sampler that chooses a token");
        }
        stages.add(stage);
        return this;
    }

    /** Chooses the best token ({@code greedy}). */
    public SamplerBuilder greedy() {
        return chooser(vocab -> llama_sampler_init_greedy());
    }

    /** Chooses by chance, according to the probabilities ({@code dist}). */
    public SamplerBuilder distribution(int seed) {
        return chooser(vocab -> llama_sampler_init_dist(seed));
    }

    /** Keeps the {@code k} best tokens ({@code top_k}); 0 keeps all. */
    public SamplerBuilder topK(int k) {
        requireAtLeast("k", k, 0);
        return add(new Stage(false, k == 0 ? Integer.MAX_VALUE : k, vocab -> llama_sampler_init_top_k(k)));
    }

    /** Keeps the best tokens whose probabilities add up to {@code p} ({@code top_p}); 1 keeps all. */
    public SamplerBuilder topP(float p, int minKeep) {
        requireProbability("p", p);
        requireAtLeast("minKeep", minKeep, 0);
        return filter(vocab -> llama_sampler_init_top_p(p, minKeep));
    }

    /** Keeps tokens at least {@code p} times as probable as the best ({@code min_p}); 0 keeps all. */
    public SamplerBuilder minP(float p, int minKeep) {
        requireProbability("p", p);
        requireAtLeast("minKeep", minKeep, 0);
        return filter(vocab -> llama_sampler_init_min_p(p, minKeep));
    }

    /** Keeps the tokens of typical information whose probabilities add up to {@code p} ({@code typical}); 1 keeps all. */
    public SamplerBuilder typical(float p, int minKeep) {
        requireProbability("p", p);
        requireAtLeast("minKeep", minKeep, 0);
        return filter(vocab -> llama_sampler_init_typical(p, minKeep));
    }

    /** Divides the logits ({@code temp}); 0 excludes all but the best, otherwise {@link #SMALLEST_TEMPERATURE} or more. */
    public SamplerBuilder temperature(float temperature) {
        requireTemperature(temperature);
        return filter(vocab -> llama_sampler_init_temp(temperature));
    }

    /** Divides the logits by a temperature that follows the entropy, {@code range} up and down ({@code temp_ext}). */
    public SamplerBuilder dynamicTemperature(float temperature, float range, float exponent) {
        requireTemperature(temperature);
        requireNotNegative("range", range);
        requireNotNegative("exponent", exponent);
        return filter(vocab -> llama_sampler_init_temp_ext(temperature, range, exponent));
    }

    /** With a chance, excludes all but the least of the tokens above a threshold ({@code xtc}). */
    public SamplerBuilder xtc(float probability, float threshold, int minKeep, int seed) {
        requireProbability("probability", probability);
        requireProbability("threshold", threshold);
        requireAtLeast("minKeep", minKeep, 0);
        return filter(vocab -> llama_sampler_init_xtc(probability, threshold, minKeep, seed));
    }

    /** Keeps tokens within {@code n} standard deviations of the best logit ({@code top_n_sigma}); 0 keeps all. */
    public SamplerBuilder topNSigma(float n) {
        requireNotNegative("n", n);
        return filter(vocab -> llama_sampler_init_top_n_sigma(n));
    }

    /**
     * Chooses so that the surprise stays at {@code tau} ({@code mirostat}).
     *
     * @param seed the seed
     * @param tau the surprise aimed at, above 0
     * @param eta how fast it adapts, above 0
     * @param m from how many tokens it estimates, 2 or more; usually 100
     */
    public SamplerBuilder mirostat(int seed, float tau, float eta, int m) {
        requirePositive("tau", tau);
        requirePositive("eta", eta);
        requireAtLeast("m", m, 2);
        int size = model.tokenizer().size();
        return chooser(vocab -> llama_sampler_init_mirostat(size, seed, tau, eta, m));
    }

    /** The simpler second version of {@link #mirostat(int, float, float, int)} ({@code mirostat_v2}). */
    public SamplerBuilder mirostatV2(int seed, float tau, float eta) {
        requirePositive("tau", tau);
        requirePositive("eta", eta);
        return chooser(vocab -> llama_sampler_init_mirostat_v2(seed, tau, eta));
    }

    /**
     * Makes tokens that occurred less probable ({@code penalties}).
     *
     * @param lastTokens how many tokens back, 0 to {@link DryOptions#MAX_LAST_TOKENS}; 0 switches it off
     * @param repeat divides a positive logit, above 0; 1 is without effect
     * @param frequency subtracted for each occurrence; 0 is without effect
     * @param presence subtracted once; 0 is without effect
     */
    public SamplerBuilder penalties(int lastTokens, float repeat, float frequency, float presence) {
        if (lastTokens < 0 || lastTokens > DryOptions.MAX_LAST_TOKENS) {
            throw new IllegalArgumentException(
                    "lastTokens must be from 0 to " + DryOptions.MAX_LAST_TOKENS + ", found " + lastTokens);
        }
        requirePositive("repeat", repeat);
        requireFinite("frequency", frequency);
        requireFinite("presence", presence);
        int size = model.tokenizer().size();
        return filter(vocab -> llama_sampler_init_penalties(size, lastTokens, repeat, frequency, presence));
    }

    /** Penalises repetitions by their length ({@code dry}). */
    public SamplerBuilder dry(DryOptions options) {
        requireNonNull(options, "options");
        return filter(vocab -> {
            try (Arena arena = Arena.ofConfined()) {
                int count = options.breakers().size();
                MemorySegment breakers = arena.allocate(ADDRESS, count + 1L);
                for (int i = 0; i < count; i++) {
                    breakers.setAtIndex(
                            ADDRESS, i, arena.allocateFrom(options.breakers().get(i)));
                }
                return llama_sampler_init_dry(
                        vocab,
                        options.multiplier(),
                        options.base(),
                        options.allowedLength(),
                        options.lastTokens(),
                        breakers,
                        count);
            }
        });
    }

    /**
     * Chooses tokens near a probability ({@code adaptive_p}).
     *
     * @param target the probability aimed at, 0 to 1
     * @param decay how slowly it adapts, 0 to 0.99
     * @param seed the seed
     */
    public SamplerBuilder adaptiveP(float target, float decay, int seed) {
        requireProbability("target", target);
        if (!(decay >= 0 && decay <= LARGEST_DECAY)) {
            throw new IllegalArgumentException("decay must be from 0 to " + LARGEST_DECAY + ", found " + decay);
        }
        return chooser(vocab -> llama_sampler_init_adaptive_p(target, decay, seed));
    }

    /**
     * Adds to the logits of certain tokens ({@code logit_bias}); negative infinity excludes a token.
     *
     * @throws IllegalArgumentException if a token is outside the vocabulary or a bias is NaN or positive infinity
     */
    public SamplerBuilder logitBias(Map<Integer, Float> biases) {
        Map<Integer, Float> copy = Map.copyOf(biases);
        int size = model.tokenizer().size();
        copy.forEach((token, bias) -> {
            if (token < 0 || token >= size) {
                throw new IllegalArgumentException("token ids go from 0 to " + (size - 1) + ", found " + token);
            }
            if (!(bias < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "the bias of token " + token + " is " + bias + ", expected a number");
            }
        });
        return filter(vocab -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment array = llama_logit_bias.allocateArray(arena, copy.size() + 1L);
                int i = 0;
                for (Map.Entry<Integer, Float> entry : copy.entrySet()) {
                    MemorySegment element = llama_logit_bias.elementAt(array, i++);
                    llama_logit_bias.token(element, entry.getKey());
                    llama_logit_bias.bias(element, entry.getValue());
                }
                return llama_sampler_init_logit_bias(size, copy.size(), array);
            }
        });
    }

    /**
     * Prefers whole continuations when a gap is filled ({@code infill}). It compares all candidates with each other, so a
     * {@link #topK(int)} of at most 1000 must come before it.
     *
     * @throws IllegalStateException if none does, or the model has no token for the end of a turn or text
     */
    public SamplerBuilder infill() {
        if (stages.stream().noneMatch(stage -> stage.limit() <= LARGEST_INFILL_CANDIDATES)) {
            throw new IllegalStateException("infill compares all candidates with each other: put topK with at most "
                    + LARGEST_INFILL_CANDIDATES + " before it");
        }
        SpecialTokens special = model.tokenizer().specialTokens();
        if (special.endOfTurn().isEmpty() && special.end().isEmpty()) {
            throw new IllegalStateException(
                    "infill needs a token for the end of a turn or of a text; this model has none");
        }
        if (model.tokenizer().longestPieceBytes() > LONGEST_INFILL_PIECE_BYTES) {
            throw new IllegalStateException("infill cannot handle vocabularies with tokens of more than "
                    + LONGEST_INFILL_PIECE_BYTES + " bytes");
        }
        return filter(vocab -> llama_sampler_init_infill(vocab));
    }

    /** Whether times are measured ({@code no_perf}, negated), see {@link Sampler#performance()}. Default {@code false}. */
    public SamplerBuilder performanceCounters(boolean measured) {
        this.performanceCounters = measured;
        return this;
    }

    /**
     * The sampler, which the caller closes.
     *
     * @throws IllegalStateException if the last one does not choose a token, or the model is closed
     */
    public Sampler build() {
        if (stages.isEmpty() || !stages.getLast().chooses()) {
            throw new IllegalStateException(
                    "the last sampler of a chain must choose a token: add greedy, distribution, a mirostat or adaptiveP");
        }
        return model.tokenizer().vocabulary().call(vocab -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment params = llama_sampler_chain_default_params(arena);
                llama_sampler_chain_params.no_perf(params, !performanceCounters);
                MemorySegment chain = llama_sampler_chain_init(params);
                try {
                    stages.forEach(stage ->
                            llama_sampler_chain_add(chain, stage.maker().apply(vocab)));
                } catch (RuntimeException failure) {
                    llama_sampler_free(chain);
                    throw failure;
                }
                return new Sampler(model.handle(), chain, model.tokenizer().size());
            }
        });
    }

    private static void requireAtLeast(String name, int value, int smallest) {
        if (value < smallest) {
            throw new IllegalArgumentException(name + " must be at least " + smallest + ", found " + value);
        }
    }

    private static void requireProbability(String name, float value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be from 0 to 1, found " + value);
        }
    }

    private static void requireFinite(String name, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(name + " must be finite, found " + value);
        }
    }

    private static void requireNotNegative(String name, float value) {
        if (!Float.isFinite(value) || value < 0) {
            throw new IllegalArgumentException(name + " must be finite and not negative, found " + value);
        }
    }

    private static void requirePositive(String name, float value) {
        if (!Float.isFinite(value) || value <= 0) {
            throw new IllegalArgumentException(name + " must be finite and above 0, found " + value);
        }
    }

    private static void requireTemperature(float value) {
        if (value != 0 && !(value >= SMALLEST_TEMPERATURE && value < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the temperature must be 0 or from " + SMALLEST_TEMPERATURE + " up and finite, found " + value);
        }
    }
}
