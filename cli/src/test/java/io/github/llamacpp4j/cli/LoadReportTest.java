package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;

class LoadReportTest {

    private static final LoadReport REPORT = new LoadReport(List.of(
            result("1", "ours", 100, 110, 90), result("1", "theirs", 80),
            result("4", "ours", 300), result("4", "theirs", 100)));

    private static LoadResult result(String point, String target, double... speeds) {
        return new LoadResult(
                "concurrency",
                point,
                target,
                java.util.Arrays.stream(speeds)
                        .mapToObj(speed -> Map.of("tokens_per_second", speed))
                        .toList());
    }

    @Test
    void mediansSpeedUpsAndRatiosInJson() {
        ArrayNode rows = REPORT.json();
        assertThat(rows.size()).isEqualTo(6);
        assertThat(rows.get(0).path("tokens_per_second").asDouble()).isEqualTo(100);
        assertThat(rows.get(0).path("rounds").size()).isEqualTo(3);
        assertThat(rows.get(2).path("target").asString()).isEqualTo("ratio");
        assertThat(rows.get(2).path("tokens_per_second").asDouble()).isEqualTo(1.25);
        assertThat(rows.get(3).path("speed_up").asDouble()).isEqualTo(3);
        assertThat(rows.get(5).path("tokens_per_second").asDouble()).isEqualTo(3);
    }

    @Test
    void aTableInMarkdown() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        REPORT.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("| concurrency | target | tokens per second | speed up |")
                .contains("| 4 | ours | 300.0 | 3.00 |")
                .contains("| 4 | ratio | 3.00 | 2.40 |");
    }

    @Test
    void thePlotIsTheSameInEveryLocale() {
        String expected = REPORT.plot().svg();
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat("%d".formatted(1)).as("what this locale does").isNotEqualTo("1");
            assertThat(REPORT.plot().svg()).isEqualTo(expected);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void thePlotIsWellFormedAndShowsEveryTarget() throws Exception {
        String svg = REPORT.plot().svg();
        var document = javax.xml.parsers.DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new java.io.ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertThat(document.getElementsByTagName("polyline").getLength()).isEqualTo(2);
        assertThat(document.getElementsByTagName("circle").getLength()).isEqualTo(4);
        assertThat(svg).contains(">ours<", ">theirs<");
    }

    @Test
    void namesAreEscapedInThePlot() {
        LinePlot plot = new LinePlot("a < b", "x", "y");
        plot.add("<&>", 1, 0);
        assertThat(plot.svg()).contains("a &lt; b", "&lt;&amp;&gt;").doesNotContain("<&>");
    }
}
