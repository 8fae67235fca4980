package io.github.llamacpp4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GbnfParserTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "root ::= \"abc;SYNTAX;1;10;not closed",
                "root ::= [abc;SYNTAX;1;10;not closed",
                "root ::= x;UNDEFINED_RULE;1;10;'x' is used but not defined",
                "start ::= \"a\";UNDEFINED_RULE;0;0;no rule 'root'",
                "root ::= \"\\q\";SYNTAX;1;11;unknown escape",
                "root ::= \"\\x4\";SYNTAX;1;14;2 hexadecimal digits",
                "root ::= *;SYNTAX;1;10;something to repeat",
                "root ::= \"a\"{2;SYNTAX;1;15;'}'",
                "root ::= \"a\"{5,2};SYNTAX;1;13;below the lower bound",
                "root ::= \"a\"{99999999999};LIMIT;1;14;too large",
                "root ::= \"a\"{100000000};LIMIT;1;13;exceeds the limit",
                "root ::= (\"a\";SYNTAX;1;14;expected ')'",
                "root ::= \"a\" );SYNTAX;1;14;found ')'",
                "root ::= a_b;SYNTAX;1;11;found '_'",
                "root ::= [z-a];SYNTAX;1;11;ends before it starts",
                "root ::= [];SYNTAX;1;10;empty",
                "root ::= root;LEFT_RECURSION;1;1;left recursion",
                "root ::= <|x|>;UNKNOWN_TOKEN;1;10;needs a vocabulary",
                "root ::= \"a\" root;EMPTY;1;1;no finite text",
                "root ::= \"\\ud800\";SYNTAX;1;11;U+D800",
            })
    void errorsSayWhereAndWhat(String gbnf, GrammarException.Kind kind, int line, int column, String message) {
        assertThatThrownBy(() -> Grammar.parse(gbnf)).isInstanceOfSatisfying(GrammarException.class, e -> {
            assertThat(e.getMessage()).contains(message);
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e.line()).isEqualTo(line);
            assertThat(e.column()).isEqualTo(column);
        });
    }

    @Test
    void linesAreCounted() {
        assertThatThrownBy(() -> Grammar.parse("root ::= a\r\n# comment\r\n\na ::= \"x\"\na ::= \"y\""))
                .isInstanceOfSatisfying(GrammarException.class, e -> {
                    assertThat(e.kind()).isEqualTo(GrammarException.Kind.DUPLICATE_RULE);
                    assertThat(e.line()).isEqualTo(5);
                    assertThat(e.getMessage()).contains("line 4");
                });
    }

    @Test
    void leftRecursionIsFoundBehindOptionalPartsAndInUnusedRules() {
        assertThatThrownBy(() ->
                        Grammar.parse("root ::= \"k\"\nu ::= v\nv ::= w? e* u \"x\" | \"y\"\nw ::= \"w\"\ne ::= \"\""))
                .isInstanceOfSatisfying(
                        GrammarException.class,
                        e -> assertThat(e.kind()).isEqualTo(GrammarException.Kind.LEFT_RECURSION));
    }

    @Test
    void writtenGrammarsReadBackTheSame() {
        String gbnf =
                "root ::= (\"a\" | \"b\" [^x-z\\]\\-^]{2,5})* <[7]>? !<[8]>+ x{3}\nx ::= . \"\\\\\\\"\\n\" | (\"\")\n";
        String once = Grammar.parse(gbnf).toGbnf();
        assertThat(Grammar.parse(once).toGbnf()).isEqualTo(once);
        assertThat(once).startsWith("root ::= ").contains("{2,5}", "<[7]>?", "!<[8]>+", "x{3}");
    }

    @Test
    void repetitionsThatMultiplyBeyondMeasureAreRefused() {
        assertThatThrownBy(() -> Grammar.parse("root ::= .{0,1000}{0,1000}{0,1000}{0,1000}"))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("multiply");
        assertThat(Grammar.parse("root ::= ((\"a\"{50}){50}){50}")).isNotNull();
    }
}
