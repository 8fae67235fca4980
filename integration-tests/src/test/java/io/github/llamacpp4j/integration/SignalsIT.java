package io.github.llamacpp4j.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The end of a server that is told to end, and of one that is not asked. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SignalsIT {

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    private static HttpRequest story(URI server, int maxTokens) {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story.\"}],\"stream\":true,"
                + "\"ignore_eos\":true,\"max_tokens\":" + maxTokens + "}";
        return HttpRequest.newBuilder(server.resolve("/v1/chat/completions"))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    /** Asks for stories, all of which have come to the engine when this returns, and few of which have ended. */
    private List<CompletableFuture<HttpResponse<Stream<String>>>> stories(URI server, int count) throws Exception {
        List<CompletableFuture<HttpResponse<Stream<String>>>> stories = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            stories.add(http.sendAsync(story(server, 1200), BodyHandlers.ofLines()));
        }
        String submitted = "llamacpp4j_engine_requests_submitted_total " + count;
        while (!get(server.resolve("/metrics")).contains(submitted)) {
            Thread.sleep(1);
        }
        return stories;
    }

    private String get(URI uri) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private void awaitDraining(URI server) throws Exception {
        while (!get(server.resolve("/ready")).contains("draining")) {
            Thread.sleep(1);
        }
    }

    @Test
    void toldToEndUnderLoadItFinishesWhatRunsAndRefusesWhatIsNew() throws Exception {
        try (ServedJar server =
                ServedJar.serve(Map.of(), "-m", TestModels.tinychat().toString(), "-np", "2", "-c", "4096")) {
            URI address = server.address();
            var stories = stories(address, 6);
            server.terminate();
            awaitDraining(address);
            HttpResponse<String> refused = http.send(story(address, 1), BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("\"code\":\"draining\"");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(get(address.resolve("/health"))).isEqualTo("{\"status\":\"ok\"}");
            for (var story : stories) {
                assertThat(story.join().statusCode()).isEqualTo(200);
                assertThat(story.join().body()).contains("data: [DONE]");
            }
            assertThat(server.exitCode()).isZero();
            assertThat(server.errors()).contains("ended").doesNotContain("broken off");
        }
    }

    @Test
    void whatDoesNotEndInTimeIsBrokenOffWithAnErrorAndTheEndIsStillASuccess() throws Exception {
        try (ServedJar server = ServedJar.serve(
                Map.of(), "-m", TestModels.tinychat().toString(), "-np", "1", "-c", "2048", "--drain-timeout", "0")) {
            URI address = server.address();
            var stories = stories(address, 6);
            server.terminate();
            assertThat(server.exitCode()).isZero();
            assertThat(server.errors()).contains("broken off");
            int brokenOff = 0;
            for (var story : stories) {
                assertThat(story.join().statusCode()).isEqualTo(200);
                List<String> lines = story.join().body().toList();
                boolean whole = lines.contains("data: [DONE]");
                assertThat(lines.stream().anyMatch(line -> line.contains("\"code\":\"draining\"")))
                        .isEqualTo(!whole);
                brokenOff += whole ? 0 : 1;
            }
            assertThat(brokenOff).isPositive();
        }
    }

    @Test
    void killedInTheMiddleOfADownloadAndOfWorkItStartsAgainWithAWholeStore() throws Exception {
        Map<String, String> home =
                Map.of("LLAMACPP4J_HOME", folder.resolve("home").toString());
        try (SlowFiles files = new SlowFiles(TestModels.tinychat())) {
            String source = files.address("tinychat-q8_0.gguf").toString();
            try (ServedJar server = ServedJar.serve(home, "-m", source)) {
                files.awaitHalf();
                awaitPartOfAFile();
                server.kill();
            }
            assertThat(list(home)).contains("No models", "Unfinished: " + source);
            files.goOn();
            try (ServedJar server = ServedJar.serve(home, "-m", source)) {
                URI address = server.address();
                assertThat(files.offsets())
                        .last()
                        .satisfies(offset -> assertThat(offset).isPositive());
                stories(address, 4);
                server.kill();
            }
            assertThat(list(home)).contains("tinychat").doesNotContain("Unfinished");
            try (ServedJar server = ServedJar.serve(home, "--offline", "-m", source)) {
                URI address = server.address();
                HttpResponse<String> answer = http.send(story(address, 8), BodyHandlers.ofString());
                assertThat(answer.body()).contains("data: [DONE]");
            }
        }
    }

    private void awaitPartOfAFile() throws Exception {
        for (long bytes = 0; bytes == 0; Thread.sleep(10)) {
            try (Stream<Path> files = Files.walk(folder.resolve("home/models"))) {
                bytes = files.filter(file -> file.toString().endsWith(".part"))
                        .mapToLong(file -> file.toFile().length())
                        .max()
                        .orElse(0);
            }
        }
    }

    private String list(Map<String, String> environment) throws Exception {
        try (ServedJar command = ServedJar.start(environment, "list")) {
            String output = command.output();
            assertThat(command.exitCode()).as(command.errors()).isZero();
            return output;
        }
    }
}
