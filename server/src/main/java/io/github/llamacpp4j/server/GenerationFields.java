package io.github.llamacpp4j.server;

import io.github.llamacpp4j.OutputConstraint;
import io.github.llamacpp4j.engine.EngineRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields that requests for text have in common: OpenAI's, and the extensions as llama-server names them. {@link SamplingFields} has
 * those on how tokens are chosen.
 */
final class GenerationFields {

    static final int MOST_PROBABILITIES = 128;

    private static final int MOST_STOPS = 64;
    private static final int LONGEST_STOP_BYTES = 4096;

    private static final FieldTable<GenerationBody> STREAM_OPTIONS = FieldTable.of(List.of(
            Field.flag(
                    "include_usage", "Adds a last chunk with the number of tokens used.", GenerationBody::includeUsage),
            Field.refused("include_obfuscation", "chunks are never padded", false)));

    private GenerationFields() {}

    static List<Field<GenerationBody>> of(ServerOptions options) {
        List<Field<GenerationBody>> fields = new ArrayList<>(openAi(options));
        fields.addAll(SamplingFields.all());
        fields.addAll(constraints(options.maxSchemaCharacters()));
        fields.addAll(extensions(options));
        return fields;
    }

    private static List<Field<GenerationBody>> openAi(ServerOptions options) {
        return List.of(
                Field.integer(
                        "n",
                        1,
                        options.maxChoices(),
                        "How many answers; the prompt is read once. Default 1.",
                        GenerationBody::choices),
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
                        (value, body) -> STREAM_OPTIONS.readMember(value, body.exchange(), body)));
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
}
