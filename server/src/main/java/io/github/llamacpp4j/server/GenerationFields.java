package io.github.llamacpp4j.server;

import io.github.llamacpp4j.OutputConstraint;
import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.Mirostat;
import io.github.llamacpp4j.engine.SamplerKind;
import io.github.llamacpp4j.engine.SamplerOrder;
import io.github.llamacpp4j.engine.SamplingOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** The fields that requests for text have in common: OpenAI's, and the extensions as llama-server names them. */
final class GenerationFields {

    static final int MOST_PROBABILITIES = 128;

    private static final int MOST_STOPS = 64;
    private static final int LONGEST_STOP_BYTES = 4096;
    private static final int MOST_BIASES = 1024;
    private static final int LONGEST_WORD = 256;
    private static final int MOST_SAMPLERS = 16;
    private static final int LARGEST_WINDOW = 1 << 16;
    private static final int LARGEST_BIAS = 100;
    private static final double LARGEST_FREE_BIAS = 1e6;

    private static final FieldTable<GenerationBody> STREAM_OPTIONS = FieldTable.of(List.of(
            Field.flag(
                    "include_usage", "Adds a last chunk with the number of tokens used.", GenerationBody::includeUsage),
            Field.refused("include_obfuscation", "chunks are never padded", false)));

    private GenerationFields() {}

    static List<Field<GenerationBody>> of(ServerOptions options) {
        List<Field<GenerationBody>> fields = new ArrayList<>(openAi(options));
        fields.addAll(sampling());
        fields.addAll(constraints(options.maxSchemaCharacters()));
        fields.addAll(extensions(options));
        return fields;
    }

    private static List<Field<GenerationBody>> openAi(ServerOptions options) {
        return List.of(
                Field.number(
                        "frequency_penalty",
                        -2,
                        2,
                        "Taken off a token's logit for each of its recent occurrences. Default 0.",
                        (body, value) -> body.sampling(sampling -> sampling.frequencyPenalty(value))),
                Field.of(
                        "logit_bias",
                        Schemas.anyOf(biasObject(), biasArray()),
                        "`{\"token id\": -100 to 100}`; or, as llama-server has it, `[[id or text, amount or false]]`,"
                                + " where `false` excludes.",
                        GenerationFields::readBias),
                Field.integer(
                        "n",
                        1,
                        options.maxChoices(),
                        "How many answers; the prompt is read once. Default 1.",
                        GenerationBody::choices),
                Field.number(
                        "presence_penalty",
                        -2,
                        2,
                        "Taken once off the logit of a recent token. Default 0.",
                        (body, value) -> body.sampling(sampling -> sampling.presencePenalty(value))),
                Field.integer(
                        "seed",
                        Long.MIN_VALUE,
                        Long.MAX_VALUE,
                        "The lowest 32 bits count; below 0 is random. Answers of one request have seeds in a row.",
                        GenerationFields::readSeed),
                Field.of(
                        "stop",
                        Schemas.anyOf(stopSchema(), Schemas.array(stopSchema(), 0, MOST_STOPS)),
                        "One text or up to " + MOST_STOPS + " of 1 to " + LONGEST_STOP_BYTES
                                + " bytes; what matches is not part of the answer.",
                        GenerationFields::readStop),
                Field.flag("stream", "Server-sent events instead of one answer.", GenerationBody::stream),
                Field.of(
                        "stream_options",
                        STREAM_OPTIONS.schema(),
                        "`include_usage` adds a last chunk with `usage`; `include_obfuscation` is refused unless false.",
                        (value, body) -> STREAM_OPTIONS.readMember(value, body.exchange(), body)),
                Field.number(
                        "temperature",
                        0,
                        100,
                        "0 always picks the most likely token. Default 0.8.",
                        (body, value) -> body.sampling(sampling -> sampling.temperature(value))),
                Field.number(
                        "top_p",
                        0,
                        1,
                        "Keeps this probability mass. Default 0.95.",
                        (body, value) -> body.sampling(sampling -> sampling.topP(value))));
    }

    private static List<Field<GenerationBody>> sampling() {
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
                Field.<GenerationBody>of(
                                "dry_sequence_breakers",
                                Schemas.array(Schemas.type("string").put("maxLength", LONGEST_WORD), 0, MOST_STOPS),
                                "Texts at which DRY starts afresh. Default newline, `:`, `\"` and `*`.",
                                GenerationFields::readBreakers)
                        .extension(),
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
                Field.<GenerationBody>of(
                                "samplers",
                                Schemas.array(samplerName(), 0, MOST_SAMPLERS),
                                "The samplers in the order in which they run, named as in `--samplers` of llama.cpp.",
                                GenerationFields::readSamplers)
                        .extension(),
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

    private static List<Field<GenerationBody>> constraints(int maxCharacters) {
        return List.of(
                Field.<GenerationBody>of(
                                "grammar",
                                Schemas.type("string").put("maxLength", maxCharacters),
                                "A grammar in llama.cpp's notation that the text of the answer follows.",
                                (value, body) ->
                                        body.constrain(value, OutputConstraint.gbnf(value.text(maxCharacters))))
                        .extension(),
                Field.<GenerationBody>of(
                                "json_schema",
                                Schemas.type("object"),
                                "A JSON Schema that the text of the answer satisfies.",
                                (value, body) -> body.constrain(value, schema(value, maxCharacters)))
                        .extension());
    }

    /** The constraint that a JSON Schema in a body stands for. */
    static OutputConstraint schema(Value value, int maxCharacters) {
        if (!value.node().isObject()) {
            throw value.expected("a JSON Schema, which is an object");
        }
        checkSize(value, maxCharacters);
        return OutputConstraint.jsonSchema(value.node());
    }

    /** Refuses a value whose JSON is too long. */
    static void checkSize(Value value, int maxCharacters) {
        int characters = value.node().toString().length();
        if (characters > maxCharacters) {
            throw ApiException.invalid(
                    value.path(),
                    value.path() + ": expected at most " + maxCharacters + " characters, found " + characters);
        }
    }

    private static List<Field<GenerationBody>> extensions(ServerOptions options) {
        return List.of(
                Field.<GenerationBody>flag(
                                "cache_prompt",
                                "Whether the prompt may be taken from and left in the prefix cache. Default true.",
                                (body, value) -> body.request(request -> request.prefixCache(value)))
                        .extension(),
                Field.<GenerationBody>flag(
                                "ignore_eos",
                                "Never chooses an end-of-generation token. Default false.",
                                (body, value) -> body.request(request -> request.ignoreEndOfGeneration(value)))
                        .extension(),
                Field.<GenerationBody>integer(
                                "n_probs",
                                0,
                                MOST_PROBABILITIES,
                                "Like `logprobs` with this many likely tokens; 0 is off. Default 0.",
                                GenerationBody::probabilities)
                        .extension(),
                maxTokens(
                                "n_predict",
                                options,
                                "llama-server's name of `max_tokens`. If several are given the last one counts.")
                        .extension(),
                Field.<GenerationBody>flag(
                                "timings_per_token",
                                "Adds `timings` to each chunk of a stream. Default false: to the last one.",
                                GenerationBody::timingsPerToken)
                        .extension());
    }

    /** The field of both endpoints that limits the answer, by each of its names. */
    static Field<GenerationBody> maxTokens(String name, ServerOptions options, String note) {
        return Field.integer(name, -1, options.maxTokens(), note, (body, value) -> {
            if (value >= 0) {
                body.request(request -> request.maxTokens((int) value));
            } else {
                body.request(EngineRequest.Builder::unlimitedTokens);
            }
        });
    }

    private static Field<GenerationBody> number(
            String name, double lowest, double highest, String note, Setting<Double> setting) {
        return Field.<GenerationBody>number(
                        name,
                        lowest,
                        highest,
                        note,
                        (body, value) -> body.sampling(sampling -> setting.set(sampling, value)))
                .extension();
    }

    private static Field<GenerationBody> integer(
            String name, int lowest, int highest, String note, Setting<Integer> setting) {
        return Field.<GenerationBody>integer(
                        name,
                        lowest,
                        highest,
                        note,
                        (body, value) -> body.sampling(sampling -> setting.set(sampling, (int) value)))
                .extension();
    }

    private static Field<GenerationBody> window(String name, String note, Setting<Integer> setting) {
        return Field.<GenerationBody>integer(name, -1, LARGEST_WINDOW, note, (body, value) -> {
                    int most = Math.min(body.tokens().contextTokens(), LARGEST_WINDOW);
                    body.sampling(sampling -> setting.set(sampling, value < 0 ? most : (int) value));
                })
                .extension();
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

    private static ObjectNode stopSchema() {
        return Schemas.type("string").put("minLength", 1).put("maxLength", LONGEST_STOP_BYTES);
    }

    private static void readStop(Value value, GenerationBody body) {
        List<Value> items = value.node().isString() ? List.of(value) : value.items(0, MOST_STOPS);
        List<String> stops = new ArrayList<>();
        for (Value item : items) {
            String text = item.text();
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            if (bytes == 0 || bytes > LONGEST_STOP_BYTES) {
                throw ApiException.invalid(
                        item.path(),
                        item.path() + ": expected a text of 1 to " + LONGEST_STOP_BYTES + " bytes, found " + bytes);
            }
            stops.add(text);
        }
        body.request(request -> request.stopTexts(stops));
    }

    private static void readBreakers(Value value, GenerationBody body) {
        List<String> breakers = new ArrayList<>();
        for (Value item : value.items(0, MOST_STOPS)) {
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

    private static ObjectNode biasObject() {
        ObjectNode schema = Schemas.type("object").put("maxProperties", MOST_BIASES);
        schema.putObject("propertyNames").put("pattern", "^(0|[1-9][0-9]{0,6})$");
        schema.set(
                "additionalProperties",
                Schemas.type("number").put("minimum", -LARGEST_BIAS).put("maximum", LARGEST_BIAS));
        return schema;
    }

    private static ObjectNode biasArray() {
        return Schemas.array(Schemas.type("array").put("minItems", 2).put("maxItems", 2), 0, MOST_BIASES);
    }

    private static void readBias(Value value, GenerationBody body) {
        if (value.node().isArray()) {
            for (Value pair : value.items(0, MOST_BIASES)) {
                readBiasPair(pair.items(2, 2), body);
            }
            return;
        }
        Map<String, Value> members = value.members();
        if (members.size() > MOST_BIASES) {
            throw ApiException.invalid(
                    value.path(),
                    value.path() + ": expected at most " + MOST_BIASES + " tokens, found " + members.size());
        }
        members.forEach((id, amount) ->
                body.bias(tokenId(id, amount, body), (float) amount.number(-LARGEST_BIAS, LARGEST_BIAS)));
    }

    private static int tokenId(String text, Value amount, GenerationBody body) {
        try {
            int id = Integer.parseInt(text);
            if (id >= 0 && id < body.tokens().count()) {
                return id;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw ApiException.invalid(
                amount.path(),
                amount.path() + ": expected the id of a token, 0 to "
                        + (body.tokens().count() - 1) + ", as name");
    }

    private static void readBiasPair(List<Value> pair, GenerationBody body) {
        Value token = pair.get(0);
        Value amount = pair.get(1);
        if (amount.node().isBoolean() && amount.flag()) {
            throw amount.expected("a number or false");
        }
        float bias = amount.node().isBoolean()
                ? Float.NEGATIVE_INFINITY
                : (float) amount.number(-LARGEST_FREE_BIAS, LARGEST_FREE_BIAS);
        if (token.node().isString()) {
            for (int id : body.tokens().of(token.text(LONGEST_WORD))) {
                body.bias(id, bias);
            }
        } else {
            body.bias((int) token.integer(0, body.tokens().count() - 1), bias);
        }
    }

    /** Sets one sampling setting. */
    private interface Setting<T> {
        void set(SamplingOptions.Builder sampling, T value);
    }
}
