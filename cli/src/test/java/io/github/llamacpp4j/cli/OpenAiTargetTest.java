package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenAiTargetTest {

    private static final String STREAM = """
            data: {"choices":[{"index":0,"text":"Hello"}]}

            : a comment

            data: {"choices":[{"index":0,"text":" world"}]}

            data: {"choices":[{"index":0,"text":"","finish_reason":"length"}]}

            data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":5}}}

            data: [DONE]

            """;

    private final AtomicReference<String> lastBody = new AtomicReference<>("");
    private final AtomicReference<String> lastPath = new AtomicReference<>("");
    private HttpServer server;
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/models", exchange -> {
            byte[] body = "{\"data\":[{\"id\":\"the-model\"}]}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/v1/", exchange -> {
            lastPath.set(exchange.getRequestURI().getPath());
            lastBody.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = STREAM.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Test
    void countsPiecesAndReadsTheUsage() {
        try (OpenAiTarget target = OpenAiTarget.at(url() + "/v1/")) {
            AtomicInteger pieces = new AtomicInteger();
            LoadReply reply = target.send(new LoadRequest("Hi", 3), pieces::incrementAndGet);
            assertThat(pieces.get()).isEqualTo(2);
            assertThat(reply.arrivalNanos()).hasSize(2);
            assertThat(reply.tokens()).isEqualTo(3);
            assertThat(reply.promptTokens()).isEqualTo(7);
            assertThat(reply.cachedTokens()).isEqualTo(5);
            assertThat(reply.firstTokenSeconds()).isPositive().isLessThanOrEqualTo(reply.seconds());
            assertThat(lastPath.get()).isEqualTo("/v1/completions");
            assertThat(lastBody.get()).contains("\"model\":\"the-model\"", "\"prompt\":\"Hi\"", "\"ignore_eos\":true");
        }
    }

    @Test
    void thinkingIsAskedForThroughTheChat() {
        try (OpenAiTarget target = OpenAiTarget.at(url())) {
            target.send(new LoadRequest("Hi", 3, false), () -> {});
            assertThat(lastPath.get()).isEqualTo("/v1/chat/completions");
            assertThat(lastBody.get()).contains("\"enable_thinking\":false", "\"role\":\"user\"");
        }
    }

    @Test
    void aRefusalSaysWhatTheServerSaid() {
        try (OpenAiTarget target = OpenAiTarget.at(url())) {
            status = 503;
            assertThatThrownBy(() -> target.send(new LoadRequest("Hi", 3), () -> {}))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("status 503");
        }
    }

    @Test
    void anAddressThatIsNoneIsAUsageError() {
        assertThatThrownBy(() -> OpenAiTarget.at("no url"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("http://localhost:8080");
        assertThatThrownBy(() -> OpenAiTarget.at("http://127.0.0.1:1"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("is an OpenAI server running there?");
    }
}
