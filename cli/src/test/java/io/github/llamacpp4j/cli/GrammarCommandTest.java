package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrammarCommandTest {
    @TempDir
    Path folder;

    private record Outcome(int code, String out, String err) {}

    @Test
    void batchModeAnswersEveryLine() {
        Outcome outcome = run("""
                {"gbnf":"root ::= \\"ab\\"","texts":["ab","a","ax",["a","b"]]}
                {"gbnf":"root ::= <[5]>* \\"x\\"","texts":[[5,"x"],[5],[6]]}
                {"schema":{"type":"integer","maximum":9},"texts":["9","10"]}
                {"schema":{"items":[{}]},"draft":"7","texts":[]}
                {"gbnf":"root ::= x"}
                {"schema":{"uniqueItems":true}}
                {}
                """, "grammar", "--jsonl");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .isEqualTo("{\"ok\":true,\"accepted\":[true,false,false,true],\"results\":["
                                        + "{\"accepted\":true,\"state\":\"complete\"},"
                                        + "{\"accepted\":false,\"state\":\"incomplete\"},"
                                        + "{\"accepted\":false,\"state\":\"dead\",\"dead_at\":1},"
                                        + "{\"accepted\":true,\"state\":\"complete\"}]}"),
                        line -> assertThat(line).contains("\"accepted\":[true,false,false]", "\"dead_at\":0"),
                        line -> assertThat(line).contains("\"accepted\":[true,false]"),
                        line -> assertThat(line).isEqualTo("{\"ok\":true,\"accepted\":[],\"results\":[]}"),
                        line -> assertThat(line)
                                .contains("\"ok\":false", "\"kind\":\"undefined_rule\"", "\"line\":1", "\"column\":10"),
                        line -> assertThat(line)
                                .contains(
                                        "\"kind\":\"unsupported\"", "\"pointer\":\"\"", "\"keyword\":\"uniqueItems\""),
                        line -> assertThat(line).contains("\"kind\":\"request\""));
    }

    @Test
    void whatIsNotEnforcedIsNamed() {
        Outcome outcome = run(
                "{\"schema\":{\"type\":\"array\",\"uniqueItems\":true},\"texts\":[\"[1,1]\"]}",
                "grammar",
                "--jsonl",
                "--validate-afterwards");
        assertThat(outcome.out())
                .contains("\"unenforced\":[{\"pointer\":\"\",\"keyword\":\"uniqueItems\"", "\"accepted\":[true]");
    }

    @Test
    void schemasAreWrittenAsGbnfThatReadsBack() throws IOException {
        Path schema = folder.resolve("schema.json");
        Files.writeString(schema, "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"boolean\"}}}");
        Outcome written = run("", "grammar", "--schema", schema.toString(), "--to-gbnf");
        assertThat(written.code()).isZero();
        Path gbnf = folder.resolve("grammar.gbnf");
        Files.writeString(gbnf, written.out());
        assertThat(run("{\"a\": true}", "grammar", "--gbnf", gbnf.toString()))
                .isEqualTo(new Outcome(0, "complete\n", ""));
        assertThat(run("{\"b\"", "grammar", "--schema", schema.toString()))
                .isEqualTo(new Outcome(1, "dead at character 2\n", ""));
    }

    @Test
    void errorsGoToStandardError() throws IOException {
        Path gbnf = folder.resolve("broken.gbnf");
        Files.writeString(gbnf, "root ::= \"a");
        Outcome outcome = run("", "grammar", "--gbnf", gbnf.toString());
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("line 1, column 10");
    }

    @Test
    void aFileThatIsNoTextIsNamed() throws IOException {
        Path noise = Files.write(folder.resolve("noise"), new byte[] {(byte) 0xFF, (byte) 0xFE});
        for (String option : new String[] {"--gbnf", "--schema"}) {
            assertThat(run("", "grammar", option, noise.toString()).err())
                    .isEqualToNormalizingNewlines("error: " + noise + " is not text in UTF-8\n");
        }
    }

    private static Outcome run(String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        int code = Main.run(terminal, arguments);
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
