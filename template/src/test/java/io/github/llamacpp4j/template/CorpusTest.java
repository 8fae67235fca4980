package io.github.llamacpp4j.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Renders the whole reference corpus and reports how many cases come out as the reference has them. */
final class CorpusTest {
    private static final class Score {
        private int identical;
        private int renderings;
        private int raisedExactly;
        private int raises;
        private int refused;
        private int rightClass;
        private int errors;

        @Override
        public String toString() {
            return "identical " + identical + "/" + renderings + ", raised exactly " + raisedExactly + "/" + raises
                    + ", refused " + refused + "/" + errors + ", right class " + rightClass + "/" + errors;
        }
    }

    private static void run(String title, List<Corpus.Case> cases) {
        Map<String, Score> scores = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (Corpus.Case c : cases) {
            Score score = scores.computeIfAbsent(c.tier(), tier -> new Score());
            String fault = run(c, score);
            if (!fault.isEmpty()) {
                wrong.add(c.name() + ": " + fault);
            }
        }
        scores.forEach((tier, score) -> report(title + " (" + tier + "): " + score));
        assertThat(wrong).isEmpty();
    }

    private static void report(String line) {
        System.out.println(line);
    }

    private static String run(Corpus.Case c, Score score) {
        switch (c.status()) {
            case "ok" -> score.renderings++;
            case "raise" -> score.raises++;
            default -> score.errors++;
        }
        try {
            String output = Template.parse(c.template()).render(c.context(), Corpus.FIXED_CLOCK);
            if (!output.equals(c.expected().get("output"))) {
                return "expected " + c.expected() + " but rendered " + output;
            }
            score.identical++;
            return "";
        } catch (TemplateException e) {
            return refused(c, score, e);
        }
    }

    private static String refused(Corpus.Case c, Score score, TemplateException e) {
        String kind = e.kind().name().toLowerCase(Locale.ROOT);
        boolean right = switch (c.status()) {
            case "raise" ->
                kind.equals("raise") && e.reason().equals(c.expected().get("message"));
            case "error" -> kind.equals(c.expected().get("error_class"));
            default -> false;
        };
        if (c.status().equals("raise") && right) {
            score.raisedExactly++;
        } else if (c.status().equals("error")) {
            score.refused++;
            score.rightClass += right ? 1 : 0;
        }
        return right ? "" : "expected " + c.expected() + " but refused: " + e.kind() + " " + e.getMessage();
    }

    @Test
    void rendersEveryTemplateWithEveryScenarioAsTheReference() {
        assumeTrue(Corpus.find().isPresent(), "shared/jinja is not here: its renderings are not checked");
        run("templates x scenarios", Corpus.find().orElseThrow().renderings());
    }

    @Test
    void rendersEveryUnitCaseAsTheReference() {
        assumeTrue(Corpus.find().isPresent(), "shared/jinja is not here: its unit cases are not checked");
        run("unit cases", Corpus.find().orElseThrow().units());
    }

    @Test
    void rendersTheCasesThatOnceDifferedAsTheReference() throws IOException {
        try (InputStream cases = requireNonNull(CorpusTest.class.getResourceAsStream("once-different.jsonl"))) {
            run("once different", Corpus.units(new String(cases.readAllBytes(), UTF_8)));
        }
    }
}
