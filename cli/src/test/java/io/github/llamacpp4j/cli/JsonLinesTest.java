package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

    private static final JsonLines.Handler UPPER = (request, answer) -> {
        if (!request.has("text")) {
            throw new CommandFailure("request", "expected \"text\"", Map.of("line", 3));
        }
        answer.put("upper", request.get("text").asString().toUpperCase(Locale.ROOT));
    };

    @Test
    void everyLineIsAnsweredInOrderAlsoAfterABadOne() throws IOException {
        assertThat(answers("{\"text\":\"a\"}\nnot json\n\n[1]\n{}\n{\"text\":\"ü\"}", UPPER))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("{\"ok\":true,\"upper\":\"A\"}"),
                        line -> assertThat(line).startsWith("{\"ok\":false,\"error\":{\"kind\":\"request\""),
                        line -> assertThat(line).contains("expected a JSON object on each line, found ARRAY"),
                        line -> assertThat(line)
                                .isEqualTo("{\"ok\":false,\"error\":{\"kind\":\"request\","
                                        + "\"message\":\"expected \\\"text\\\"\",\"line\":3}}"),
                        line -> assertThat(line).isEqualTo("{\"ok\":true,\"upper\":\"\\u00DC\"}"));
    }

    @Test
    void anUnexpectedExceptionAnswersItsLineOnly() throws IOException {
        assertThat(answers("{}\n{}", (request, answer) -> {
                    throw new IllegalStateException("boom");
                }))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("\"kind\":\"internal\"", "boom"));
    }

    @Test
    void deepNestingIsRefusedWithoutHarm() throws IOException {
        assertThat(answers("{\"text\":" + "[".repeat(100_000) + "\n{\"text\":\"a\"}", UPPER))
                .hasSize(2)
                .first()
                .asString()
                .contains("\"ok\":false");
    }

    @Test
    void whatARequestAsksTooMuchOfIsALimitAndNotAFaultOfOurs() throws IOException {
        assertThat(answers("{}\n{\"text\":\"a\"}", (request, answer) -> {
                    if (request.isEmpty()) {
                        throw new StackOverflowError();
                    }
                    throw new OutOfMemoryError();
                }))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("\"kind\":\"limit\""));
    }

    @Test
    void numbersAndNestingWithoutMeasureAreLimits() throws IOException {
        assertThat(answers("[".repeat(100_000) + "\n{\"text\":" + "9".repeat(20_000) + "}", UPPER))
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(line).contains("\"kind\":\"limit\"").doesNotContain("`"));
    }

    @Test
    void whatIsOfAnotherTypeIsARequestThatCannotBeAnswered() throws IOException {
        assertThat(answers("{\"text\":[]}", UPPER)).singleElement().asString().contains("\"kind\":\"request\"");
    }

    @Test
    void aByteOrderMarkCarriageReturnsAndAMissingLastLineFeedAreFine() throws IOException {
        assertThat(answers("\uFEFF{\"text\":\"a\"}\r\n{\"text\":\r\"b\"}", UPPER))
                .containsExactly("{\"ok\":true,\"upper\":\"A\"}", "{\"ok\":true,\"upper\":\"B\"}");
    }

    private static List<String> answers(String input, JsonLines.Handler handler) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                false);
        assertThat(new JsonLines(terminal).run(handler)).isZero();
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
