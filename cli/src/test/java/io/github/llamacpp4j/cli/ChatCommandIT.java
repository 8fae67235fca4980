package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code chat} without a terminal: lines in, answers out. */
class ChatCommandIT {

    private static final String FRANCE = "What is the capital of France?";
    private static final String PARIS = "The capital of France is Paris.";

    @TempDir
    Path folder;

    private static CommandRun chat(String input, String... more) {
        String[] arguments = new String[more.length + 7];
        String[] fixed = {
            "chat", "-m", TestModels.tinychat().toString(), "--threads", "1", "--temperature", "0",
        };
        System.arraycopy(fixed, 0, arguments, 0, fixed.length);
        System.arraycopy(more, 0, arguments, fixed.length, more.length);
        return CommandRun.withInput(input, arguments);
    }

    @Test
    void aQuestionGetsOneAnswer() {
        CommandRun run = chat("", "--think", "on", FRANCE);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(PARIS + "\n");
        assertThat(run.err()).contains("The country is France.").contains("tokens in");
    }

    @Test
    void eachLineIsAnsweredInTheLightOfThoseBefore() {
        CommandRun run =
                chat(FRANCE + "\n\n\"\"\"\nWhat is the capital\\\nof Italy?\n\"\"\"\n/tokens\n", "--think", "off");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines().toList()).hasSize(2).first().isEqualTo(PARIS);
        assertThat(run.err()).containsPattern("\\(\\d+ of 2048 tokens in 4 messages\\)");
        assertThat(run.err()).doesNotContain("tokens in 0 ms", "first token");
    }

    @Test
    void commandsAreObeyed() throws IOException {
        Path file = folder.resolve("talk.json");
        CommandRun run = chat("""
                /help
                /system You are brief.
                /think on
                /stats on
                %1$s
                /think off
                /stats off
                /regen
                /save %2$s
                /undo
                /tokens
                /system
                /system none
                /new
                /load %2$s
                /exit
                never read
                """.formatted(FRANCE, file));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(PARIS + "\n" + PARIS + "\n");
        assertThat(run.err().split("The country is France", -1))
                .as("thinks once")
                .hasSize(2);
        assertThat(run.err().split("first token", -1)).as("statistics once").hasSize(2);
        assertThat(run.err())
                .contains(
                        "  /regen ",
                        "(system: You are brief.)",
                        "(saved 3 messages to " + file + ")",
                        "(took back: " + FRANCE + ")",
                        "tokens in 1 messages)",
                        "(no system message)",
                        "(a new conversation)",
                        "(loaded 3 messages)\n(last: " + PARIS + ")");
        JsonNode saved = Json.MAPPER.readTree(Files.readString(file));
        assertThat(saved.get(2).get("content").asString().strip()).isEqualTo(PARIS);
    }

    @Test
    void whatFailsIsToldAndTheConversationGoesOn() {
        CommandRun run = chat("/nonsense\n/think maybe\n/load\n/load " + folder.resolve("absent") + "\n/regen\n"
                + "x ".repeat(2000) + "\n" + FRANCE + "\n");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEqualTo(PARIS + "\n");
        assertThat(run.err())
                .contains(
                        "error: there is no command /nonsense",
                        "error: expected /think on or off, found maybe",
                        "error: expected /load FILE",
                        "error: cannot read the conversation " + folder.resolve("absent"),
                        "error: there is no answer yet",
                        "error: the conversation is full",
                        "--when-full forget")
                .doesNotContain("\tat ");
    }

    @Test
    void aFullContextMayForgetTheOldestTurns() {
        CommandRun run =
                chat((FRANCE + "\n").repeat(12), "--context", "256", "--think", "off", "--when-full", "forget");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(12);
        assertThat(run.err()).contains("oldest messages: the context is full)");
    }

    @Test
    void answersAreObjectsOnRequest() {
        CommandRun run = chat(FRANCE + "\n" + FRANCE + "\n", "--output", "json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(
                                Json.MAPPER.readTree(line).get("finish_reason").asString())
                        .isEqualTo("stop"));
    }

    @Test
    void theChatTemplateCanBeChosen() throws IOException {
        Path template = Files.writeString(folder.resolve("t.jinja"), "{{ raise_exception('mine') }}");
        assertThat(chat("", "--chat-template", template.toString(), FRANCE).err())
                .contains("mine");
        assertThat(chat("", "--chat-template", "chatml", FRANCE).code()).isZero();
        assertThat(chat("", "--chat-template", "nonsense", FRANCE).err())
                .contains("expected the name of a built-in chat template", "\"nonsense\"");
    }
}
