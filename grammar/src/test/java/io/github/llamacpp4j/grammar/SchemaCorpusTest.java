package io.github.llamacpp4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SchemaCorpusTest {
    private static final class Tally {
        final List<String> unsound = new ArrayList<>();
        final List<String> incomplete = new ArrayList<>();
        final List<String> wronglyRefused = new ArrayList<>();
        final List<String> wronglyAccepted = new ArrayList<>();
        int refused;
        int valid;
        int validAccepted;
        int invalid;
        int either;
        int eitherAccepted;

        @Override
        public String toString() {
            return refused + " refused (" + wronglyRefused.size() + " wrongly), " + wronglyAccepted.size()
                    + " unusable schemas not refused, " + validAccepted + " of " + valid + " valid texts accepted, "
                    + unsound.size() + " of " + invalid + " invalid texts accepted (unsound), " + eitherAccepted
                    + " of "
                    + either + " optional texts accepted";
        }
    }

    @Test
    void sharedSchemasAreSoundAndComplete() {
        List<JsonNode> cases = Corpus.lines("grammar/schemas.jsonl");
        Tally tally = new Tally();
        cases.forEach(line -> check(line, tally));
        Corpus.report("schemas.jsonl: " + cases.size() + " schemas, " + tally);
        assertThat(tally.unsound).isEmpty();
        assertThat(tally.wronglyAccepted).isEmpty();
        assertThat(tally.wronglyRefused).isEmpty();
        assertThat(tally.incomplete).isEmpty();
    }

    @Test
    void theOfficialSuiteIsSound() {
        List<JsonNode> cases = Corpus.lines("grammar/schema-suite.jsonl");
        Tally tally = new Tally();
        cases.forEach(line -> check(line, tally));
        Corpus.report(
                "schema-suite.jsonl: " + cases.size() + " schemas, " + tally + "\nnot accepted: " + tally.incomplete);
        assertThat(tally.unsound).isEmpty();
    }

    private static void check(JsonNode line, Tally tally) {
        String name = line.get("name").asString();
        boolean draft7 = line.has("draft") && line.get("draft").asString().equals("7");
        SchemaOptions options = SchemaGrammarTest.COMPACT_OR_SPACED.toBuilder()
                .draft(draft7 ? SchemaOptions.Draft.DRAFT_7 : SchemaOptions.Draft.DETECT)
                .build();
        List<CompiledGrammar> forms;
        try {
            Grammar grammar =
                    Grammar.ofSchema(JsonTrees.of(line.get("schema")), options).grammar();
            forms = List.of(
                    grammar.compile(TokenVocabulary.empty()),
                    Grammar.parse(grammar.toGbnf()).compile(TokenVocabulary.empty()));
        } catch (SchemaException e) {
            tally.refused++;
            if (!line.path("may_refuse").asBoolean(true)
                    && !line.path("must_refuse").asBoolean(false)) {
                tally.wronglyRefused.add(name + ": " + e.getMessage());
            }
            return;
        }
        if (line.path("must_refuse").asBoolean(false)) {
            tally.wronglyAccepted.add(name);
            return;
        }
        for (CompiledGrammar compiled : forms) {
            for (JsonNode text : line.get("valid")) {
                tally.valid++;
                if (compiled.match(text.asString()).isAccepted()) {
                    tally.validAccepted++;
                } else {
                    tally.incomplete.add(name + ": " + text + " " + compiled.match(text.asString()));
                }
            }
            for (JsonNode text : line.get("invalid")) {
                tally.invalid++;
                if (compiled.match(text.get("text").asString()).isAccepted()) {
                    tally.unsound.add(name + ": " + text);
                }
            }
            for (JsonNode text : line.path("either")) {
                tally.either++;
                tally.eitherAccepted += compiled.match(text.asString()).isAccepted() ? 1 : 0;
            }
        }
    }
}
