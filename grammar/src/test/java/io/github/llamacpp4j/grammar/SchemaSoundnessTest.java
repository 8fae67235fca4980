package io.github.llamacpp4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is generated at random under a random schema validates with an independent validator. */
class SchemaSoundnessTest {
    private static final SchemaRegistry VALIDATOR =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private final TokenVocabulary vocabulary = TestVocabulary.create();

    @Test
    void generatedTextsValidate() {
        Random random = new Random(42);
        int schemas = 0;
        int texts = 0;
        int refused = 0;
        for (int i = 0; i < 400; i++) {
            Map<String, Object> schema = schema(random, 3);
            String json = JsonTrees.MAPPER.writeValueAsString(schema);
            CompiledGrammar compiled;
            try {
                compiled = Grammar.ofSchema(JsonTrees.parse(json), SchemaGrammarTest.COMPACT_OR_SPACED)
                        .grammar()
                        .compile(vocabulary);
            } catch (SchemaException e) {
                refused++;
                continue;
            }
            schemas++;
            Schema validator = VALIDATOR.getSchema(json);
            for (int run = 0; run < 4; run++) {
                Optional<String> text = generate(compiled, random, vocabulary);
                if (text.isPresent()) {
                    texts++;
                    List<Error> errors = validator.validate(
                            text.orElseThrow(),
                            InputFormat.JSON,
                            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
                    assertThat(errors).as("%s under %s", text, json).isEmpty();
                    assertThat(compiled.match(text.orElseThrow()).isAccepted()).isTrue();
                }
            }
        }
        Corpus.report(schemas + " random schemas (" + refused + " refused), " + texts + " generated texts validated");
        assertThat(texts).isGreaterThan(300);
    }

    /** Walks at random, more and more inclined to close what is open; gives up after a while. */
    static Optional<String> generate(CompiledGrammar compiled, Random random, TokenVocabulary vocabulary) {
        GrammarCursor cursor = compiled.cursor();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int step = 0; step < 400; step++) {
            TokenMask mask = cursor.mask();
            assertThat(mask.count()).isPositive();
            if (mask.allows(TestVocabulary.END) && random.nextInt(4) < 3) {
                return Optional.of(text.toString(StandardCharsets.UTF_8));
            }
            List<Integer> allowed = GrammarCursorTest.allowed(mask);
            List<Integer> closing = allowed.stream()
                    .filter(token -> vocabulary.text(token).length == 1
                            && "\"]}".indexOf(vocabulary.text(token)[0]) >= 0)
                    .toList();
            List<Integer> from = !closing.isEmpty() && random.nextInt(100) < 20 + step ? closing : allowed;
            int token = from.get(random.nextInt(from.size()));
            if (token != TestVocabulary.END) {
                cursor.accept(token);
                text.writeBytes(vocabulary.text(token));
            }
        }
        return Optional.empty();
    }

    static Map<String, Object> schema(Random random, int depth) {
        Map<String, Object> schema = new LinkedHashMap<>();
        switch (random.nextInt(depth > 0 ? 12 : 6)) {
            case 0 -> {
                schema.put("type", "integer");
                bounds(schema, random, -300, 300, false);
                if (random.nextInt(3) == 0) {
                    schema.put("multipleOf", 1 + random.nextInt(12));
                }
            }
            case 1 -> {
                schema.put("type", "number");
                bounds(schema, random, -30, 30, true);
            }
            case 2 -> {
                schema.put("type", "string");
                int min = random.nextInt(4);
                schema.put("minLength", min);
                schema.put("maxLength", min + random.nextInt(6));
            }
            case 3 -> {
                schema.put("type", "string");
                schema.put(
                        "pattern",
                        List.of("^[a-c]+$", "b", "^x|yz$", "^(\\d\\d-)*$", "^[^\\s\"]{2}", "[\\\\/\\n]$")
                                .get(random.nextInt(6)));
                if (random.nextBoolean()) {
                    schema.put("maxLength", 8);
                }
            }
            case 4 ->
                schema.put(
                        "enum",
                        new ArrayList<>(List.of(1, "a\"b", false, List.of(2, "x"), Map.of("k", 1.5))
                                .subList(0, 1 + random.nextInt(5))));
            case 5 -> {
                schema.put("type", "string");
                schema.put(
                        "format",
                        List.of("date", "time", "date-time", "uuid", "email", "ipv4", "hostname", "uri", "ipv6")
                                .get(random.nextInt(9)));
            }
            case 6, 7 -> object(schema, random, depth);
            case 8 -> {
                schema.put("type", "array");
                schema.put("items", schema(random, depth - 1));
                if (random.nextBoolean()) {
                    schema.put("prefixItems", List.of(schema(random, depth - 1), schema(random, depth - 1)));
                }
                int min = random.nextInt(3);
                schema.put("minItems", min);
                schema.put("maxItems", min + random.nextInt(3));
            }
            case 9 -> counted(schema, random, depth);
            case 10 ->
                schema.put(
                        List.of("anyOf", "oneOf", "allOf").get(random.nextInt(3)),
                        List.of(schema(random, depth - 1), schema(random, depth - 1)));
            default -> {
                schema.put("if", schema(random, depth - 1));
                schema.put("then", schema(random, depth - 1));
                schema.put(
                        "not",
                        Map.of("type", List.of("string", "boolean", "null").get(random.nextInt(3))));
            }
        }
        return schema;
    }

    private static void counted(Map<String, Object> schema, Random random, int depth) {
        schema.put("type", "array");
        schema.put("maxItems", 1 + random.nextInt(4));
        if (random.nextBoolean()) {
            schema.put(
                    "items",
                    Map.of("enum", List.of(1, "a", false, Map.of("k", 2)).subList(0, 1 + random.nextInt(4))));
            schema.put("uniqueItems", true);
        } else {
            schema.put("items", schema(random, depth - 1));
            schema.put("contains", schema(random, 0));
            schema.put("minContains", random.nextInt(3));
            schema.put("maxContains", random.nextInt(3));
        }
    }

    private static void bounds(Map<String, Object> schema, Random random, int low, int high, boolean fractions) {
        double min = low + random.nextInt(high - low);
        double max = min + random.nextInt(high - low);
        if (fractions) {
            min += random.nextInt(100) / 100.0;
            max += 1 + random.nextInt(100) / 100.0;
        }
        schema.put(
                random.nextBoolean() ? "minimum" : "exclusiveMinimum", fractions ? (Object) min : (Object) (int) min);
        schema.put(
                random.nextBoolean() ? "maximum" : "exclusiveMaximum", fractions ? (Object) max : (Object) (int) max);
    }

    private static void object(Map<String, Object> schema, Random random, int depth) {
        if (random.nextInt(4) > 0) {
            schema.put("type", "object");
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> names = List.of("a", "b c", "k\"ey", "é", "ab");
        List<String> required = new ArrayList<>();
        for (String name : names.subList(0, 1 + random.nextInt(5))) {
            properties.put(name, schema(random, depth - 1));
            if (random.nextBoolean()) {
                required.add(name);
            }
        }
        schema.put("properties", properties);
        schema.put("required", required);
        switch (random.nextInt(5)) {
            case 0 -> schema.put("additionalProperties", false);
            case 1 -> schema.put("additionalProperties", schema(random, 0));
            case 2 -> schema.put("patternProperties", Map.of("^a", schema(random, 0)));
            case 3 -> schema.put("maxProperties", 2 + random.nextInt(3));
            default -> schema.put("dependentRequired", Map.of("a", List.of("b c")));
        }
    }
}
