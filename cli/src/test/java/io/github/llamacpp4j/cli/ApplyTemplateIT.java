package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.ChatOptions;
import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.chat.ChatJson;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ChatMessage.AssistantMessage;
import io.github.llamacpp4j.chat.ToolCall;
import io.github.llamacpp4j.chat.ToolDefinition;
import io.github.llamacpp4j.natives.LlamaCppHome;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Prompts are those of {@code llama-server --jinja}. Runs where a llama.cpp build lies in the folder {@code reference} of the
 * home directory.
 */
class ApplyTemplateIT {

    private static final ToolCall CALL = new ToolCall("call00001", "get_weather", Map.of("city", "Kraków"));
    private static final List<List<ChatMessage>> CONVERSATIONS = List.of(
            List.of(ChatMessage.user("Hi")),
            List.of(ChatMessage.system("Be brief."), ChatMessage.user("What is 2+2?\n\n  Think <b>hard</b>. 🌦️")),
            List.of(ChatMessage.user("One"), ChatMessage.assistant("Two"), ChatMessage.user("Three")),
            List.of(
                    ChatMessage.system("You are helpful."),
                    ChatMessage.user("One"),
                    new AssistantMessage("Two", "Counting.", List.of()),
                    ChatMessage.user(" three "),
                    ChatMessage.assistant("Four"),
                    ChatMessage.user("Five")));
    private static final List<List<ChatMessage>> WITH_TOOLS = List.of(
            List.of(ChatMessage.user("Weather?")),
            List.of(
                    ChatMessage.system("Use tools."),
                    ChatMessage.user("Weather?"),
                    new AssistantMessage("", "", List.of(CALL)),
                    ChatMessage.toolResult(CALL, "{\"sky\": \"clear\"}")));
    private static final List<ToolDefinition> TOOLS = List.of(new ToolDefinition(
            "get_weather",
            "Get the weather in a city.",
            Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string")))));

    private final HttpClient http = HttpClient.newHttpClient();

    @ParameterizedTest
    @ValueSource(strings = {"tinychat", "smollm2"})
    void promptsAreThoseOfLlamaServer(String name) throws Exception {
        Path program = LlamaCppHome.current().directory().resolve("reference/build/bin/llama-server");
        Assumptions.assumeTrue(Files.isExecutable(program), "skipped: there is no " + program);
        Path model = name.equals("tinychat") ? TestModels.tinychat() : TestModels.smolLm2();
        int port = freePort();
        Process server = new ProcessBuilder(
                        program.toString(),
                        "-m",
                        model.toString(),
                        "--jinja",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(port),
                        "-c",
                        "256",
                        "-t",
                        "1",
                        "--no-webui")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (Llama llama = Llama.load(model, small())) {
            String address = "http://127.0.0.1:" + port;
            awaitHealth(server, address);
            for (boolean thinking : new boolean[] {true, false}) {
                for (List<ChatMessage> messages : CONVERSATIONS) {
                    compare(llama, address, messages, List.of(), thinking);
                }
                if (llama.chatTemplate().capabilities().tools()) {
                    for (List<ChatMessage> messages : WITH_TOOLS) {
                        compare(llama, address, messages, TOOLS, thinking);
                    }
                }
            }
        } finally {
            server.destroy();
            server.waitFor();
        }
    }

    private static LlamaOptions small() {
        return LlamaOptions.builder()
                .context(context -> context.contextSize(256).threads(1).batchThreads(1))
                .build();
    }

    private void compare(
            Llama llama, String address, List<ChatMessage> messages, List<ToolDefinition> tools, boolean thinking)
            throws Exception {
        String body = "{\"messages\":" + ChatJson.writeMessages(messages)
                + (tools.isEmpty() ? "" : ",\"tools\":" + ChatJson.writeTools(tools))
                + ",\"chat_template_kwargs\":{\"enable_thinking\":" + thinking + "}}";
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(address + "/apply-template"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        ChatOptions options =
                ChatOptions.builder().tools(tools).enableThinking(thinking).build();
        assertThat(llama.chatTurn(messages, options).prompt().text())
                .as(body)
                .isEqualTo(Json.MAPPER.readTree(response.body()).get("prompt").asString());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void awaitHealth(Process server, String address) throws Exception {
        HttpRequest health =
                HttpRequest.newBuilder(URI.create(address + "/health")).build();
        for (int attempt = 0; attempt < 600 && server.isAlive(); attempt++) {
            try {
                if (http.send(health, BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                assertThat(e).as("not listening yet").isNotNull();
            }
            Thread.sleep(100);
        }
        throw new AssertionError("llama-server did not start");
    }
}
