package io.github.llamacpp4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Grammars by which a text can be read in many ways. */
class AmbiguityTest {

    private final TokenVocabulary vocabulary = TestVocabulary.create();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "root ::= [a-z ] root root | \"\"",
                "root ::= [a-z ] root root | [a-z ]",
                "root ::= \"a\" root | [a-z ] root | [a-z ] root [a-z ] | \"\"",
                "root ::= ([a-z ]+ ([ .] root)? )+",
                "root ::= s s s s\ns ::= [a-z ] s? s? s? | \"b\" s"
            })
    void readingsThatDoNotDifferInWhatMayFollowCostNothing(String gbnf) {
        GrammarCursor cursor = Grammar.parse(gbnf).compile(vocabulary).cursor();
        Random random = new Random(4);
        int[] words = {token("abc"), token("ab"), token("aaaa"), token("yes"), token("name"), token("x y")};
        long most = 0;
        for (int step = 0; step < 600; step++) {
            long before = cursor.stepsSpent();
            cursor.mask();
            cursor.accept(words[random.nextInt(words.length)]);
            most = step < 20 ? 0 : Math.max(most, cursor.stepsSpent() - before);
        }
        assertThat(most).isLessThan(10_000);
    }

    /** What a model may be made to write under a hostile grammar ends in an error before a token takes more than its steps. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "root ::= [a-z ] root [a-z ] | \"\"",
                "root ::= [a-z ] root [a-z ] root | [a-z ] root? | \"\"",
                "root ::= x x x x x x x x\nx ::= y y y y | [a-z ]\ny ::= z? z? z? z?\nz ::= [a-z ] x z | [a-z ]",
                "root ::= (([a-z ]{0,500}){0,500} \".\"?){0,50}",
                "root ::= (((([a-z ]?)* | [a-y ]*)? | [b-z ]+)* [a-z ]?)*",
                "root ::= ([^\\x00-\\x1f]* r)*\nr ::= . r . | . r . r . | .",
                "root ::= s s s s\ns ::= [a-z ] s? s? s? | x\nx ::= [ a-e] s x? | \"\"",
                "root ::= a{0,500}\na ::= b{0,500}\nb ::= [a-z ]{1,500} | [a-z ] a",
                "root ::= (\"a\" | \"aa\" | \"aaa\" | \"ab\" | \"abc\" | [a-z] | [ -~]+ | .{1,90}){1,400} root?"
            })
    void noTokenTakesMoreThanItsSteps(String gbnf) {
        GrammarLimits limits = GrammarLimits.builder()
                .stepsPerToken(300_000)
                .stepsPerRequest(2_000_000)
                .build();
        int[] words = {token("abc"), token("ab"), token("aaaa"), token("yes"), token("name"), token("x y")};
        Random random = new Random(5);
        long most = 0;
        String reason = "";
        CompiledGrammar grammar = Grammar.parse(gbnf, vocabulary, limits).compile(vocabulary);
        try {
            GrammarCursor cursor = grammar.cursor();
            for (int step = 0; step < 2_000; step++) {
                long before = cursor.stepsSpent();
                cursor.mask();
                cursor.accept(words[random.nextInt(words.length)]);
                most = Math.max(most, cursor.stepsSpent() - before);
            }
        } catch (GrammarException e) {
            assertThat(e.kind()).isEqualTo(GrammarException.Kind.LIMIT);
            reason = String.valueOf(e.getMessage());
        }
        assertThat(most).isLessThanOrEqualTo(300_000);
        assertThat(reason)
                .satisfiesAnyOf(
                        text -> assertThat(text).isEmpty(),
                        text -> assertThat(text).contains("GrammarLimits.stepsPer", "make its alternatives start"));
    }

    @Test
    void aLongListOfAlternativesIsFarFromTheLimit() {
        Random random = new Random(3);
        StringBuilder gbnf = new StringBuilder("root ::= \"a\"");
        for (int i = 0; i < 50_000; i++) {
            gbnf.append(" | \"");
            random.ints(12, 'A', 'Z' + 1).forEach(letter -> gbnf.append((char) (letter + 32 * random.nextInt(2))));
            gbnf.append('"');
        }
        GrammarCursor cursor =
                Grammar.parse(gbnf.toString()).compile(vocabulary).cursor();
        cursor.mask();
        assertThat(cursor.stepsSpent()).isLessThan(GrammarLimits.defaults().stepsPerToken() / 4);
    }

    @Test
    void theStepsOfARequestAreLimitedTogether() {
        GrammarLimits limits = GrammarLimits.builder().stepsPerRequest(100_000).build();
        GrammarCursor cursor = Grammar.parse("root ::= [a-z ] root [a-z ] | \"\"", vocabulary, limits)
                .compile(vocabulary)
                .cursor();
        assertThatThrownBy(() -> {
                    for (int step = 0; step < 5_000; step++) {
                        cursor.mask();
                        cursor.accept(token("abc"));
                    }
                })
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("GrammarLimits.stepsPerRequest");
        assertThat(cursor.acceptedTokens()).isPositive();
    }

    /** Random rules over two letters, against a table of which rule spells which part of a text. */
    @Test
    void thePlacesThatAreLeftOutChangeNoLanguage() {
        Random random = new Random(6);
        int checked = 0;
        while (checked < 300) {
            int[][][] rules = randomRules(random);
            CompiledGrammar grammar;
            try {
                grammar = Grammar.parse(gbnf(rules)).compile(TokenVocabulary.empty());
            } catch (GrammarException refused) {
                assertThat(refused.kind()).isIn(GrammarException.Kind.LEFT_RECURSION, GrammarException.Kind.EMPTY);
                continue;
            }
            checked++;
            for (int length = 0; length <= 9; length++) {
                for (int bits = 0; bits < 1 << length; bits++) {
                    String text = text(bits, length);
                    assertThat(grammar.match(text).isAccepted())
                            .as("%s in%n%s", text, gbnf(rules))
                            .isEqualTo(spells(rules, text));
                }
            }
        }
    }

    private static int[][][] randomRules(Random random) {
        int[][][] rules = new int[1 + random.nextInt(3)][][];
        for (int r = 0; r < rules.length; r++) {
            rules[r] = new int[1 + random.nextInt(4)][];
            for (int a = 0; a < rules[r].length; a++) {
                rules[r][a] = new int[random.nextInt(4)];
                for (int s = 0; s < rules[r][a].length; s++) {
                    boolean letter = random.nextInt(s == 0 ? 4 : 2) > 0;
                    rules[r][a][s] = letter ? -1 - random.nextInt(2) : random.nextInt(rules.length);
                }
            }
        }
        return rules;
    }

    private static String gbnf(int[][][] rules) {
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rules.length; r++) {
            List<String> options = new ArrayList<>();
            for (int[] option : rules[r]) {
                StringBuilder parts = new StringBuilder("\"\"");
                for (int symbol : option) {
                    parts.append(' ').append(symbol < 0 ? symbol == -1 ? "\"a\"" : "\"b\"" : name(symbol));
                }
                options.add(parts.toString());
            }
            text.append(name(r))
                    .append(" ::= ")
                    .append(String.join(" | ", options))
                    .append('\n');
        }
        return text.toString();
    }

    private static String name(int rule) {
        return rule == 0 ? "root" : "r" + rule;
    }

    private static String text(int bits, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((bits >> i & 1) == 0 ? 'a' : 'b');
        }
        return text.toString();
    }

    private static boolean spells(int[][][] rules, String text) {
        boolean[][][] spelled = new boolean[rules.length][text.length() + 1][text.length() + 1];
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int r = 0; r < rules.length; r++) {
                for (int from = 0; from <= text.length(); from++) {
                    for (int[] option : rules[r]) {
                        boolean[] ends = ends(option, from, text, spelled);
                        for (int to = from; to <= text.length(); to++) {
                            changed |= ends[to] && !spelled[r][from][to];
                            spelled[r][from][to] |= ends[to];
                        }
                    }
                }
            }
        }
        return spelled[0][0][text.length()];
    }

    private static boolean[] ends(int[] option, int from, String text, boolean[][][] spelled) {
        boolean[] ends = new boolean[text.length() + 1];
        ends[from] = true;
        for (int symbol : option) {
            boolean[] next = new boolean[ends.length];
            for (int i = from; i < ends.length; i++) {
                if (ends[i] && symbol < 0) {
                    if (i < text.length() && text.charAt(i) == (symbol == -1 ? 'a' : 'b')) {
                        next[i + 1] = true;
                    }
                } else if (ends[i]) {
                    for (int j = i; j < ends.length; j++) {
                        next[j] |= spelled[symbol][i][j];
                    }
                }
            }
            ends = next;
        }
        return ends;
    }

    private int token(String text) {
        return vocabulary.find(text).orElseThrow();
    }
}
