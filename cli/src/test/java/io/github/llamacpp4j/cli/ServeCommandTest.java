package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {

    @TempDir
    private Path folder;

    @Test
    void helpListsTheOptionsInGroups() {
        String help = CommandRun.of("serve", "--help").out();
        assertThat(help.indexOf("Model:")).isPositive().isLessThan(help.indexOf("Server:"));
        assertThat(help.indexOf("Server:")).isLessThan(help.indexOf("Requests:"));
        assertThat(help.indexOf("Requests:")).isLessThan(help.indexOf("Limits:"));
        assertThat(help.indexOf("Limits:")).isLessThan(help.indexOf("Answers, where a request says nothing else:"));
        assertThat(help.indexOf("Answers,")).isLessThan(help.indexOf("Computing:"));
        assertThat(help).contains("--api-key-file", "-np, --parallel", "--cache-type-k", "LLAMACPP4J_API_KEY_FILE");
    }

    @Test
    void otherMachinesAreNotServedWithoutAKey() {
        CommandRun run = CommandRun.of("serve", "--host", "0.0.0.0", "--port", "0");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("--api-key-file").contains("--insecure");
    }

    @Test
    void anUnknownNameInTheFileIsAnError() throws Exception {
        Path properties = Files.writeString(folder.resolve("a.properties"), "prot=8080\n");
        CommandRun run = CommandRun.of("serve", "--config", properties.toString());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("a.properties, line 1 names an unknown option: prot");
        Path json = Files.writeString(folder.resolve("a.json"), "{\"port\":{}}");
        assertThat(CommandRun.of("serve", "--config=" + json).err()).contains("port must be a string");
        CommandRun missing =
                CommandRun.of("serve", "--config", folder.resolve("missing").toString());
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("no such file: " + folder.resolve("missing"));
        Path cut = Files.writeString(folder.resolve("cut.json"), "{\n\"port\":1,\n");
        assertThat(CommandRun.of("serve", "--config=" + cut).err())
                .contains("cut.json, line 3: ")
                .doesNotContain("Source");
    }

    @Test
    void whereAWrongValueStandsIsTold() throws Exception {
        Path properties = Files.writeString(folder.resolve("b.properties"), "# mine\n\nhost=::1\n  port : many\n");
        CommandRun run = CommandRun.of("serve", "--config", properties.toString());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("b.properties, line 4: ").contains("'--port'", "'many'");
        Path json = Files.writeString(folder.resolve("b.json"), "{\n\"host\":\"::1\",\n\"drain_timeout\":\"x\"}");
        assertThat(CommandRun.of("serve", "--config", json.toString()).err())
                .contains("b.json, line 3: ")
                .contains("'--drain-timeout'");
        assertThat(CommandRun.of("serve", "--config", properties.toString(), "--port", "few")
                        .err())
                .contains("'few'")
                .doesNotContain("line 4");
    }

    @Test
    void whereAModelThatIsNotThereStandsIsTold() throws Exception {
        Path properties = Files.writeString(folder.resolve("m.properties"), "port=0\nmodel=absent.gguf\n");
        CommandRun run = CommandRun.of("serve", "--config", properties.toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("m.properties, line 2: there is no model 'absent.gguf'");
        assertThat(CommandRun.of("serve", "--config", properties.toString(), "-m", "missing.gguf")
                        .err())
                .contains("error: there is no model 'missing.gguf'");
        Files.writeString(properties, "model=absent.gguf\n\ndraft-model=small.gguf\n");
        assertThat(CommandRun.of("serve", "--config", properties.toString()).err())
                .contains("m.properties, line 3: --draft-model must name a file, got small.gguf");
    }

    @Test
    void filesThatAreNoTextAreNamed() throws Exception {
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 'k', '\n'});
        assertThat(CommandRun.of("serve", "--api-key-file", binary.toString()).err())
                .contains(binary + " is not text in UTF-8");
        assertThat(CommandRun.of("serve", "--config", binary.toString()).err())
                .contains(binary + " is not text in UTF-8");
    }

    @Test
    void anEmptyFileOfKeysIsAnError() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "# none yet\n\n");
        CommandRun run = CommandRun.of("serve", "--api-key-file", keys.toString());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("'--api-key-file'", "expected an API key");
    }
}
