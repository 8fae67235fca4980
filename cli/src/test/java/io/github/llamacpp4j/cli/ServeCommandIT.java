package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.ForkedJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServeCommandIT {

    private static final String ADDRESS = "listening on ";

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    private Process serve(String... flags) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--offline", "-m", "tinychat", "-t", "1"));
        arguments.addAll(List.of(flags));
        return ForkedJvm.of(Main.class)
                .arguments(arguments.toArray(String[]::new))
                .start(folder);
    }

    private static URI address(Process server) throws IOException {
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), UTF_8));
        String line = out.readLine();
        assertThat(line).as(() -> errors(server)).isNotNull().startsWith(ADDRESS + "http://127.0.0.1:");
        return URI.create(line.substring(ADDRESS.length()));
    }

    private static String errors(Process server) {
        try {
            return new String(server.getErrorStream().readAllBytes(), UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void settingsComeFromTheFileUnlessTheCommandLineHasThem() throws Exception {
        Path config = Files.writeString(
                folder.resolve("serve.json"),
                "{\"port\":0,\"parallel\":3,\"alias\":\"from-file\",\"api_key\":[\"first\",\"second\"],"
                        + "\"temperature\":0.25,\"max_tokens\":3,\"max_choices\":2}");
        Process process = serve("--config", config.toString(), "--alias", "from-line");
        try {
            URI server = address(process);
            assertThat(send(HttpRequest.newBuilder(server.resolve("/props")).build())
                            .statusCode())
                    .isEqualTo(401);
            assertThat(send(HttpRequest.newBuilder(server.resolve("/props"))
                                    .header("Authorization", "Bearer second")
                                    .build())
                            .body())
                    .contains(
                            "\"total_slots\":3",
                            "\"model_alias\":\"from-line\"",
                            "\"temperature\":0.25",
                            "\"n_predict\":3");
            HttpRequest question = HttpRequest.newBuilder(server.resolve("/v1/completions"))
                    .header("Authorization", "Bearer first")
                    .POST(BodyPublishers.ofString("{\"prompt\":\"Once upon\",\"ignore_eos\":true}"))
                    .build();
            assertThat(send(question).body()).contains("\"completion_tokens\":3");
            HttpRequest twice = HttpRequest.newBuilder(server.resolve("/v1/completions"))
                    .header("Authorization", "Bearer first")
                    .POST(BodyPublishers.ofString("{\"prompt\":\"Once upon\",\"n\":3}"))
                    .build();
            assertThat(send(twice).body()).contains("from 1 to 2");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void aChatTemplateThatCannotBeUsedIsWrongUsage() throws Exception {
        Path config = Files.writeString(folder.resolve("serve.properties"), "port=0\nchat-template=nonsense\n");
        Process process = serve("--config", config.toString());
        assertThat(errors(process)).contains("serve.properties, line 2: Invalid value for option '--chat-template': ");
        assertThat(process.waitFor()).isEqualTo(2);
    }

    @Test
    void whatIsServedAndWhatWasFittedIsTold() throws Exception {
        Process process = serve("--port", "0", "-np", "2", "--no-warmup");
        try {
            address(process);
        } finally {
            // Process.destroyForcibly would close the stream of errors.
            process.toHandle().destroyForcibly();
        }
        assertThat(errors(process))
                .contains(
                        "model tinychat",
                        "slots 2, context 2048 tokens",
                        "cache ",
                        "backend ",
                        "fitted context to 2048")
                .doesNotContain("fitted threads");
    }

    /** In the second case nothing is made up at all. */
    @ParameterizedTest
    @CsvSource({
        "--parallel 2 --context 4096, at most 2048 for one",
        "--parallel 2 --context 2048, at most 2048 for one",
        "--parallel 2 --context 2048 --no-kv-unified, at most 1024 for one",
        "--parallel 2 --context 4096 --kv-unified, at most 4096 for one",
        "--context 8192, at most 8192 for one"
    })
    void whoSaysHowManyThereAreDividesTheContext(String flags, String told) throws Exception {
        Process process = serve((flags + " --port 0 --no-warmup").split(" "));
        try {
            address(process);
        } finally {
            // Process.destroy would close the stream of errors.
            process.toHandle().destroy();
        }
        assertThat(errors(process)).contains(told);
        assertThat(process.waitFor()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void requestsThatWereMadeUpAreNotCounted(boolean warmUp) throws Exception {
        Path config = Files.writeString(folder.resolve("serve.properties"), "port=0\nno-warmup=" + !warmUp + "\n");
        Process process = serve("--config", config.toString());
        try {
            URI server = address(process);
            assertThat(get(server.resolve("/slots")))
                    .contains("\"is_processing\":false")
                    .doesNotContain("id_task");
            assertThat(get(server.resolve("/metrics")))
                    .doesNotContain("/v1/", "/apply-template")
                    .contains(
                            "llamacpp4j_engine_requests_submitted_total 0",
                            "llamacpp4j_engine_tokens_total{kind=\"prompt\"} 0",
                            "llamacpp4j_engine_sequences_retained 0");
            HttpRequest question = HttpRequest.newBuilder(server.resolve("/v1/completions"))
                    .POST(BodyPublishers.ofString("{\"prompt\":\"Once upon\",\"max_tokens\":2}"))
                    .build();
            assertThat(send(question).statusCode()).isEqualTo(200);
            assertThat(get(server.resolve("/metrics"))).contains("llamacpp4j_engine_requests_submitted_total 1");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private String get(URI address) throws Exception {
        return send(HttpRequest.newBuilder(address).build()).body();
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return http.send(request, BodyHandlers.ofString());
    }
}
