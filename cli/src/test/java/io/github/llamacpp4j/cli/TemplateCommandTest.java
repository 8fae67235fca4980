package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.template.RenderOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateCommandTest {
    @TempDir
    private Path folder;

    private static String answer(String request) {
        return Json.line(JsonLines.answer(new TemplateRendering(null, RenderOptions.defaults()), request));
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void aTemplateFileIsRenderedWithAContextFile() throws IOException {
        Path template = file("t.jinja", "{{ a|tojson }} {{ strftime_now('%d %b %Y %H:%M') }}\n");
        Path input = file("i.json", "{\"a\":{\"z\":1.0,\"b\":123456789012345678901234567890,\"é\":null}}");
        CommandRun run = CommandRun.of(
                "template",
                "--template",
                template.toString(),
                "--input",
                input.toString(),
                "--now",
                "2026-01-15T12:34:56");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .isEqualTo("{\"z\": 1.0, \"b\": 123456789012345678901234567890, \"é\": null} 15 Jan 2026 12:34");
        assertThat(run.code()).isZero();
    }

    @Test
    void aRefusalIsExitCodeOneWithTheMessage() throws IOException {
        Path template = file("t.jinja", "{{ raise_exception('no way') }}");
        CommandRun run = CommandRun.of("template", "--template", template.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("error: no way" + System.lineSeparator());
    }

    @Test
    void aLineIsAnsweredWithTheOutput() {
        assertThat(answer("{\"template\":\"{{ x }}{{ y is defined }}\",\"context\":{\"x\":\"<\\n\"}}"))
                .isEqualTo("{\"ok\":true,\"output\":\"<\\nFalse\"}");
        assertThat(answer("{\"template\":\"x\"}")).isEqualTo("{\"ok\":true,\"output\":\"x\"}");
    }

    @Test
    void aRefusedLineTellsKindMessageAndLine() {
        assertThat(answer("{\"template\":\"{{ raise_exception('stop') }}\",\"context\":{}}"))
                .startsWith("{\"ok\":false,\"error\":{\"kind\":\"raise\",\"message\":\"stop\"");
        assertThat(answer("{\"template\":\"\\n{{ a.b.c }}\",\"context\":{\"a\":{}}}"))
                .contains("\"kind\":\"undefined\"", "'dict object' has no attribute 'b'", "\"line\":2");
        assertThat(answer("{\"template\":\"{% if\",\"context\":{}}")).contains("\"kind\":\"parse\"", "\"line\":1");
        assertThat(answer("{\"template\":\"{{ [].append(1) }}\"}")).contains("\"kind\":\"security\"");
        assertThat(answer("{\"template\":\"{{ 1 + '1' }}\"}")).contains("\"kind\":\"runtime\"");
        assertThat(answer("{\"template\":\"{{ 'x' * 1000000000 }}\"}")).contains("\"kind\":\"limit\"");
    }

    @Test
    void aBadRequestIsAnsweredToo() {
        assertThat(answer("{\"context\":{}}")).contains("\"kind\":\"request\"", "template_file");
        assertThat(answer("{\"template\":\"x\",\"context\":[]}")).contains("\"kind\":\"request\"", "context");
        assertThat(answer("{\"template_file\":\"/nowhere\"}")).contains("\"kind\":\"request\"", "/nowhere");
    }

    @Test
    void aTemplateOfTheCommandServesLinesThatNameNone() {
        TemplateRendering rendering = new TemplateRendering("[{{ x }}]", RenderOptions.defaults());
        assertThat(Json.line(JsonLines.answer(rendering, "{\"context\":{\"x\":1}}")))
                .isEqualTo("{\"ok\":true,\"output\":\"[1]\"}");
    }

    @Test
    void theBundledModelsTemplateIsFound() {
        CommandRun run = CommandRun.of("template", "-m", "tinychat", "--offline");
        assertThat(run.err()).doesNotContain("has no chat template");
    }

    @Test
    void parseNeedsLines() {
        assertThat(CommandRun.of("template", "--parse").code()).isEqualTo(2);
    }
}
