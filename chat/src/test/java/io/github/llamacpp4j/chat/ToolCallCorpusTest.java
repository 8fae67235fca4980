package io.github.llamacpp4j.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.SharedCorpora;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shared corpus of model outputs, by the pass rules of its README. */
class ToolCallCorpusTest {
    private static List<CorpusCase> cases = List.of();

    @BeforeAll
    static void readCorpus() {
        cases = CorpusCase.read(SharedCorpora.require("toolcalls"));
    }

    @Test
    void every_case_passes() {
        List<String> failures = new ArrayList<>();
        Map<String, int[]> counts = new TreeMap<>();
        int exact = 0;
        for (CorpusCase each : cases) {
            ParsedOutput result = parse(each, List.of(each.output()));
            String verdict = each.verdict(result);
            int[] count = counts.computeIfAbsent(each.kind() + ' ' + each.tier(), key -> new int[2]);
            count[1]++;
            if (verdict.isEmpty()) {
                count[0]++;
                exact += each.kind().equals("truncated") && each.exact(result) ? 1 : 0;
            } else {
                failures.add(each.id() + ' ' + each.label() + ' ' + each.tier() + ": " + verdict + "\n    of "
                        + each.output());
            }
        }
        counts.forEach((key, count) -> print(key + ": " + count[0] + " of " + count[1] + " pass"));
        print("truncated cases shown exactly as llama.cpp shows them: " + exact);
        assertThat(failures).isEmpty();
    }

    @Test
    void cutting_an_answer_anywhere_changes_nothing() {
        assertThat(cases).hasSizeGreaterThan(700);
        Random random = new Random(4);
        for (CorpusCase each : cases) {
            ParsedOutput whole = parse(each, List.of(each.output()));
            assertThat(parse(
                            each,
                            each.output().chars().mapToObj(Character::toString).toList()))
                    .as(each.id())
                    .isEqualTo(whole);
            for (int round = 0; round < 8; round++) {
                assertThat(parse(each, pieces(each.output(), random)))
                        .as(each.id())
                        .isEqualTo(whole);
            }
        }
    }

    @Test
    void every_beginning_of_an_answer_shows_only_what_comes() {
        for (CorpusCase each : cases) {
            if (!each.kind().equals("complete")) {
                continue;
            }
            ParsedOutput whole = parse(each, List.of(each.output()));
            for (int end = 0; end < each.output().length(); end++) {
                OutputParser parser = each.parser();
                parser.accept(each.output().substring(0, end));
                checkBeginning(parser.result(), whole, each.id() + " cut at " + end);
                parser.finish();
                List<ParsedToolCall> complete = parser.result().toolCalls().stream()
                        .filter(ParsedToolCall::complete)
                        .toList();
                assertThat(complete)
                        .as(each.id() + " ended at " + end)
                        .isEqualTo(whole.toolCalls().subList(0, complete.size()));
            }
        }
    }

    private static void checkBeginning(ParsedOutput beginning, ParsedOutput whole, String what) {
        assertThat(whole.reasoning()).as(what).startsWith(beginning.reasoning());
        assertThat(whole.text()).as(what).startsWith(beginning.text());
        assertThat(beginning.toolCalls())
                .as(what)
                .hasSizeLessThanOrEqualTo(whole.toolCalls().size());
        for (int i = 0; i < beginning.toolCalls().size(); i++) {
            ParsedToolCall call = whole.toolCalls().get(i);
            assertThat(beginning.toolCalls().get(i).name()).as(what).isEqualTo(call.name());
            assertThat(call.argumentsText())
                    .as(what)
                    .startsWith(beginning.toolCalls().get(i).argumentsText());
        }
    }

    private static List<String> pieces(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(12));
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }

    private static ParsedOutput parse(CorpusCase each, List<String> pieces) {
        OutputParser parser = each.parser();
        pieces.forEach(parser::accept);
        if (!each.kind().equals("truncated")) {
            parser.finish();
        }
        return parser.result();
    }

    @SuppressWarnings("SystemOut")
    private static void print(String line) {
        System.out.println(line);
    }
}
