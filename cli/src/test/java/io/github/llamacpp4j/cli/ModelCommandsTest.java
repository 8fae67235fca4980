package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.llamacpp4j.gguf.GgufArray;
import io.github.llamacpp4j.gguf.GgufWriter;
import io.github.llamacpp4j.store.ModelStore;
import io.github.llamacpp4j.store.PullListener;
import io.github.llamacpp4j.store.StoreOptions;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code pull}, {@code list}, {@code rm} and {@code inspect} on a store of their own. */
class ModelCommandsTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void chooseHome() {
        System.setProperty("llamacpp4j.home", folder.resolve("home").toString());
    }

    @AfterEach
    void forgetHome() {
        System.clearProperty("llamacpp4j.home");
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                false);
        return Main.run(terminal, arguments);
    }

    private JsonNode json(String... arguments) {
        assertThat(run(arguments)).as(err()).isZero();
        return Json.MAPPER.readTree(out());
    }

    private String out() {
        return out.toString(UTF_8);
    }

    private String err() {
        return err.toString(UTF_8);
    }

    private static GgufWriter model() {
        return new GgufWriter()
                .put("general.architecture", "llama")
                .put("general.name", "Tiny \u001b[31mred")
                .put("llama.block_count", 2)
                .put("llama.context_length", 512)
                .put("llama.embedding_length", 64)
                .put("llama.attention.head_count", 4)
                .put("llama.attention.head_count_kv", 2)
                .put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.token_type", GgufArray.ofInts(new int[20]))
                .put("tokenizer.chat_template", "{{ messages }}\n")
                .tensorF32("a.weight", new float[64], 32, 2)
                .tensorF16("b.weight", new float[10], 10);
    }

    private Path file(String name, GgufWriter model) {
        return model.writeTo(folder.resolve(name));
    }

    @Test
    void aModelIsPulledListedAndRemoved() throws Exception {
        String source = "file:" + file("m.gguf", model());

        assertThat(run("pull", source, "--default")).as(err()).isZero();
        Path stored = Path.of(out().strip());
        assertThat(stored).exists();
        assertThat(err()).contains("fetching m.gguf").contains("100%");
        assertThat(run("list")).isZero();
        assertThat(out()).contains("NAME", source, "m.gguf  (default)", "Folder: ");
        JsonNode list = json("list", "--output", "json");
        assertThat(list.get("default").asString()).isEqualTo(source);
        assertThat(list.get("models").get(0).get("size_bytes").asLong()).isEqualTo(Files.size(stored));
        assertThat(list.get("models").get(0).get("files").get(0).get("sha256").asString())
                .hasSize(64);
        assertThat(json("pull", source, "--output", "json").get("path").asString())
                .isEqualTo(stored.toString());
        assertThat(run("rm", "m")).isZero();
        assertThat(out()).contains("removed m");
        assertThat(stored).doesNotExist();
        assertThat(run("list")).isZero();
        assertThat(out()).contains("No models");
    }

    @Test
    void failuresAreOneMessageAndExitCode1() {
        assertThat(run("pull", "nonsense")).isEqualTo(1);
        assertThat(err()).startsWith("error: there is no model 'nonsense'").doesNotContain("\tat ");
        assertThat(run("pull", "hf:nonsense")).isEqualTo(1);
        assertThat(err()).startsWith("error: expected hf:owner/repo");
        assertThat(run("pull", "--offline")).isEqualTo(1);
        assertThat(err()).contains("smollm2 is not in the store").contains("offline");
        assertThat(run("rm", "nonsense")).isEqualTo(1);
        assertThat(run("rm")).isEqualTo(2);
        assertThat(run("inspect", folder.resolve("absent.gguf").toString())).isEqualTo(1);
        assertThat(err()).contains("absent.gguf").contains("it is no file");
    }

    @Test
    void inspectTellsAPersonWhatMatters() {
        assertThat(run("inspect", file("m.gguf", model()).toString(), "--tensors"))
                .as(err())
                .isZero();

        assertThat(out())
                .contains("llama, 2 layers, 64 embedding size, 4 heads, 2 key-value heads")
                .contains("trained context  512 tokens")
                .contains("Memory for a context of 512 tokens, keys F16, values F16")
                .contains("tokenizer.ggml.token_type = int32[20] 0, 0, 0, 0, 0, 0, 0, 0, …")
                .contains("{{ messages }}\\n")
                .contains("32 × 2")
                .contains("Tiny \\u001b[31mred")
                .doesNotContain("\u001b");
    }

    @Test
    void inspectAsJsonHasEverything() {
        JsonNode answer = json(
                "inspect", "-m", file("m.gguf", model()).toString(), "-c", "1000", "-ctk", "q8_0", "--output", "json");

        assertThat(answer.get("architecture").asString()).isEqualTo("llama");
        assertThat(answer.get("parameters").asLong()).isEqualTo(74);
        assertThat(answer.get("chat_template").asString()).isEqualTo("{{ messages }}\n");
        assertThat(answer.get("memory").get("context").asLong()).isEqualTo(1024);
        assertThat(answer.get("memory").get("weights_bytes").asLong()).isEqualTo(64 * 4 + 10 * 2);
        assertThat(answer.get("memory").get("kv_bytes").asLong()).isEqualTo(2 * 1024 * (32 * 2 + 34));
        assertThat(answer.get("metadata")
                        .get("tokenizer.ggml.token_type")
                        .get("size")
                        .asInt())
                .isEqualTo(20);
        assertThat(answer.get("tensors").get(0).get("dimensions").get(0).asLong())
                .isEqualTo(32);
        JsonNode full = json("inspect", folder.resolve("m.gguf").toString(), "--full", "--output", "json");
        assertThat(full.get("metadata").get("tokenizer.ggml.token_type").size()).isEqualTo(20);
    }

    @Test
    void inspectPrintsTheTemplateAlone() {
        assertThat(run("inspect", file("m.gguf", model()).toString(), "--template"))
                .isZero();
        assertThat(out()).isEqualTo("{{ messages }}\n");
    }

    @Test
    void inspectCountsAllFilesOfASplitModel() {
        GgufWriter second =
                new GgufWriter().put("split.no", 1).put("split.count", 2).tensorF32("c.weight", new float[100], 100);
        Path first = file("big-00001-of-00002.gguf", model().put("split.no", 0).put("split.count", 2));

        assertThat(json("inspect", first.toString(), "--output", "json")
                        .get("missing_files")
                        .asInt())
                .isEqualTo(1);
        file("big-00002-of-00002.gguf", second);
        JsonNode answer = json("inspect", first.toString(), "--output", "json");
        assertThat(answer.get("missing_files").asInt()).isZero();
        assertThat(answer.get("parameters").asLong()).isEqualTo(174);
        assertThat(answer.get("tensors").size()).isEqualTo(3);
    }

    @Test
    void inspectSurvivesMetadataOfTheWrongType() {
        Path odd = file(
                "odd.gguf",
                new GgufWriter()
                        .put("general.architecture", 7)
                        .put("general.name", true)
                        .put("tokenizer.ggml.tokens", "none"));

        assertThat(run("inspect", odd.toString())).as(err()).isZero();
        assertThat(out()).contains("architecture     none").contains("general.architecture = 7");
        assertThat(json("inspect", odd.toString(), "--output", "json")
                        .get("memory")
                        .isNull())
                .isTrue();
    }

    @Test
    void inspectRefusesWhatIsNoModel() throws Exception {
        Path page = Files.writeString(folder.resolve("page.gguf"), "<!DOCTYPE html>");

        assertThat(run("inspect", page.toString())).isEqualTo(1);
        assertThat(err()).contains("not a GGUF file").contains("web page");
        assertThat(run("inspect", page.toString(), "-ctk", "q2_k")).isEqualTo(2);
        assertThat(run("inspect", page.toString(), "-c", "0")).isEqualTo(2);
    }

    @Test
    void aDamagedModelIsListedAndRemoved() throws Exception {
        String source = "file:" + file("m.gguf", model());
        assertThat(run("pull", source)).as(err()).isZero();
        Path stored = Path.of(out().strip());
        Files.write(stored, new byte[100]);

        assertThat(run("list")).isZero();
        assertThat(out())
                .contains("Damaged: " + source + " (m.gguf: ")
                .contains("100 are there); pull fetches it again, rm removes it.");
        JsonNode damaged = json("list", "--output", "json").get("damaged").get(0);
        assertThat(damaged.get("names").get(0).asString()).isEqualTo(source);
        assertThat(damaged.get("damage").asString()).contains("100 are there");
        assertThat(run("rm", source)).as(err()).isZero();
        assertThat(out()).contains("removed what was left of " + source);
        assertThat(stored).doesNotExist();
        assertThat(json("list", "--output", "json").get("damaged")).isEmpty();
        assertThat(run("rm", source)).isEqualTo(1);
    }

    @Test
    void anUnfinishedDownloadIsListedAndRemoved() throws Exception {
        byte[] bytes = model().toBytes();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/m.gguf", exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes, 0, 40);
            exchange.getResponseBody().flush();
        });
        server.start();
        String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/m.gguf";
        ModelStore impatient = new ModelStore(
                folder.resolve("home/models"),
                StoreOptions.builder()
                        .attempts(1)
                        .stallTimeout(Duration.ofMillis(300))
                        .build());
        try {
            assertThatThrownBy(() -> impatient.pull(address, PullListener.none()))
                    .hasMessageContaining("What has arrived is kept");
        } finally {
            server.stop(0);
        }

        assertThat(run("list")).isZero();
        assertThat(out()).contains("Unfinished: " + address);
        assertThat(json("list", "--output", "json")
                        .get("unfinished")
                        .get(0)
                        .get("name")
                        .asString())
                .isEqualTo(address);
        assertThat(run("rm", address)).isZero();
        assertThat(out()).contains("removed what had arrived of " + address);
        assertThat(json("list", "--output", "json").get("unfinished")).isEmpty();
        assertThat(run("rm", address)).isEqualTo(1);
    }

    @Test
    void inspectReadsAHeaderFromAfar() throws Exception {
        byte[] bytes = model().toBytes();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/m.gguf", exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/m.gguf";
            assertThat(json("inspect", address, "--output", "json")
                            .get("parameters")
                            .asLong())
                    .isEqualTo(74);
            assertThat(run("inspect", address, "--offline")).isEqualTo(1);
            assertThat(run("inspect", address.replace("/m.", "/absent."))).isEqualTo(1);
            assertThat(err()).contains("does not exist (404)");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void theBundledModelCanBeTheDefaultAndGoAgain() {
        JsonNode model = json("pull", "tinychat", "--default", "--offline", "--output", "json");
        assertThat(json("list", "--output", "json").toString())
                .contains(model.get("path").asString());
        assertThat(json("inspect", "--output", "json").get("architecture").asString())
                .isEqualTo("llama");
        assertThat(run("rm", "tinychat")).as(err()).isZero();
        assertThat(json("list", "--output", "json").get("models")).isEmpty();
    }
}
