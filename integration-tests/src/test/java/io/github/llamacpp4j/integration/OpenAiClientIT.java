package io.github.llamacpp4j.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** OpenAI's own client against the built command. What it reads is also held against what it promises its users. */
@ParameterizedClass
@EnumSource(ChatModel.class)
class OpenAiClientIT {

    private static final String QUESTION = "What is the capital of France?";

    private static ServedJar server;
    private static String url;
    private static OpenAIClient client;

    @Parameter
    private ChatModel model;

    /** What a structured answer is to hold. */
    @JsonClassDescription("A person")
    static final class Person {
        @JsonPropertyDescription("The first name")
        public String name;

        public int age;
    }

    /** A tool given as a class. */
    @JsonClassDescription("Tells the weather in a city")
    static final class GetWeather {
        public String city;
    }

    @BeforeParameterizedClassInvocation
    static void start(ChatModel model) throws IOException {
        server = model.serve();
        url = server.address() + "/v1";
        client = client(ChatModel.KEY);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        if (server != null) {
            client.close();
            server.close();
        }
    }

    private static OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(url)
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    private ChatCompletionCreateParams.Builder params(String question) {
        return ChatCompletionCreateParams.builder()
                .model(model.id())
                .temperature(0.0)
                .maxCompletionTokens(100)
                .addUserMessage(question);
    }

    private static ChatCompletion.Choice whole(ChatCompletionCreateParams params) {
        return client.chat().completions().create(params).choices().getFirst();
    }

    private static ChatCompletion streamed(ChatCompletionCreateParams params) {
        ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            stream.stream().map(ChatCompletionChunk::validate).forEach(whole::accumulate);
        }
        return whole.chatCompletion();
    }

    @Test
    void theModelIsListed() {
        assertThat(client.models().list().data()).extracting(Model::id).containsExactly(model.id());
        assertThat(client.models().retrieve(model.id()).id()).isEqualTo(model.id());
    }

    @Test
    void anAnswerIsThatOfTheCommandAndAStreamAddsUpToIt() throws Exception {
        ChatCompletion whole =
                client.chat().completions().create(params(QUESTION).build()).validate();
        ChatCompletion.Choice choice = whole.choices().getFirst();
        assertThat(choice.message().content().orElseThrow().strip()).isEqualTo(model.answer(QUESTION));
        ChatCompletion streamed = streamed(params(QUESTION)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build());
        assertThat(streamed.choices()).hasSize(1);
        assertThat(streamed.choices().getFirst().message().content())
                .isEqualTo(choice.message().content());
        assertThat(streamed.choices().getFirst().finishReason()).isEqualTo(choice.finishReason());
        assertThat(streamed.usage().orElseThrow().completionTokens())
                .isPositive()
                .isEqualTo(whole.usage().orElseThrow().completionTokens());
        assertThat(streamed.usage()
                        .flatMap(usage -> usage.promptTokensDetails())
                        .flatMap(details -> details.cachedTokens())
                        .orElseThrow())
                .isPositive();
    }

    @Test
    void severalAnswersComeSideBySide() {
        String text = whole(params(QUESTION).build()).message().content().orElseThrow();
        ChatCompletionCreateParams three = params(QUESTION).n(3).build();
        for (ChatCompletion completion : List.of(client.chat().completions().create(three), streamed(three))) {
            assertThat(completion.choices())
                    .hasSize(3)
                    .allSatisfy(choice -> assertThat(choice.message().content()).hasValue(text));
        }
    }

    @Test
    @SuppressWarnings("deprecation") // OpenAI no longer promises what a seed does here
    void aSeedAndAStopAreKept() {
        ChatCompletionCreateParams seeded = params("Tell me a story.")
                .temperature(1.5)
                .seed(7)
                .putAdditionalBodyProperty("cache_prompt", JsonValue.from(false))
                .build();
        String story = whole(seeded).message().content().orElseThrow();
        assertThat(whole(seeded).message().content()).hasValue(story);
        CompletionCreateParams.Builder text = CompletionCreateParams.builder()
                .model(model.id())
                .prompt("Once upon a time")
                .maxTokens(20)
                .temperature(0.0);
        String whole =
                client.completions().create(text.build()).choices().getFirst().text();
        String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 3);
        assertThat(client.completions()
                        .create(text.stop(stop).build())
                        .choices()
                        .getFirst()
                        .text())
                .isEqualTo(whole.substring(0, whole.indexOf(stop)));
    }

    @Test
    void logprobsComeWithEachToken() {
        ChatCompletion.Choice choice =
                whole(params(QUESTION).logprobs(true).topLogprobs(2).build());
        assertThat(choice.logprobs().orElseThrow().content().orElseThrow())
                .isNotEmpty()
                .allSatisfy(token -> assertThat(token.topLogprobs())
                        .hasSize(2)
                        .first()
                        .satisfies(top -> assertThat(top.logprob()).isCloseTo(token.logprob(), within(1e-6))));
    }

    @Test
    void aStructuredAnswerBecomesAnObject() {
        Person person = client.chat()
                .completions()
                .create(params("Anna is 31 years old.")
                        .responseFormat(Person.class)
                        .build())
                .choices()
                .getFirst()
                .message()
                .content()
                .orElseThrow();
        assertThat(person.name).isNotNull();
    }

    @Test
    void aToolIsCalledWithArgumentsOfItsClassAndItsResultAnswered() {
        ChatCompletionCreateParams asked = params("What is the weather in Paris?")
                .addTool(GetWeather.class)
                .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                .parallelToolCalls(false)
                .build();
        ChatCompletion.Choice choice = whole(asked);
        ChatCompletion.Choice streamed = streamed(asked).choices().getFirst();
        for (ChatCompletion.Choice each : List.of(choice, streamed)) {
            assertThat(each.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
            assertThat(call(each).function().name()).isEqualTo("GetWeather");
            assertThat(call(each).function().arguments(GetWeather.class).city).isNotEmpty();
        }
        assertThat(call(streamed).function()).isEqualTo(call(choice).function());
        ChatCompletion.Choice answer = whole(asked.toBuilder()
                .toolChoice(ChatCompletionToolChoiceOption.Auto.NONE)
                .addMessage(choice.message())
                .addMessage(ChatCompletionToolMessageParam.builder()
                        .toolCallId(call(choice).id())
                        .contentAsJson("sunny, 21 degrees")
                        .build())
                .build());
        assertThat(answer.message().toolCalls()).isEmpty();
        assertThat(answer.message().content().orElseThrow()).isNotBlank();
    }

    private static ChatCompletionMessageFunctionToolCall call(ChatCompletion.Choice choice) {
        assertThat(choice.message().toolCalls().orElseThrow()).hasSize(1);
        return choice.message().toolCalls().orElseThrow().getFirst().asFunction();
    }

    @Test
    void aTextIsContinuedWholeAndInPieces() {
        CompletionCreateParams params = CompletionCreateParams.builder()
                .model(model.id())
                .prompt("The capital of")
                .maxTokens(8)
                .temperature(0.0)
                .build();
        String text = client.completions().create(params).choices().getFirst().text();
        assertThat(text).isNotBlank();
        try (StreamResponse<Completion> stream = client.completions().createStreaming(params)) {
            assertThat(stream.stream()
                            .map(chunk -> chunk.choices().getFirst().text())
                            .collect(Collectors.joining()))
                    .isEqualTo(text);
        }
    }

    @Test
    void vectorsAreOfLengthOneAndAlikeForTextsThatAreAlike() {
        CreateEmbeddingResponse response = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model(model.id())
                        .inputOfArrayOfStrings(List.of("The cat sleeps.", "The cat sleeps", "Stock prices fell in May"))
                        .build());
        List<List<Float>> vectors =
                response.data().stream().map(each -> each.embedding()).toList();
        assertThat(vectors)
                .hasSize(3)
                .allSatisfy(vector -> assertThat(product(vector, vector)).isCloseTo(1, within(1e-3)));
        assertThat(product(vectors.get(0), vectors.get(1))).isGreaterThan(product(vectors.get(0), vectors.get(2)));
        assertThat(response.usage().promptTokens()).isPositive();
    }

    private static double product(List<Float> a, List<Float> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += (double) a.get(i) * b.get(i);
        }
        return sum;
    }

    @Test
    void errorsAreOfTheTypesThatTheClientHasForThem() {
        assertThatThrownBy(() -> whole(params(QUESTION).model("gpt-9").build()))
                .isInstanceOfSatisfying(
                        NotFoundException.class,
                        error -> assertThat(error.code()).hasValue("model_not_found"));
        ChatCompletionCreateParams tooLong = params("word ".repeat(4000)).build();
        assertThatThrownBy(() -> whole(tooLong)).isInstanceOfSatisfying(BadRequestException.class, error -> {
            assertThat(error.code()).hasValue("context_length_exceeded");
            assertThat(error.getMessage()).contains("2048");
        });
        assertThatThrownBy(() -> streamed(tooLong)).isInstanceOf(BadRequestException.class);
        assertThatThrownBy(() -> whole(params(QUESTION).store(true).build()))
                .isInstanceOfSatisfying(BadRequestException.class, error -> {
                    assertThat(error.code()).hasValue("unsupported_parameter");
                    assertThat(error.param()).hasValue("store");
                });
        OpenAIClient stranger = client("another-key");
        assertThatThrownBy(() -> stranger.models().list())
                .isInstanceOfSatisfying(
                        UnauthorizedException.class,
                        error -> assertThat(error.code()).hasValue("invalid_api_key"));
        stranger.close();
    }
}
