package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.ChatTemplateSource;
import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

class HealthIT {

    @Test
    void isUnavailableUntilTheModelIsLoaded() throws Exception {
        try (Server server = Server.start(ServerOptions.builder().port(0).build());
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(get(client, server, "/health").statusCode()).isEqualTo(503);
            try (Llama llama = Llama.load(
                    TestModels.tinychat(),
                    LlamaOptions.builder()
                            .context(c -> c.threads(1).batchThreads(1))
                            .build())) {
                server.serve("tinychat", llama);
                HttpResponse<String> answer = get(client, server, "/health");
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("{\"status\":\"ok\"}");
                assertThat(get(client, server, "/nowhere").statusCode()).isEqualTo(404);
            }
        }
    }

    @Test
    void theTemplateThatWasChosenIsAmongTheProperties() throws Exception {
        try (Server server = Server.start(ServerOptions.builder().port(0).build());
                HttpClient client = HttpClient.newHttpClient();
                Llama llama = Llama.load(
                        TestModels.tinychat(),
                        LlamaOptions.builder()
                                .context(c -> c.threads(1).batchThreads(1))
                                .chatTemplate(ChatTemplateSource.text("Q: {{ messages[0].content }} A:"))
                                .build())) {
            server.serve("tinychat", llama);
            assertThat(get(client, server, "/props").body())
                    .contains("\"chat_template\":\"Q: {{ messages[0].content }} A:\"");
        }
    }

    private static HttpResponse<String> get(HttpClient client, Server server, String path) throws Exception {
        URI uri = server.address().resolve(path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
