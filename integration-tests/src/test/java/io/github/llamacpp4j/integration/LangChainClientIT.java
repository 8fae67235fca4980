package io.github.llamacpp4j.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** LangChain4j's OpenAI module against the built command. */
@ParameterizedClass
@EnumSource(ChatModel.class)
class LangChainClientIT {

    private static final UserMessage QUESTION = UserMessage.from("What is the capital of France?");
    private static final JsonObjectSchema CITY = JsonObjectSchema.builder()
            .addStringProperty("city")
            .required("city")
            .build();

    private static ServedJar server;
    private static String url;

    @Parameter
    private ChatModel model;

    @BeforeParameterizedClassInvocation
    static void start(ChatModel model) throws IOException {
        server = model.serve();
        url = server.address() + "/v1";
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private OpenAiChatModel.OpenAiChatModelBuilder client() {
        return OpenAiChatModel.builder()
                .baseUrl(url)
                .apiKey(ChatModel.KEY)
                .modelName(model.id())
                .temperature(0.0)
                .maxRetries(0)
                .maxCompletionTokens(100);
    }

    private ChatResponse whole(ChatRequest request) {
        return client().build().chat(request);
    }

    private ChatResponse streamed(ChatRequest request) throws Exception {
        OpenAiStreamingChatModel streaming = OpenAiStreamingChatModel.builder()
                .baseUrl(url)
                .apiKey(ChatModel.KEY)
                .modelName(model.id())
                .temperature(0.0)
                .maxCompletionTokens(100)
                .build();
        StringBuilder pieces = new StringBuilder();
        CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
        streaming.chat(request, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String text) {
                pieces.append(text);
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
        ChatResponse response = whole.get(2, TimeUnit.MINUTES);
        String text = response.aiMessage().text();
        assertThat(pieces.toString()).isEqualTo(text == null ? "" : text);
        return response;
    }

    @Test
    void anAnswerIsThatOfTheCommandAndAStreamAddsUpToIt() throws Exception {
        ChatRequest request = ChatRequest.builder().messages(QUESTION).build();
        ChatResponse whole = whole(request);
        assertThat(whole.aiMessage().text().strip()).isEqualTo(model.answer(QUESTION.singleText()));
        assertThat(whole.tokenUsage().outputTokenCount()).isPositive();
        ChatResponse streamed = streamed(request);
        assertThat(streamed.aiMessage().text()).isEqualTo(whole.aiMessage().text());
        assertThat(streamed.finishReason()).isEqualTo(whole.finishReason());
        assertThat(streamed.tokenUsage().outputTokenCount())
                .isEqualTo(whole.tokenUsage().outputTokenCount());
    }

    @Test
    void aToolIsCalledAndItsResultAnswered() throws Exception {
        ToolSpecification weather = ToolSpecification.builder()
                .name("get_weather")
                .description("Tells the weather in a city")
                .parameters(CITY)
                .build();
        UserMessage question = UserMessage.from("What is the weather in Paris?");
        ChatRequest request = ChatRequest.builder()
                .messages(question)
                .toolSpecifications(weather)
                .toolChoice(ToolChoice.REQUIRED)
                .build();
        ChatResponse whole = whole(request);
        for (ChatResponse response : List.of(whole, streamed(request))) {
            assertThat(response.aiMessage().toolExecutionRequests())
                    .isNotEmpty()
                    .first()
                    .satisfies(call -> {
                        assertThat(call.name()).isEqualTo("get_weather");
                        assertThat(call.arguments()).contains("\"city\"");
                    });
        }
        ToolExecutionRequest call = whole.aiMessage().toolExecutionRequests().getFirst();
        ChatResponse answer = whole(ChatRequest.builder()
                .messages(question, whole.aiMessage(), ToolExecutionResultMessage.from(call, "sunny, 21 degrees"))
                .build());
        assertThat(answer.aiMessage().text()).isNotBlank();
    }

    @Test
    void aStructuredAnswerHasItsMembers() {
        ChatResponse response = whole(ChatRequest.builder()
                .messages(UserMessage.from("I live in Oslo."))
                .responseFormat(ResponseFormat.builder()
                        .type(ResponseFormatType.JSON)
                        .jsonSchema(JsonSchema.builder()
                                .name("place")
                                .rootElement(CITY)
                                .build())
                        .build())
                .build());
        assertThat(response.aiMessage().text()).matches("\\{\\s*\"city\"\\s*:\\s*\"(?s:.*)");
    }

    @Test
    void aTextBecomesAVector() {
        OpenAiEmbeddingModel vectors = OpenAiEmbeddingModel.builder()
                .baseUrl(url)
                .apiKey(ChatModel.KEY)
                .modelName(model.id())
                .build();
        float[] vector = vectors.embed("Hello").content().vector();
        double length = 0;
        for (float each : vector) {
            length += (double) each * each;
        }
        assertThat(length).isBetween(0.999, 1.001);
    }

    @Test
    void errorsAreOfTheTypesThatLangChainHasForThem() {
        assertThatThrownBy(() -> client().apiKey("another-key").build().chat("Hello"))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("invalid_api_key");
        assertThatThrownBy(() -> client().build().chat("word ".repeat(4000)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("context_length_exceeded");
    }
}
