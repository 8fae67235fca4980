package io.github.llamacpp4j.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The one JSON mapper of the command line: key order kept, integers of any size, bounded depth and length. */
final class Json {

    private static final int MAX_DEPTH = 1_000;
    private static final int MAX_NUMBER_DIGITS = 10_000;
    private static final int MAX_STRING_CHARS = 64 << 20;

    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_DIGITS)
                            .maxStringLength(MAX_STRING_CHARS)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // Many line splitters take U+2028 and its like for the end of a line.
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build())
            .enable(tools.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Pattern NUMBER_BEYOND_MEASURE =
            Pattern.compile("^Value \"([^\"]{1,100})[^\"]*\" cannot be deserialized as `java.math.BigDecimal`");

    /** Reads what {@link #MAPPER} reads, with decimals of any size and precision. */
    static final JsonMapper EXACT = MAPPER.rebuild()
            .enable(tools.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private Json() {}

    /** Why a text cannot be read, in words for its writer. */
    static CommandFailure failure(String what, JacksonException cause) {
        Matcher number = NUMBER_BEYOND_MEASURE.matcher(cause.getOriginalMessage());
        if (number.find()) {
            return new CommandFailure("limit", what + "the number " + number.group(1) + " is beyond all measure");
        }
        String reason = cause.getOriginalMessage()
                .replaceAll(" \\(start marker at \\[.*", "")
                .replaceAll(", from `[^`]*`", "")
                .replaceAll(" \\(bound as [^)]*\\)", "");
        return new CommandFailure(cause instanceof StreamConstraintsException ? "limit" : "request", what + reason);
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** One line of compact JSON. */
    static String line(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    /** Indented JSON for a person. */
    static String pretty(JsonNode node) {
        return MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(node);
    }
}
