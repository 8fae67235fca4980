package io.github.llamacpp4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Instances that are close to valid ones are accepted if and only if an independent validator finds them valid. The system property
 * {@code grammar.schemas} sets how many random schemas are tried (default 200).
 */
class SchemaDifferentialTest {
    private static final SchemaRegistry VALIDATOR =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private static final List<String> PATTERNS = List.of(
            "^[a-c]+$",
            "b",
            "^x|yz$",
            "^(\\d\\d-)*$",
            "^[^\\s\"]{2}$",
            "^a{2,3}(b|cd?)*$",
            "(ab|ba)c*$",
            "^\\w+@\\w+\\.(com|org)$",
            "^(?:[01]\\d|2[0-3]):[0-5]\\d$",
            "^.?[-+]x$",
            "^[\\u00e9-\\u00ff]|\\n$");

    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9A-F]{4})");

    private final Random random = new Random(20_261_123);

    @Test
    void whatIsAcceptedIsWhatValidates() {
        int schemas = 0;
        int valid = 0;
        int invalid = 0;
        List<String> unsound = new ArrayList<>();
        List<String> incomplete = new ArrayList<>();
        int count = Integer.getInteger("grammar.schemas", 200);
        TokenVocabulary vocabulary = TestVocabulary.create();
        for (int i = 0; i < count; i++) {
            String json = JsonTrees.MAPPER.writeValueAsString(SchemaSoundnessTest.schema(random, 3));
            CompiledGrammar compiled;
            try {
                compiled = Grammar.ofSchema(JsonTrees.parse(json), SchemaGrammarTest.COMPACT_OR_SPACED)
                        .grammar()
                        .compile(vocabulary);
            } catch (SchemaException e) {
                continue;
            }
            schemas++;
            Schema validator = VALIDATOR.getSchema(json);
            boolean subset = json.contains("\"format\"") || hasUntypedObject(json);
            for (int run = 0; run < 3; run++) {
                Optional<String> text = SchemaSoundnessTest.generate(compiled, random, vocabulary);
                for (int mutant = 0; text.isPresent() && mutant < 8; mutant++) {
                    String instance = canonical(changed(JsonTrees.parse(text.orElseThrow())));
                    boolean validates = validator
                            .validate(
                                    instance,
                                    InputFormat.JSON,
                                    context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                            .isEmpty();
                    boolean accepted = compiled.match(instance).isAccepted();
                    valid += validates ? 1 : 0;
                    invalid += validates ? 0 : 1;
                    if (accepted && !validates) {
                        unsound.add(instance + " under " + json);
                    } else if (validates && !accepted && !subset) {
                        incomplete.add(instance + " under " + json);
                    }
                }
            }
        }
        Corpus.report(schemas + " schemas, " + valid + " valid and " + invalid + " invalid instances");
        assertThat(unsound).isEmpty();
        assertThat(incomplete).isEmpty();
        assertThat(valid).isGreaterThan(100);
        assertThat(invalid).isGreaterThan(100);
    }

    /** Escapes in lower case, as Python writes them. */
    private static String canonical(@Nullable Object instance) {
        return ESCAPE.matcher(JsonTrees.MAPPER.writeValueAsString(instance))
                .replaceAll(found -> "\\\\u" + found.group(1).toLowerCase(Locale.ROOT));
    }

    /** By contract, properties without a type mean an object, although any other value is valid too. */
    private static boolean hasUntypedObject(String schema) {
        return schema.replace("\"type\":\"object\",\"properties\"", "").contains("\"properties\"");
    }

    /** The instance with one value in it changed, or one member or element left out. */
    @SuppressWarnings("unchecked")
    private @Nullable Object changed(@Nullable Object value) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>((Map<String, @Nullable Object>) map);
            String key = List.copyOf(copy.keySet()).get(random.nextInt(copy.size()));
            if (random.nextInt(3) == 0) {
                copy.remove(key);
            } else {
                copy.put(key, changed(copy.get(key)));
            }
            return copy;
        }
        if (value instanceof List<?> list && !list.isEmpty()) {
            List<@Nullable Object> copy = new ArrayList<>(list);
            int index = random.nextInt(copy.size());
            switch (random.nextInt(3)) {
                case 0 -> copy.remove(index);
                case 1 -> copy.add(copy.get(index));
                default -> copy.set(index, changed(copy.get(index)));
            }
            return copy;
        }
        if (value instanceof Number number) {
            return number.longValue() + random.nextInt(-3, 4);
        }
        if (value instanceof String text) {
            int at = random.nextInt(text.length() + 1);
            return switch (random.nextInt(3)) {
                case 0 -> text.substring(0, at);
                case 1 ->
                    text.substring(0, at)
                            + List.of("a", "b", "x", "é", "\"", "7").get(random.nextInt(6))
                            + text.substring(at);
                default -> new StringBuilder(text).reverse().toString();
            };
        }
        return value instanceof Boolean bool ? !bool : value;
    }

    @Test
    void patternsMeanWhatTheyMeanInJava() {
        List<String> differences = new ArrayList<>();
        int matches = 0;
        for (String pattern : PATTERNS) {
            Pattern java = Pattern.compile(pattern);
            CompiledGrammar compiled = Grammar.ofSchema(
                            Map.of("type", "string", "pattern", pattern), SchemaGrammarTest.COMPACT_OR_SPACED)
                    .grammar()
                    .compile(TokenVocabulary.empty());
            for (int i = 0; i < 400; i++) {
                String text = randomText();
                boolean accepted = compiled.match(JsonTrees.MAPPER.writeValueAsString(text))
                        .isAccepted();
                boolean found = java.matcher(text).find();
                matches += found ? 1 : 0;
                boolean finalLineBreak = text.endsWith("\n") && pattern.contains("$");
                if (accepted != found && !finalLineBreak) {
                    differences.add(pattern + " on " + JsonTrees.MAPPER.writeValueAsString(text) + ": " + accepted);
                }
            }
        }
        assertThat(differences).isEmpty();
        assertThat(matches).isBetween(100, 400 * PATTERNS.size() - 100);
    }

    private String randomText() {
        List<String> pieces = List.of(
                "a", "aa", "b", "ab", "c", "d", "x", "yz", "12-", "3", ":", "é", "\n", "@", ".com", "+x", " ", "\"");
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(6);
        for (int i = 0; i < length; i++) {
            text.append(pieces.get(random.nextInt(pieces.size())));
        }
        return text.toString();
    }
}
