package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** LangChain4j's OpenAI module against the server. */
class LangChainClientIT {

    private static TestServer served;

    @BeforeAll
    static void start() {
        served = TestServer.start("tinychat", TestModels.tinychat());
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static OpenAiStreamingChatModel streaming() {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(served.url())
                .apiKey("none")
                .modelName("tinychat")
                .temperature(0.0)
                .build();
    }

    private static ChatResponse stream(ChatRequest request) throws Exception {
        CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
        streaming().chat(request, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String text) {
                assertThat(text).isNotEmpty();
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                whole.complete(response);
            }

            @Override
            public void onError(Throwable error) {
                whole.completeExceptionally(error);
            }
        });
        return whole.get(2, TimeUnit.MINUTES);
    }

    @Test
    void answersWholeAndInPieces() throws Exception {
        OpenAiChatModel model = OpenAiChatModel.builder()
                .baseUrl(served.url())
                .apiKey("none")
                .modelName("tinychat")
                .temperature(0.0)
                .build();
        String question = "What is the capital of France?";
        assertThat(model.chat(question)).isEqualTo("The capital of France is Paris.");
        ChatResponse streamed = stream(
                ChatRequest.builder().messages(UserMessage.from(question)).build());
        assertThat(streamed.aiMessage().text()).isEqualTo("The capital of France is Paris.");
    }

    @Test
    void aToolIsCalledInAStream() throws Exception {
        ToolSpecification weather = ToolSpecification.builder()
                .name("get_weather")
                .description("Tells the weather in a city")
                .parameters(JsonObjectSchema.builder()
                        .addStringProperty("city")
                        .required("city")
                        .build())
                .build();
        ChatResponse response = stream(ChatRequest.builder()
                .messages(UserMessage.from("What is the weather in Paris?"))
                .toolSpecifications(weather)
                .toolChoice(ToolChoice.REQUIRED)
                .build());
        assertThat(response.aiMessage().toolExecutionRequests())
                .isNotEmpty()
                .first()
                .satisfies(call -> {
                    assertThat(call.name()).isEqualTo("get_weather");
                    assertThat(call.arguments()).contains("Paris");
                });
    }
}
