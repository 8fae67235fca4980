package io.github.llamacpp4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaGrammarTest {
    static final SchemaOptions COMPACT_OR_SPACED = SchemaOptions.builder()
            .whitespace(SchemaOptions.Whitespace.OPTIONAL_SPACE)
            .build();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "{\"type\":\"integer\",\"minimum\":-7,\"maximum\":12};-7|0|12|9|-1;-8|13|1.0|01|-|-0",
                "{\"type\":\"number\",\"exclusiveMinimum\":0.25,\"maximum\":10};0.26|10|9.99|10.0|1;0.25|0.2|10.1|11|-1|0",
                "{\"type\":\"number\",\"multipleOf\":0.5};0|0.5|-12.5|3|2.0;0.25|1.1",
                "{\"type\":\"string\",\"minLength\":2,\"maxLength\":3};\"ab\"|\"a\\n\"|\"\\ud83d\\ude00x\"|\"😀😀\";\"a\"|\"abcd\"|\"\\ud83d\"",
                "{\"pattern\":\"b+$\",\"type\":\"string\"};\"b\"|\"ab\"|\"x\\\"bb\";\"ba\"|\"\"",
                "{\"type\":\"string\",\"pattern\":\"^a\",\"maxLength\":2};\"a\"|\"ab\";\"abc\"|\"b\"",
                "{\"type\":\"string\",\"format\":\"date\"};\"2024-02-29\"|\"2000-02-29\"|\"1999-12-31\";\"2023-02-29\"|\"1900-02-29\"|\"2024-04-31\"|\"0000-01-01\"",
                "{\"not\":{\"type\":[\"object\",\"array\",\"string\"]}};1|true|null;\"x\"|[]|{}",
                "{\"type\":\"string\",\"not\":{\"enum\":[\"a\",\"ab\"]}};\"b\"|\"abc\"|\"\";\"a\"|\"ab\"",
                "{\"type\":\"integer\",\"oneOf\":[{\"minimum\":5},{\"maximum\":8}]};4|9;5|8",
                "{\"anyOf\":[{\"const\":null},{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}]};null|[]|[[null],[]];1|[1]",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"null\"},\"b\":{\"type\":\"null\"},\"c\":{\"type\":\"null\"}},\"minProperties\":2,\"additionalProperties\":false};{\"a\":null,\"c\":null}|{\"a\":null,\"b\":null,\"c\":null};{\"a\":null}|{}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1}},\"additionalProperties\":{\"const\":2},\"maxProperties\":2};{}|{\"a\":1,\"x\":2}|{\"x\":2,\"y\":2};{\"x\":2,\"a\":1}|{\"a\":2}|{\"a\":1,\"x\":2,\"y\":2}",
                "{\"type\":\"object\",\"patternProperties\":{\"^s_\":{\"type\":\"string\"},\"_n$\":{\"maxLength\":1}},\"additionalProperties\":false};{\"s_x\":\"ab\"}|{\"s_n\":\"a\"}|{\"q_n\":1};{\"s_n\":\"ab\"}|{\"x\":1}|{\"s_n\":1}",
                "{\"if\":{\"properties\":{\"k\":{\"const\":\"a\"}}},\"then\":{\"required\":[\"v\"]},\"type\":\"object\",\"properties\":{\"k\":{\"enum\":[\"a\",\"b\"]},\"v\":{\"const\":1}},\"required\":[\"k\"]};{\"k\":\"a\",\"v\":1}|{\"k\":\"b\"};{\"k\":\"a\"}",
                "{\"enum\":[1,\"a\",{\"x\":[true]}],\"type\":[\"string\",\"object\"]};\"a\"|{\"x\":[true]};1",
                "{\"$ref\":\"#n\",\"$defs\":{\"x\":{\"$anchor\":\"n\",\"type\":\"null\"},\"y\":{\"const\":{\"$anchor\":\"n\"}}}};null;1",
                "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"items\":{\"$ref\":\"#n\"},\"type\":\"array\",\"definitions\":{\"x\":{\"$id\":\"#n\",\"type\":\"null\"}}};[null]|[];[1]",
                "{\"allOf\":[{\"oneOf\":[{\"required\":[\"a\"],\"properties\":{\"a\":{\"const\":1}}},{\"required\":[\"b\"],\"properties\":{\"b\":{\"const\":1}}}]},{\"properties\":{\"b\":{}}}]};{\"a\":1}|{\"b\":1};{\"a\":1,\"b\":1}|{}",
            })
    void acceptsInstancesAndNothingElse(String schema, String valid, String invalid) {
        CompiledGrammar compiled = compile(schema);
        for (String text : valid.split("\\|", -1)) {
            assertThat(compiled.match(text).isAccepted())
                    .as("%s accepts %s", schema, text)
                    .isTrue();
        }
        for (String text : invalid.split("\\|", -1)) {
            assertThat(compiled.match(text).isAccepted())
                    .as("%s accepts %s", schema, text)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "{\"type\":\"strin\"};INVALID;;type",
                "{\"properties\":{\"a\":{\"minLength\":\"2\"}}};INVALID;/properties/a;minLength",
                "{\"items\":{\"pattern\":\"(a\"}};INVALID;/items;pattern",
                "{\"items\":{\"pattern\":\"(?=a)\"}};UNSUPPORTED;/items;pattern",
                "{\"type\":\"array\",\"uniqueItems\":true};UNSUPPORTED;;uniqueItems",
                "{\"$ref\":\"#/$defs/x\"};REFERENCE;;$ref",
                "{\"$ref\":\"#\"};REFERENCE;;$ref",
                "{\"$ref\":\"http://example.org/s\"};REFERENCE;;$ref",
                "{\"$ref\":\"#nowhere\"};REFERENCE;;$ref",
                "{\"$ref\":\"#twice\",\"$defs\":{\"a\":{\"$anchor\":\"twice\"},\"b\":{\"$anchor\":\"twice\"}}};REFERENCE;;$ref",
                "{\"unevaluatedItems\":false};UNSUPPORTED;;unevaluatedItems",
                "{\"type\":\"string\",\"format\":\"iri\"};UNSUPPORTED;;format",
                "{\"type\":\"number\",\"multipleOf\":0.01};UNSUPPORTED;;multipleOf",
                "{\"type\":\"string\",\"minLength\":3,\"maxLength\":2};EMPTY;;",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]};EMPTY;;",
                "false;EMPTY;;",
                "{\"minimum\":1e999999999};UNSUPPORTED;;minimum",
            })
    void refusalsNameThePlaceAndTheKeyword(String schema, SchemaException.Kind kind, String pointer, String keyword) {
        assertThatThrownBy(() -> compile(schema)).isInstanceOfSatisfying(SchemaException.class, e -> {
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e.pointer()).isEqualTo(pointer == null ? "" : pointer);
            assertThat(e.keyword()).isEqualTo(keyword == null ? "" : keyword);
        });
    }

    @Test
    void whatIsLeftToAValidatorIsReported() {
        SchemaGrammar grammar = Grammar.ofSchema(
                JsonTrees.parse(
                        "{\"type\":\"array\",\"uniqueItems\":true,\"items\":{\"type\":\"string\",\"format\":\"iri\"}}"),
                COMPACT_OR_SPACED.toBuilder().validateAfterwards(true).build());
        assertThat(grammar.unenforced())
                .extracting(keyword -> keyword.pointer() + " " + keyword.keyword())
                .containsExactlyInAnyOrder(" uniqueItems", "/items format");
        assertThat(grammar.grammar()
                        .compile(TokenVocabulary.empty())
                        .match("[\"a\",\"a\"]")
                        .isAccepted())
                .isTrue();
    }

    @Test
    void hugeLengthsAreExact() {
        assertThat(compile("{\"type\":\"string\",\"minLength\":524288,\"maxLength\":524289}")
                        .match("\"x\"")
                        .deadAt())
                .hasValue(2);
        CompiledGrammar compiled = compile("{\"type\":\"string\",\"minLength\":20000,\"maxLength\":30001}");
        assertThat(compiled.match("\"" + "x".repeat(19_999) + "\"").deadAt()).hasValue(20_000);
        assertThat(compiled.match("\"" + "x".repeat(20_000) + "\"").isAccepted())
                .isTrue();
        assertThat(compiled.match("\"" + "x".repeat(30_001) + "\"").isAccepted())
                .isTrue();
        assertThat(compiled.match("\"" + "x".repeat(30_002) + "\"").deadAt()).hasValue(30_002);
        assertThat(compile("{\"type\":\"string\",\"maxLength\":2147483647}")
                        .match("\"x\"")
                        .isAccepted())
                .isTrue();
    }

    @Test
    void deepSchemasEndInATypedError() {
        Object tree = true;
        for (int i = 0; i < 100_000; i++) {
            tree = Map.of("items", tree);
        }
        Object hostile = tree;
        assertThatThrownBy(() -> Grammar.ofSchema(hostile, SchemaOptions.defaults()))
                .isInstanceOfSatisfying(
                        SchemaException.class, e -> assertThat(e.kind()).isEqualTo(SchemaException.Kind.LIMIT));
    }

    @Test
    void whitespacePoliciesAreKept() {
        String schema =
                "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]}}";
        List<String> texts =
                List.of("[{\"a\":1},{\"a\":1}]", "[{\"a\": 1}, {\"a\": 1}]", "[\n  {\n    \"a\" : 1\n  }\n]");
        for (SchemaOptions.Whitespace policy : SchemaOptions.Whitespace.values()) {
            CompiledGrammar compiled = Grammar.ofSchema(
                            JsonTrees.parse(schema),
                            SchemaOptions.builder().whitespace(policy).build())
                    .grammar()
                    .compile(TokenVocabulary.empty());
            List<Boolean> expected = switch (policy) {
                case COMPACT -> List.of(true, false, false);
                case SINGLE_SPACE -> List.of(false, true, false);
                case OPTIONAL_SPACE -> List.of(true, true, false);
                case FREE -> List.of(true, true, true);
            };
            assertThat(texts)
                    .as(policy.name())
                    .map(text -> compiled.match(text).isAccepted())
                    .isEqualTo(expected);
        }
    }

    static CompiledGrammar compile(String schema) {
        return Grammar.ofSchema(JsonTrees.parse(schema), COMPACT_OR_SPACED)
                .grammar()
                .compile(TokenVocabulary.empty());
    }

    @Test
    void aLongEnumerationIsComparedWithItselfOnce() {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            values.add("value-" + i);
        }
        SchemaGrammar[] made = new SchemaGrammar[1];
        Duration time = CpuTime.of(() -> made[0] = Grammar.ofSchema(
                Map.of("type", "string", "enum", values, "allOf", List.of(Map.of("enum", values))),
                SchemaOptions.builder().build()));
        assertThat(made[0].grammar()
                        .compile(TokenVocabulary.empty())
                        .match("\"value-49999\"")
                        .isAccepted())
                .isTrue();
        assertThat(time).isLessThan(Duration.ofSeconds(4));
    }
}
