package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.github.llamacpp4j.ChatReply;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OpenAI's own Java client against the server. */
class OpenAiClientIT {

    private static final String QUESTION = "What is the capital of France?";

    private static TestServer served;
    private static OpenAIClient client;

    private static final ChatCompletionFunctionTool WEATHER = ChatCompletionFunctionTool.builder()
            .function(FunctionDefinition.builder()
                    .name("get_weather")
                    .description("Tells the weather in a city")
                    .parameters(FunctionParameters.builder()
                            .putAllAdditionalProperties(schema(Map.of("city", Map.of("type", "string"))))
                            .build())
                    .build())
            .build();
    private static final ResponseFormatJsonSchema PERSON = ResponseFormatJsonSchema.builder()
            .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
                    .name("person")
                    .strict(true)
                    .schema(ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                            .putAllAdditionalProperties(schema(Map.of("age", Map.of("type", "integer"))))
                            .build())
                    .build())
            .build();

    private static Map<String, JsonValue> schema(Map<String, ?> properties) {
        return Map.of(
                "type", JsonValue.from("object"),
                "properties", JsonValue.from(properties),
                "required", JsonValue.from(List.copyOf(properties.keySet())),
                "additionalProperties", JsonValue.from(false));
    }

    @BeforeAll
    static void start() {
        served = TestServer.start("tinychat", TestModels.tinychat());
        client = OpenAIOkHttpClient.builder()
                .baseUrl(served.url())
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        served.close();
    }

    private static ChatCompletionCreateParams.Builder params(String question) {
        return ChatCompletionCreateParams.builder()
                .model("tinychat")
                .temperature(0.0)
                .maxCompletionTokens(128)
                .addUserMessage(question);
    }

    private static ChatReply direct() {
        return served.llama()
                .chat(
                        List.of(ChatMessage.user(QUESTION)),
                        options -> options.temperature(0).maxTokens(128));
    }

    @Test
    void anAnswerIsTheOneThatTheLibraryGives() {
        ChatCompletion completion =
                client.chat().completions().create(params(QUESTION).build());
        assertThat(completion.choices()).singleElement().satisfies(choice -> {
            assertThat(choice.message().content()).hasValue(direct().text());
            assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        });
        assertThat(completion.usage().orElseThrow().completionTokens())
                .isEqualTo(direct().usage().generatedTokens());
        assertThat(completion.validate().isValid()).isTrue();
    }

    @Test
    void severalAnswersShareOnePrompt() {
        ChatCompletion completion =
                client.chat().completions().create(params(QUESTION).n(3).build());
        assertThat(completion.choices())
                .hasSize(3)
                .allSatisfy(choice -> assertThat(choice.message().content()).hasValue(direct().text()));
    }

    @Test
    void aStreamAddsUpToTheSameAnswer() {
        ChatCompletionCreateParams streamed = params(QUESTION)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .n(2)
                .build();
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(streamed)) {
            stream.stream().forEach(accumulator::accumulate);
        }
        ChatCompletion completion = accumulator.chatCompletion();
        assertThat(completion.choices())
                .hasSize(2)
                .allSatisfy(choice -> assertThat(choice.message().content()).hasValue(direct().text()));
        assertThat(completion.usage()).isPresent();
    }

    @Test
    void aToolIsCalledWholeAndInPieces() {
        ChatCompletionCreateParams asked = params("What is the weather in Paris?")
                .addTool(WEATHER)
                .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                .build();
        ChatCompletion whole = client.chat().completions().create(asked);
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(asked)) {
            stream.stream().forEach(accumulator::accumulate);
        }
        for (ChatCompletion completion : List.of(whole, accumulator.chatCompletion())) {
            ChatCompletion.Choice choice = completion.choices().getFirst();
            assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
            assertThat(choice.message().toolCalls().orElseThrow())
                    .isNotEmpty()
                    .first()
                    .satisfies(call -> {
                        assertThat(call.asFunction().function().name()).isEqualTo("get_weather");
                        assertThat(call.asFunction().function().arguments()).contains("Paris");
                    });
        }
    }

    @Test
    void anAnswerSatisfiesTheSchemaThatWasAskedFor() {
        String text = client.chat()
                .completions()
                .create(params("Anna is 31 years old.").responseFormat(PERSON).build())
                .choices()
                .getFirst()
                .message()
                .content()
                .orElseThrow();
        assertThat(text).matches("\\{\\s*\"age\":\\s*-?\\d+\\s*}");
    }

    @Test
    void logprobsComeWithEachToken() {
        ChatCompletion completion = client.chat()
                .completions()
                .create(params(QUESTION).logprobs(true).topLogprobs(2).build());
        assertThat(completion
                        .choices()
                        .getFirst()
                        .logprobs()
                        .orElseThrow()
                        .content()
                        .orElseThrow())
                .isNotEmpty()
                .allSatisfy(token -> assertThat(token.topLogprobs()).hasSize(2));
    }

    @Test
    void aTextIsContinued() {
        String text = client.completions()
                .create(CompletionCreateParams.builder()
                        .model("tinychat")
                        .prompt("The capital of")
                        .maxTokens(5)
                        .temperature(0.0)
                        .build())
                .choices()
                .getFirst()
                .text();
        assertThat(text)
                .isEqualTo(served.llama()
                        .generate(
                                "The capital of",
                                options -> options.temperature(0).maxTokens(5))
                        .text());
    }

    @Test
    void vectorsAreThoseOfTheLibrary() {
        try (TestServer embedding = TestServer.start("minilm", TestModels.miniLm())) {
            OpenAIClient other = OpenAIOkHttpClient.builder()
                    .baseUrl(embedding.url())
                    .apiKey("none")
                    .build();
            CreateEmbeddingResponse response = other.embeddings()
                    .create(EmbeddingCreateParams.builder()
                            .model("minilm")
                            .inputOfArrayOfStrings(List.of("Hello", "Good morning"))
                            .build());
            float[] expected = embedding.llama().embed("Good morning").vector();
            List<Float> found = response.data().get(1).embedding();
            assertThat(found).hasSize(expected.length);
            for (int i = 0; i < expected.length; i++) {
                assertThat(found.get(i)).isCloseTo(expected[i], offset(1e-4f));
            }
            other.close();
        }
    }

    @Test
    void errorsNameTheFieldAndTheReason() {
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(params(QUESTION).store(true).build()))
                .isInstanceOfSatisfying(BadRequestException.class, error -> {
                    assertThat(error.code()).hasValue("unsupported_parameter");
                    assertThat(error.param()).hasValue("store");
                });
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(params("word ".repeat(4000)).build()))
                .isInstanceOfSatisfying(BadRequestException.class, error -> {
                    assertThat(error.code()).hasValue("context_length_exceeded");
                    assertThat(error.getMessage()).contains("2048");
                });
    }
}
