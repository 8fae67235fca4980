package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.TestModels;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class TokenizeCommandIT {

    private static final String MODEL = TestModels.tinychat().toString();

    private static JsonNode json(String input, String command, String... more) {
        String[] arguments = new String[more.length + 3];
        arguments[0] = command;
        arguments[1] = "-m";
        arguments[2] = MODEL;
        System.arraycopy(more, 0, arguments, 3, more.length);
        CommandRun run = CommandRun.withInput(input, arguments);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(1);
        return Json.MAPPER.readTree(run.out());
    }

    private static JsonNode line(String request, String command) {
        ObjectNode answer = (ObjectNode) json(request, command, "--jsonl");
        return answer.without("ok");
    }

    @Test
    void tokensAreOneObjectAsInABatch() {
        JsonNode answer = json("Grüße", "tokenize", "--output", "json");
        assertThat(answer).isEqualTo(line("{\"text\":\"Grüße\"}", "tokenize"));
        assertThat(answer.path("ids")).isEqualTo(json("Grüße", "tokenize", "--ids"));
        assertThat(answer.path("pieces_hex").size())
                .isPositive()
                .isEqualTo(answer.path("ids").size());
    }

    @Test
    void aTextIsOneObjectAsInABatch() {
        String ids = json("Grüße", "tokenize", "--ids", "--no-special").toString();
        JsonNode answer = json(ids, "detokenize", "--output", "json");
        assertThat(answer).isEqualTo(line("{\"ids\":" + ids + "}", "detokenize"));
        assertThat(answer.path("text").asString()).isEqualTo("Grüße");
    }
}
