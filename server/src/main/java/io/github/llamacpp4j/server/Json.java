package io.github.llamacpp4j.server;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads the bodies of requests, which nobody vouches for, and writes those of answers. Immutable and thread-safe. */
final class Json {

    private static final int LONGEST_NUMBER = 100;
    private static final int LONGEST_NAME = 1000;
    private static final JsonMapper WRITER = JsonMapper.builder(
                    JsonFactory.builder().rootValueSeparator((String) null).build())
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    private final int maxDepth;
    private final JsonMapper reader;

    Json(ServerOptions options) {
        maxDepth = options.maxJsonDepth();
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxNestingDepth(maxDepth)
                .maxNumberLength(LONGEST_NUMBER)
                .maxNameLength(LONGEST_NAME)
                .maxStringLength(options.maxBodyBytes())
                .build();
        reader = JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(constraints)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
    }

    /** A new, empty object. */
    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** A new, empty array. */
    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static byte[] write(JsonNode node) {
        return WRITER.writeValueAsBytes(node);
    }

    static void write(JsonNode node, OutputStream out) {
        WRITER.writeValue(out, node);
    }

    /** Writes several values to {@code out}, one right after the other. */
    static JsonGenerator generator(OutputStream out) {
        return WRITER.createGenerator(out);
    }

    static void write(JsonNode node, JsonGenerator generator) {
        WRITER.writeValue(generator, node);
    }

    /**
     * The object that {@code body} holds.
     *
     * @throws ApiException if it is anything else; what it says holds nothing of the body but its position
     */
    ObjectNode read(byte[] body) {
        JsonNode node = parse(decode(body));
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.invalid(
                null, "expected a JSON object as body, found " + (node.isMissingNode() ? "nothing" : name(node)));
    }

    private JsonNode parse(String text) {
        try {
            return reader.readTree(text);
        } catch (StreamConstraintsException e) {
            throw ApiException.invalid(
                    null,
                    "the body exceeds a limit: JSON may be nested " + maxDepth + " deep, numbers may have "
                            + LONGEST_NUMBER + " characters and names " + LONGEST_NAME);
        } catch (JacksonException e) {
            String reason = e.getOriginalMessage();
            String problem = reason != null && reason.startsWith("Duplicate") ? "a name that occurs twice" : "an error";
            throw ApiException.invalid(
                    null,
                    "expected valid JSON as body, found " + problem + " at line "
                            + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr());
        }
    }

    private static String decode(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw ApiException.invalid(null, "expected a body in UTF-8, found bytes that are not");
        }
    }

    private static String name(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "an array";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case NULL -> "null";
            default -> "something else";
        };
    }
}
