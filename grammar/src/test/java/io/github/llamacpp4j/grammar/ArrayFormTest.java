package io.github.llamacpp4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArrayFormTest {

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '\0', textBlock = """
            {"items":{"enum":["a","b","c"]},"uniqueItems":true}            ; []|["a"]|["c","a","b"]             ; ["a","a"]|["a","b","a"]
            {"items":{"enum":[1,2,3]},"uniqueItems":true,"minItems":2,"maxItems":2} ; [1,3]|[3, 2]              ; []|[1]|[1,1]|[1,2,3]
            {"items":{"type":["boolean","null"]},"uniqueItems":true}       ; [null,true]|[true,false,null]      ; [true,true]
            {"items":{"type":"integer","minimum":1,"exclusiveMaximum":4},"uniqueItems":true} ; [3,1,2]          ; [1,1]|[4]
            {"prefixItems":[{"type":"boolean"},{"const":1}],"items":false,"uniqueItems":true} ; [true]|[false,1] ; [1]|[true,1,1]
            {"uniqueItems":true,"maxItems":1}                              ; []|["anything"]                    ; [1,1]
            {"enum":[[1,1.0],[1,2]],"uniqueItems":true}                    ; [1,2]                              ; [1,1]
            {"anyOf":[{"items":{"const":1},"uniqueItems":true,"minItems":2},{"const":[]}]} ; []                 ; [1]|[1,1]
            {"contains":{"const":5}}                                       ; [5]|["x",5,null]                   ; []|[4]
            {"items":{"type":"integer"},"contains":{"minimum":5},"maxContains":2} ; [5]|[1,5,2,6,3]             ; [1]|[5,6,7]|[5,"x"]
            {"items":{"enum":[1,2]},"contains":{"const":1},"minContains":2,"maxItems":3} ; [1,1]|[1,2,1]|[1,1,1] ; [1]|[1,2]|[1,2,2]
            {"items":{"enum":[1,2]},"contains":{"const":1},"minContains":0,"maxContains":1} ; []|[2,1,2]        ; [1,1]
            {"prefixItems":[{"const":1}],"items":{"type":"string"},"contains":{"type":"string"}} ; [1,"a"]      ; []|[1]
            {"enum":[[1],[2],[1,2]],"contains":{"const":1}}                ; [1]|[1,2]                          ; [2]
            {"items":{"enum":[1,2]},"not":{"contains":{"const":1}}}        ; []|[2,2]                           ; [1]|[2,1]
            {"type":"array","not":{"items":{"type":"integer"}}}            ; ["a"]|[1,"a"]                      ; []|[1]
            {"$schema":"http://json-schema.org/draft-07/schema#","contains":{"const":1},"minContains":0} ; [1]  ; []|[2]
            """)
    void elementsAreComparedAndCounted(String schema, String valid, String invalid) {
        String ofArrays = "{\"type\":\"array\"," + schema.substring(1);
        CompiledGrammar compiled =
                SchemaGrammarTest.compile(schema.startsWith("{\"type\":\"array\"") ? schema : ofArrays);
        for (String text : valid.split("\\|", -1)) {
            assertThat(compiled.match(text).isAccepted()).as(text).isTrue();
        }
        for (String text : invalid.split("\\|", -1)) {
            assertThat(compiled.match(text).isAccepted()).as(text).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '\0', textBlock = """
            {"items":{"type":"string"},"uniqueItems":true}                                      ; ""  ; uniqueItems
            {"items":{"enum":[1,2,3,4,5,6,7,8,9,10,11]},"uniqueItems":true}                     ; ""  ; uniqueItems
            {"allOf":[{"items":{"enum":[1,2]},"uniqueItems":true},{"contains":{"const":1}}]}    ; /allOf/0 ; uniqueItems
            {"allOf":[{"contains":{"const":1}},{"contains":{"const":2}}]}                       ; /allOf/1 ; contains
            {"contains":{"not":{"contains":{"const":1},"minContains":2}}}                       ; /contains/not ; contains
            """)
    void whatCannotBeCountedIsRefused(String schema, String pointer, String keyword) {
        assertThatThrownBy(() -> SchemaGrammarTest.compile(schema)).isInstanceOfSatisfying(SchemaException.class, e -> {
            assertThat(e.kind()).isEqualTo(SchemaException.Kind.UNSUPPORTED);
            assertThat(e.pointer()).isEqualTo(pointer.replace("\"", ""));
            assertThat(e.keyword()).isEqualTo(keyword);
        });
    }

    @Test
    void countsAreLimited() {
        assertThatThrownBy(() -> SchemaGrammarTest.compile(
                        "{\"contains\":{\"const\":1},\"minContains\":1000,\"minItems\":1000000000}"))
                .isInstanceOfSatisfying(
                        SchemaException.class, e -> assertThat(e.kind()).isEqualTo(SchemaException.Kind.LIMIT));
    }
}
