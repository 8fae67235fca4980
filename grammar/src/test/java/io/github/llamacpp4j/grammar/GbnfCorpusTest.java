package io.github.llamacpp4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class GbnfCorpusTest {
    @Test
    void sharedGrammarsAcceptAndRejectAsStated() {
        List<JsonNode> cases = Corpus.lines("grammar/gbnf.jsonl");
        List<String> failures = new ArrayList<>();
        int accepted = 0;
        int rejected = 0;
        for (JsonNode line : cases) {
            TokenVocabulary vocabulary = line.has("needs_vocab")
                    ? VocabularyFiles.read(line.get("needs_vocab").asString())
                    : TokenVocabulary.empty();
            Grammar grammar = Grammar.parse(line.get("grammar").asString(), vocabulary, GrammarLimits.defaults());
            Grammar rewritten = Grammar.parse(grammar.toGbnf());
            for (CompiledGrammar compiled : List.of(grammar.compile(vocabulary), rewritten.compile(vocabulary))) {
                for (JsonNode text : line.get("accept")) {
                    accepted++;
                    if (!compiled.match(inputs(text)).isAccepted()) {
                        failures.add(line.get("name") + " rejects " + text + ": " + compiled.match(inputs(text)));
                    }
                }
                for (JsonNode reject : line.get("reject")) {
                    rejected++;
                    GrammarMatch expected = reject.get("state").asString().equals("incomplete")
                            ? new GrammarMatch(GrammarMatch.State.INCOMPLETE, OptionalInt.empty())
                            : new GrammarMatch(
                                    GrammarMatch.State.DEAD,
                                    OptionalInt.of(reject.get("dead_at").asInt()));
                    GrammarMatch actual = compiled.match(inputs(reject.get("input")));
                    if (!actual.equals(expected)) {
                        failures.add(line.get("name") + " on " + reject + ": " + actual);
                    }
                }
            }
        }
        Corpus.report("gbnf.jsonl: " + cases.size() + " grammars, each also rewritten; " + accepted + " accepted, "
                + rejected + " rejected, " + failures.size() + " failures");
        assertThat(failures).isEmpty();
    }

    @Test
    void sharedMalformedGrammarsAreRefusedOrHarmless() {
        List<JsonNode> cases = Corpus.lines("grammar/gbnf-malformed.jsonl");
        int refused = 0;
        for (JsonNode line : cases) {
            String gbnf = line.get("grammar").asString();
            if (line.get("expect").asString().equals("refuse")) {
                refused++;
                assertThatThrownBy(() -> Grammar.parse(gbnf))
                        .as(line.get("name").asString())
                        .isInstanceOf(GrammarException.class)
                        .hasMessageContaining(" ");
            } else {
                assertThat(CpuTime.of(() -> refuseOrMatch(gbnf)))
                        .as(line.get("name").asString())
                        .isLessThan(Duration.ofSeconds(1));
            }
        }
        Corpus.report("gbnf-malformed.jsonl: " + cases.size() + " cases, " + refused + " had to be refused and were");
    }

    private static void refuseOrMatch(String gbnf) {
        try {
            Grammar.parse(gbnf).compile(TokenVocabulary.empty()).match("aaaaaaaa");
        } catch (GrammarException expected) {
            assertThat(expected).hasMessageContaining(" ");
        }
    }

    private static List<MatchInput> inputs(JsonNode node) {
        List<MatchInput> inputs = new ArrayList<>();
        if (node.isString()) {
            addCodePoints(node.asString(), inputs);
        } else {
            for (JsonNode element : node) {
                if (element.isNumber()) {
                    inputs.add(new MatchInput.Token(element.asInt()));
                } else {
                    addCodePoints(element.asString(), inputs);
                }
            }
        }
        return inputs;
    }

    private static void addCodePoints(String text, List<MatchInput> inputs) {
        text.codePoints().forEach(c -> inputs.add(new MatchInput.Text(Character.toString(c))));
    }
}
