package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class AnswerParsingTest {
    private static final String TOOLS =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"ping\",\"parameters\":{}}}]";

    private static ObjectNode answer(String request) {
        return JsonLines.answer(new AnswerParsing(), request);
    }

    @Test
    void anAnswerIsTakenApart() {
        ObjectNode answer =
                answer("{\"template\":\"<think></think><tool_call>\",\"generation_prompt\":\"\",\"raw_output\":"
                        + "\"<think>Hm.</think>Hi.<tool_call>{\\\"name\\\":\\\"ping\\\",\\\"arguments\\\":{\\\"a\\\":12.5}}</tool_call>\","
                        + "\"final\":true," + TOOLS + "}");

        assertThat(Json.line(answer))
                .isEqualTo("{\"ok\":true,\"reasoning_content\":\"Hm.\",\"content\":\"Hi.\",\"tool_calls\":"
                        + "[{\"name\":\"ping\",\"arguments\":{\"a\":12.5},\"arguments_text\":\"{\\\"a\\\":12.5}\","
                        + "\"complete\":true}],\"flags\":[]}");
    }

    @Test
    void aStreamingAnswerShowsOnlyWhatIsCertain() {
        ObjectNode answer = answer(
                "{\"template\":\"<tool_call>\",\"generation_prompt\":\"\",\"raw_output\":\"Hi.\\n<tool_c\",\"final\":false,"
                        + TOOLS + "}");

        assertThat(answer.get("content").asString()).isEqualTo("Hi.");
    }

    @Test
    void aCallThatWasCutOffIsMarked() {
        ObjectNode answer = answer("{\"template\":\"<tool_call>\",\"generation_prompt\":\"\",\"raw_output\":"
                + "\"<tool_call>{\\\"name\\\":\\\"ping\\\",\\\"arguments\\\":{\\\"a\\\"\"," + TOOLS + "}");

        assertThat(Json.line(answer))
                .contains("\"arguments\":null,\"arguments_text\":\"{\\\"a\\\"\",\"complete\":false")
                .contains("\"flags\":[\"unfinished_tool_call\"]");
    }

    @Test
    void numbersInArgumentsKeepTheirValue() {
        ObjectNode answer = answer("{\"template\":\"<tool_call>\",\"generation_prompt\":\"\",\"raw_output\":"
                + "\"<tool_call>{\\\"name\\\":\\\"ping\\\",\\\"arguments\\\":{\\\"a\\\":1e999,\\\"b\\\":0.12345678901234567890}}</tool_call>\","
                + TOOLS + "}");

        assertThat(Json.line(answer)).contains("\"arguments\":{\"a\":1E+999,\"b\":0.12345678901234567890}");
    }

    @Test
    void aMissingGenerationPromptIsFoundByRendering() {
        ObjectNode answer = answer(
                "{\"template\":\"{{ messages[0].content }}{% if add_generation_prompt %}"
                        + "{{ '<think>' if enable_thinking else '<think></think>' }}{% endif %}\",\"raw_output\":\"Hm.</think>Hi.\"}");

        assertThat(answer.get("reasoning_content").asString()).isEqualTo("Hm.");
        assertThat(answer.get("content").asString()).isEqualTo("Hi.");
    }

    @Test
    void aBadRequestIsAnsweredWithTheReason() {
        assertThat(Json.line(answer("{\"template\":\"x\",\"generation_prompt\":\"\"}")))
                .contains("\"ok\":false", "raw_output");
        assertThat(Json.line(answer("{\"template_file\":\"/nowhere\",\"raw_output\":\"\"}")))
                .contains("/nowhere");
        assertThat(Json.line(answer("{\"template\":\"x\",\"generation_prompt\":\"\",\"raw_output\":\"\",\"tools\":7}")))
                .contains("tools: expected an array");
    }
}
