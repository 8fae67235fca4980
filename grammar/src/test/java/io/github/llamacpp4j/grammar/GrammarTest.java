package io.github.llamacpp4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrammarTest {
    private final TokenVocabulary vocabulary = TestVocabulary.create();

    @Test
    void choicesAreExactlyTheGivenTexts() {
        CompiledGrammar compiled =
                Grammar.choices(List.of("yes", "yesterday", "no", "né")).compile(vocabulary);
        assertThat(compiled.match("yes").isAccepted()).isTrue();
        assertThat(compiled.match("né").isAccepted()).isTrue();
        assertThat(compiled.match("yest").state()).isEqualTo(GrammarMatch.State.INCOMPLETE);
        assertThat(compiled.match("nope").deadAt()).hasValue(2);
        assertThatThrownBy(() -> Grammar.choices(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void regularExpressionsMatchAsAWhole() {
        CompiledGrammar compiled =
                Grammar.regex("(?:[A-Z][a-z]+ ?){2,3}|\\d{3}[^\\d]").compile(vocabulary);
        assertThat(compiled.match("Ada Lovelace").isAccepted()).isTrue();
        assertThat(compiled.match("123x").isAccepted()).isTrue();
        assertThat(compiled.match("1234").isAccepted()).isFalse();
        assertThat(compiled.match("Ada").state()).isEqualTo(GrammarMatch.State.INCOMPLETE);
        assertThatThrownBy(() -> Grammar.regex("(a|b"))
                .isInstanceOfSatisfying(
                        GrammarException.class, e -> assertThat(e.kind()).isEqualTo(GrammarException.Kind.SYNTAX));
        assertThatThrownBy(() -> Grammar.regex("(a)\\1"))
                .isInstanceOfSatisfying(
                        GrammarException.class, e -> assertThat(e.kind()).isEqualTo(GrammarException.Kind.UNSUPPORTED));
    }

    @Test
    void textCanStandBeforeAndAfter() {
        CompiledGrammar compiled = Grammar.parse("root ::= [0-9]+")
                .precededBy("<n>")
                .followedBy("</n>")
                .compile(vocabulary);
        assertThat(compiled.match("<n>12</n>").isAccepted()).isTrue();
        assertThat(compiled.match("12").deadAt()).hasValue(0);
    }

    @Test
    void anyJsonObjectIsAnObject() {
        CompiledGrammar compiled =
                Grammar.jsonObject(SchemaOptions.Whitespace.FREE).compile(vocabulary);
        assertThat(compiled.match("{\n  \"a\" : [1, {}]\n}").isAccepted()).isTrue();
        assertThat(compiled.match("[]").deadAt()).hasValue(0);
    }

    @Test
    void aLazyGrammarWaitsForItsMarker() {
        CompiledGrammar compiled = Grammar.parse("root ::= \"{\" [a-z]* \"}\"")
                .after(LazyTrigger.builder()
                        .marker("<call>")
                        .marker("<c!")
                        .repeated(true)
                        .build())
                .compile(vocabulary);
        assertThat(compiled.match("free <cal text").isAccepted()).isTrue();
        assertThat(compiled.match("well: <<call>{ab} and <c!{} done").isAccepted())
                .isTrue();
        assertThat(compiled.match("x<call>").state()).isEqualTo(GrammarMatch.State.INCOMPLETE);
        assertThat(compiled.match("x<call>y").deadAt()).hasValue(7);
        CompiledGrammar once = Grammar.parse("root ::= \"{\" [a-z]* \"}\"")
                .after(LazyTrigger.builder().marker("<call>").build())
                .compile(vocabulary);
        assertThat(once.match("x<call>{} ").deadAt()).hasValue(9);
    }

    @Test
    void aLazyGrammarCanWaitForAToken() {
        GrammarCursor cursor = Grammar.parse("root ::= \"{\" [a-z]* \"}\"")
                .after(LazyTrigger.builder().token(TestVocabulary.TOOL).build())
                .compile(vocabulary)
                .cursor();
        cursor.accept(vocabulary.find("yes").orElseThrow());
        assertThat(cursor.isComplete()).isTrue();
        assertThat(cursor.mask().count()).isEqualTo(vocabulary.size() - invalidBytes());
        cursor.accept(TestVocabulary.TOOL);
        assertThat(GrammarCursorTest.allowed(cursor.mask()))
                .allSatisfy(token -> assertThat(new String(vocabulary.text(token), StandardCharsets.UTF_8))
                        .startsWith("{"));
    }

    /** Bytes that no UTF-8 text starts with, and the token without text. */
    private int invalidBytes() {
        int count = 0;
        CompiledGrammar any = Grammar.parse("root ::= .*").compile(vocabulary);
        TokenMask mask = any.cursor().mask();
        for (int id = 0; id < vocabulary.size(); id++) {
            if (!mask.allows(id) && !vocabulary.isControl(id) && vocabulary.text(id).length > 0) {
                count++;
            }
        }
        return count;
    }

    @Test
    void alternativesThatAreTheSameCountOnce() {
        CompiledGrammar grammar = Grammar.parse("root ::= (\"a\" | \"a\" | \"a\" | \"a\" | \"b\")+")
                .compile(TokenVocabulary.empty());
        assertThat(grammar.match("a".repeat(10_000)).isAccepted()).isTrue();
        assertThat(grammar.cachedBytes()).isLessThan(100_000);
    }
}
