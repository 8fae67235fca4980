package io.github.llamacpp4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class GrammarCursorTest {
    private static final int LONGEST_PIECE = 8;

    static final String JSON = """
            root ::= object
            value ::= object | array | string | number | ("true" | "false" | "null") ws
            object ::= "{" ws (string ":" ws value ("," ws string ":" ws value)*)? "}" ws
            array ::= "[" ws (value ("," ws value)*)? "]" ws
            string ::= "\\"" ([^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\bfnrt/] | "u" [0-9a-fA-F]{4}))* "\\"" ws
            number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9]+)? ws
            ws ::= | " " | "\\n" [ \\t]{0,20}
            """;

    private static final List<String> GRAMMARS = List.of(
            JSON,
            "root ::= (\"a\"* | \"b\")* \"c\"?",
            "root ::= s\ns ::= \"a\" s \"a\" | \"a\" s | \"a\" | \"(\" s \")\"",
            "root ::= [^a-c]{2,5} (\"ab\" | . root)?",
            "root ::= think? \"yes\"\nthink ::= <[0]> !<[0]>* <[0]>",
            "root ::= x y | y x\nx ::= \"(\" x \")\" | \"\"\ny ::= [a-z0-9]{3,900}",
            "root ::= e \"x\"\ne ::= \"y\" e |");

    private final TokenVocabulary vocabulary = TestVocabulary.create();

    @Test
    void longTextsAreForgottenButForTheLastSteps() {
        GrammarCursor cursor = Grammar.parse("root ::= [a-z]*")
                .compile(TokenVocabulary.empty())
                .cursor();
        for (int i = 0; i < 5 * GrammarCursor.MOST_ROLLBACK; i++) {
            assertThat(cursor.tryAcceptBytes(new byte[] {'a'})).isTrue();
        }
        cursor.rollback(GrammarCursor.MOST_ROLLBACK);
        assertThat(cursor.acceptedTokens()).isEqualTo(4 * GrammarCursor.MOST_ROLLBACK);
        assertThat(cursor.tryAcceptBytes(new byte[] {'b'})).isTrue();
        assertThatThrownBy(() -> cursor.rollback(GrammarCursor.MOST_ROLLBACK + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("remembered");
    }

    @Test
    void theMaskAgreesWithTryingEveryToken() {
        Random random = new Random(1);
        for (String gbnf : GRAMMARS) {
            CompiledGrammar compiled = Grammar.parse(gbnf).compile(vocabulary);
            for (int run = 0; run < 6; run++) {
                GrammarCursor cursor = compiled.cursor();
                for (int step = 0; step < 40 && !cursor.isFinished(); step++) {
                    TokenMask mask = cursor.mask();
                    List<Integer> allowed = new ArrayList<>();
                    for (int token = 0; token < vocabulary.size(); token++) {
                        assertThat(mask.allows(token))
                                .as("%s after %s steps, token %s", gbnf, step, token)
                                .isEqualTo(cursor.accepts(token));
                        if (mask.allows(token)) {
                            allowed.add(token);
                        }
                    }
                    assertThat(mask.count()).isEqualTo(allowed.size());
                    assertThat(allowed).isNotEmpty();
                    cursor.accept(allowed.get(random.nextInt(allowed.size())));
                }
            }
        }
    }

    @Test
    void rollingBackRestoresTheMask() {
        GrammarCursor cursor = Grammar.parse(JSON).compile(vocabulary).cursor();
        Random random = new Random(2);
        List<TokenMask> masks = new ArrayList<>();
        masks.add(cursor.mask());
        for (int step = 0; step < 200; step++) {
            if (cursor.acceptedTokens() > 0 && random.nextInt(3) == 0) {
                int back = 1 + random.nextInt(cursor.acceptedTokens());
                cursor.rollback(back);
                masks.subList(masks.size() - back, masks.size()).clear();
            } else if (!cursor.isFinished()) {
                List<Integer> allowed = allowed(cursor.mask());
                cursor.accept(allowed.get(random.nextInt(allowed.size())));
                masks.add(cursor.mask());
            }
            assertThat(cursor.mask().toLongArray()).isEqualTo(masks.getLast().toLongArray());
        }
        assertThatThrownBy(() -> cursor.rollback(cursor.acceptedTokens() + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot roll back");
    }

    @Test
    void generationEndsOnlyWhereTheGrammarMayEnd() {
        GrammarCursor cursor =
                Grammar.parse("root ::= \"ab\"+").compile(vocabulary).cursor();
        assertThat(cursor.mask().allows(TestVocabulary.END)).isFalse();
        assertThatThrownBy(() -> cursor.accept(TestVocabulary.END))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not allowed");
        cursor.accept(vocabulary.find("ab").orElseThrow());
        assertThat(cursor.mask().allows(TestVocabulary.END)).isTrue();
        cursor.accept(TestVocabulary.END);
        assertThat(cursor.isFinished()).isTrue();
        assertThat(cursor.mask().count()).isZero();
        assertThatThrownBy(() -> cursor.accept(TestVocabulary.END))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended");
        cursor.rollback(1);
        assertThat(cursor.isFinished()).isFalse();
        assertThat(cursor.accepts(vocabulary.find("ab").orElseThrow())).isTrue();
    }

    @Test
    void forcedBytesStopAtTheFirstChoice() {
        CompiledGrammar compiled = Grammar.parse("root ::= \"{\\\"naïve\\\": \" (\"true\" | \"tiny\") \"}\"")
                .compile(vocabulary);
        GrammarCursor cursor = compiled.cursor();
        byte[] forced = cursor.forcedBytes();
        assertThat(new String(forced, StandardCharsets.UTF_8)).isEqualTo("{\"naïve\": t");
        assertThat(cursor.tryAcceptBytes(forced)).isTrue();
        assertThat(cursor.forcedBytes()).isEmpty();
        assertThat(cursor.tryAcceptBytes(new byte[] {'r'})).isTrue();
        assertThat(new String(cursor.forcedBytes(), StandardCharsets.UTF_8)).isEqualTo("ue}");
        assertThat(cursor.tryAcceptBytes("ue}".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(cursor.mustEnd()).isTrue();
        assertThat(cursor.forcedBytes()).isEmpty();
    }

    @Test
    void forcedTokensEndWhereNoLongerTokenCouldStand() {
        Function<byte[], int[]> tokenizer = text -> longest(new String(text, StandardCharsets.UTF_8));
        GrammarCursor certain = Grammar.parse("root ::= \"{\\\"name\\\": \" (\"true\" | \"no\")")
                .compile(vocabulary)
                .cursor();
        assertThat(spelled(certain.forcedTokens(tokenizer))).containsExactly("{\"", "name", "\": ");
        GrammarCursor extensible = Grammar.parse("root ::= \"{\\\"a\" (\"b\" | \"x\") [a-z]*")
                .compile(vocabulary)
                .cursor();
        assertThat(spelled(extensible.forcedTokens(tokenizer))).containsExactly("{\"");
        assertThat(extensible.forcedTokens(text -> new int[] {TestVocabulary.TOOL}))
                .isEmpty();
        GrammarCursor free =
                Grammar.parse("root ::= [a-z]*").compile(vocabulary).cursor();
        assertThat(free.forcedTokens(tokenizer)).isEmpty();
    }

    @Test
    void aTokenIsNotForcedWhereOneThatBeginsInsideItGoesOn() {
        GrammarCursor cursor = Grammar.parse("root ::= \"{\\\"-1\" (\"2\" | \"3\")")
                .compile(vocabulary)
                .cursor();
        assertThat(spelled(cursor.forcedTokens(text -> new int[] {token("{\""), token("-1")})))
                .containsExactly("{\"");
        GrammarCursor certain =
                Grammar.parse("root ::= \"{\\\"-1\"").compile(vocabulary).cursor();
        assertThat(spelled(certain.forcedTokens(text -> new int[] {token("{\""), token("-1")})))
                .containsExactly("{\"", "-1");
    }

    @Test
    void aLongTextIsForcedAsAWholeAndCutOnlyAFewTimes() {
        String text = "name, abc 你好".repeat(100);
        GrammarCursor cursor =
                Grammar.parse("root ::= \"" + text + "\"").compile(vocabulary).cursor();
        int[] asked = {0};
        int[] forced = cursor.forcedTokens(part -> {
            asked[0] += part.length;
            return longest(new String(part, StandardCharsets.UTF_8));
        });
        assertThat(String.join("", spelled(forced))).isEqualTo(text);
        assertThat(asked[0]).isLessThan(2 * text.getBytes(StandardCharsets.UTF_8).length);
        int[] unusable = {0};
        assertThat(cursor.forcedTokens(part -> {
                    unusable[0] += part.length;
                    return new int[] {token("no")};
                }))
                .isEmpty();
        assertThat(unusable[0]).isLessThan(300);
    }

    private int token(String text) {
        return vocabulary.find(text).orElseThrow();
    }

    private int[] longest(String text) {
        List<Integer> tokens = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int end = Math.min(text.length(), start + LONGEST_PIECE);
            while (vocabulary.find(text.substring(start, end)).isEmpty()) {
                end--;
            }
            tokens.add(vocabulary.find(text.substring(start, end)).orElseThrow());
            start = end;
        }
        return tokens.stream().mapToInt(token -> token).toArray();
    }

    private List<String> spelled(int[] tokens) {
        return Arrays.stream(tokens).mapToObj(vocabulary::spelling).toList();
    }

    @Test
    void controlTokensMatchReferencesOnlyAndNamesAreLookedUp() {
        Grammar grammar = Grammar.parse("root ::= <|tool|> [a-z]+", vocabulary, GrammarLimits.defaults());
        GrammarCursor cursor = grammar.compile(vocabulary).cursor();
        assertThat(allowed(cursor.mask())).containsExactly(TestVocabulary.TOOL);
        GrammarCursor text =
                Grammar.parse("root ::= \"<|tool|>\"").compile(vocabulary).cursor();
        assertThat(text.accepts(TestVocabulary.TOOL)).isFalse();
    }

    @Test
    void hugeRepetitionsKeepExactCountsWithoutBeingExpanded() {
        CompiledGrammar compiled =
                Grammar.parse("root ::= \"a\"{100000} \"b\"{70000,90001} \"c\"").compile(vocabulary);
        assertThat(compiled.match("a".repeat(100_000) + "b".repeat(70_000) + "c")
                        .isAccepted())
                .isTrue();
        assertThat(compiled.match("a".repeat(100_000) + "b".repeat(90_001) + "c")
                        .isAccepted())
                .isTrue();
        assertThat(compiled.match("a".repeat(100_000) + "b".repeat(69_999) + "c")
                        .deadAt())
                .hasValue(169_999);
        assertThat(compiled.match("a".repeat(100_000) + "b".repeat(90_002)).deadAt())
                .hasValue(190_001);
        assertThat(compiled.match("a".repeat(99_999) + "b").deadAt()).hasValue(99_999);
    }

    @Test
    void nullableLoopsAndAmbiguityStayPolynomial() {
        CompiledGrammar loops = Grammar.parse("root ::= ((a* | \"b\")* | (\"\" | a)+)* \"c\"\na ::= \"a\"? \"a\"?")
                .compile(vocabulary);
        assertThat(loops.match("ab".repeat(2_000) + "c").isAccepted()).isTrue();
        CompiledGrammar ambiguous = Grammar.parse(
                        "root ::= r\nr ::= \"(\" r \")\" \"x\"? | \"(\" r \")\" \"y\"? | r2\nr2 ::= \"a\" | \"(\" r \")\"")
                .compile(vocabulary);
        assertThat(ambiguous.match("(".repeat(1_000) + "a" + ")x".repeat(1_000)).isAccepted())
                .isTrue();
    }

    @Test
    void deepNestingAndManyRulesNeedNoJavaStack() {
        int depth = 9_000;
        String nested = "(\"a\" ".repeat(depth) + "\"b\"" + ")?".repeat(depth);
        CompiledGrammar groups = Grammar.parse("root ::= " + nested).compile(vocabulary);
        assertThat(groups.match("a".repeat(depth) + "b").isAccepted()).isTrue();
        assertThat(groups.match("a".repeat(depth + 1)).deadAt()).hasValue(depth);
        StringBuilder rules = new StringBuilder("root ::= r0\n");
        for (int i = 0; i < 50_000; i++) {
            rules.append("r").append(i).append(" ::= r").append(i + 1).append(i % 20 == 0 ? " \"x\"?\n" : "\n");
        }
        rules.append("r50000 ::= \"a\" | \"(\" root \")\"\n");
        CompiledGrammar chain = Grammar.parse(rules.toString()).compile(vocabulary);
        assertThat(chain.match("(a)").isAccepted()).isTrue();
        assertThatThrownBy(() -> Grammar.parse("root ::= " + "(".repeat(60_000)))
                .isInstanceOfSatisfying(
                        GrammarException.class, e -> assertThat(e.kind()).isEqualTo(GrammarException.Kind.LIMIT));
    }

    @Test
    void memoryForMasksIsBounded() {
        GrammarLimits limits = GrammarLimits.builder().cacheBytes(1 << 20).build();
        CompiledGrammar compiled = Grammar.parse(JSON, vocabulary, limits).compile(vocabulary);
        Random random = new Random(3);
        for (int run = 0; run < 30; run++) {
            GrammarCursor cursor = compiled.cursor();
            for (int step = 0; step < 100 && !cursor.isFinished(); step++) {
                List<Integer> allowed = allowed(cursor.mask());
                cursor.accept(allowed.get(random.nextInt(allowed.size())));
            }
        }
        assertThat(compiled.cachedBytes()).isLessThan(2 << 20);
    }

    static List<Integer> allowed(TokenMask mask) {
        List<Integer> allowed = new ArrayList<>();
        for (int token = 0; token < mask.size(); token++) {
            if (mask.allows(token)) {
                allowed.add(token);
            }
        }
        return allowed;
    }
}
