package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.Mirostat;
import io.github.llamacpp4j.engine.SamplerKind;
import io.github.llamacpp4j.engine.SamplerOrder;
import io.github.llamacpp4j.engine.SamplingOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The fields on how tokens are chosen: OpenAI's, and the extensions as llama-server names them. */
final class SamplingFields {

    private static final int MOST_BREAKERS = 64;
    private static final int LONGEST_WORD = 256;
    private static final int MOST_SAMPLERS = 16;
    private static final int LARGEST_WINDOW = 1 << 16;

    private SamplingFields() {}

    static List<Field<GenerationBody>> all() {
        List<Field<GenerationBody>> fields = new ArrayList<>(openAi());
        extensions().forEach(field -> fields.add(field.extension()));
        return fields;
    }

    private static List<Field<GenerationBody>> openAi() {
        return List.of(
                number(
                        "frequency_penalty",
                        -2,
                        2,
                        "Taken off a token's logit for each of its recent occurrences. Default 0.",
                        (s, v) -> s.frequencyPenalty(v)),
                LogitBiasField.field(),
                number(
                        "presence_penalty",
                        -2,
                        2,
                        "Taken once off the logit of a recent token. Default 0.",
                        (s, v) -> s.presencePenalty(v)),
                Field.integer(
                        "seed",
                        Long.MIN_VALUE,
                        Long.MAX_VALUE,
                        "The lowest 32 bits count; below 0 is random. Answers of one request have seeds in a row. A prompt from"
                                + " the cache can change the last digits of a probability: `cache_prompt` false avoids that.",
                        SamplingFields::readSeed),
                number(
                        "temperature",
                        0,
                        100,
                        "0 always picks the most likely token. Default 0.8.",
                        (s, v) -> s.temperature(v)),
                number("top_p", 0, 1, "Keeps this probability mass. Default 0.95.", (s, v) -> s.topP(v)));
    }

    private static List<Field<GenerationBody>> extensions() {
        return List.of(
                number("dry_base", 0, 1e6, "Base of the DRY penalty's growth. Default 1.75.", (s, v) -> s.dryBase(v)),
                integer(
                        "dry_allowed_length",
                        0,
                        LARGEST_WINDOW,
                        "Longest repetition that DRY lets pass. Default 2.",
                        (s, v) -> s.dryAllowedLength(v)),
                number("dry_multiplier", 0, 1e6, "Strength of DRY; 0 is off. Default 0.", (s, v) -> s.dryMultiplier(v)),
                window(
                        "dry_penalty_last_n",
                        "Recent tokens that DRY looks at; -1 is the whole context. Default 64.",
                        (s, v) -> s.dryLastTokens(v)),
                Field.of(
                        "dry_sequence_breakers",
                        Schemas.array(Schemas.type("string").put("maxLength", LONGEST_WORD), 0, MOST_BREAKERS),
                        "Texts at which DRY starts afresh. Default newline, `:`, `\"` and `*`.",
                        SamplingFields::readBreakers),
                number(
                        "dynatemp_exponent",
                        0,
                        1e6,
                        "How the dynamic temperature follows the entropy. Default 1.",
                        (s, v) -> s.dynamicTemperatureExponent(v)),
                number(
                        "dynatemp_range",
                        0,
                        100,
                        "Lets the temperature move this much either way; 0 is off. Default 0.",
                        (s, v) -> s.dynamicTemperatureRange(v)),
                integer(
                        "min_keep",
                        0,
                        LARGEST_WINDOW,
                        "Tokens that filters must leave. Default 0.",
                        (s, v) -> s.minKeep(v)),
                number("min_p", 0, 1, "Smallest probability relative to the best. Default 0.05.", (s, v) -> s.minP(v)),
                integer(
                        "mirostat",
                        0,
                        2,
                        "Mirostat 1 or 2 instead of the other samplers; 0 is off. Default 0.",
                        (s, v) -> s.mirostat(mirostat(v))),
                number("mirostat_eta", 0, 1e6, "Mirostat's learning rate. Default 0.1.", (s, v) -> s.mirostatEta(v)),
                number("mirostat_tau", 0, 1e6, "Mirostat's target surprise. Default 5.", (s, v) -> s.mirostatTau(v)),
                window(
                        "repeat_last_n",
                        "Recent tokens that penalties look at; -1 is the whole context. Default 64.",
                        (s, v) -> s.penaltyLastTokens(v)),
                number(
                        "repeat_penalty",
                        1e-6,
                        1e6,
                        "Factor on recent tokens; 1 is off. Default 1.",
                        (s, v) -> s.repeatPenalty(v)),
                Field.of(
                        "samplers",
                        Schemas.array(samplerName(), 0, MOST_SAMPLERS),
                        "The samplers in the order in which they run, named as in `--samplers` of llama.cpp.",
                        SamplingFields::readSamplers),
                integer(
                        "top_k",
                        -1,
                        Integer.MAX_VALUE,
                        "Keeps this many of the most likely tokens; 0 or -1 is off. Default 40.",
                        (s, v) -> s.topK(Math.max(v, 0))),
                number(
                        "top_n_sigma",
                        -1,
                        1e6,
                        "Keeps tokens within this many standard deviations of the best; -1 is off. Default -1.",
                        (s, v) -> s.topNSigma(v)),
                number(
                        "typical_p",
                        0,
                        1,
                        "Keeps this mass of typical tokens; 1 is off. Default 1.",
                        (s, v) -> s.typicalP(v)),
                number(
                        "xtc_probability",
                        0,
                        1,
                        "Chance that top choices are dropped. Default 0.",
                        (s, v) -> s.xtcProbability(v)),
                number(
                        "xtc_threshold",
                        0,
                        1,
                        "From which probability a token is a top choice. Default 0.1.",
                        (s, v) -> s.xtcThreshold(v)));
    }

    private static Field<GenerationBody> number(
            String name, double lowest, double highest, String note, Setting<Double> setting) {
        return Field.number(
                name, lowest, highest, note, (body, value) -> body.sampling(sampling -> setting.set(sampling, value)));
    }

    private static Field<GenerationBody> integer(
            String name, int lowest, int highest, String note, Setting<Integer> setting) {
        return Field.integer(
                name,
                lowest,
                highest,
                note,
                (body, value) -> body.sampling(sampling -> setting.set(sampling, (int) value)));
    }

    private static Field<GenerationBody> window(String name, String note, Setting<Integer> setting) {
        return Field.integer(name, -1, LARGEST_WINDOW, note, (body, value) -> {
            int most = Math.min(body.tokens().contextTokens(), LARGEST_WINDOW);
            body.sampling(sampling -> setting.set(sampling, value < 0 ? most : (int) value));
        });
    }

    private static Mirostat mirostat(int version) {
        return switch (version) {
            case 0 -> Mirostat.OFF;
            case 1 -> Mirostat.V1;
            default -> Mirostat.V2;
        };
    }

    private static void readSeed(GenerationBody body, long seed) {
        body.sampling(sampling -> {
            if (seed < 0) {
                sampling.randomSeed();
            } else {
                sampling.seed(seed & 0xFFFF_FFFFL);
            }
        });
    }

    private static void readBreakers(Value value, GenerationBody body) {
        List<String> breakers = new ArrayList<>();
        for (Value item : value.items(0, MOST_BREAKERS)) {
            if (item.text(LONGEST_WORD).isEmpty()) {
                throw item.expected("a text of at least one character");
            }
            breakers.add(item.text());
        }
        body.sampling(sampling -> sampling.drySequenceBreakers(breakers));
    }

    private static ObjectNode samplerName() {
        return Schemas.choice(
                Arrays.stream(SamplerKind.values()).map(SamplerKind::nativeName).toList());
    }

    private static void readSamplers(Value value, GenerationBody body) {
        List<String> names = new ArrayList<>();
        for (Value item : value.items(0, MOST_SAMPLERS)) {
            names.add(item.text(LONGEST_WORD));
        }
        try {
            SamplerOrder order = SamplerOrder.parse(String.join(";", names));
            body.sampling(sampling -> sampling.order(order));
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(value.path(), value.path() + ": " + e.getMessage());
        }
    }

    /** Sets one sampling setting. */
    private interface Setting<T> {
        void set(SamplingOptions.Builder sampling, T value);
    }
}
