package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llamacpp4j.engine.Completion;
import io.github.llamacpp4j.server.RawClient.Answer;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /v1/completions} with a real model. */
class CompletionApiIT {

    private static final String PATH = "/v1/completions";
    private static final String PROMPT = "The capital of France is";
    private static final String GREEDY = "'temperature':0,'max_tokens':8,";

    private static TestServer served;

    @BeforeAll
    static void start() {
        served = TestServer.start("tinychat", TestModels.tinychat());
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static Answer ask(String members) throws IOException {
        return RawClient.ask(served.server(), RawClient.post(PATH, ("{" + members + "}").replace('\'', '"')));
    }

    private static JsonNode complete(String members) throws IOException {
        Answer answer = ask(members);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static List<String> texts(JsonNode answer) {
        return answer.get("choices")
                .valueStream()
                .map(choice -> choice.get("text").asString())
                .toList();
    }

    /** The choices of the chunks of a stream. */
    private static List<JsonNode> chunks(String members) throws IOException {
        return ask(members)
                .body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> JsonMapper.shared().readTree(line.substring(6)).at("/choices/0"))
                .toList();
    }

    private static Completion direct(String prompt) {
        return served.llama().generate(prompt, options -> options.temperature(0).maxTokens(8));
    }

    private static int[] tokens(String prompt) {
        return served.llama().tokenizer().encode(prompt, true, true);
    }

    @Test
    void aTextOrItsTokensAreContinuedAsTheLibraryDoes() throws IOException {
        JsonNode answer = complete(GREEDY + "'prompt':'" + PROMPT + "'");
        assertThat(texts(answer)).containsExactly(direct(PROMPT).text());
        assertThat(answer.at("/usage/completion_tokens").asInt())
                .isEqualTo(direct(PROMPT).tokens().size());
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(tokens(PROMPT).length);
        assertThat(texts(complete(GREEDY + "'prompt':" + Arrays.toString(tokens(PROMPT)))))
                .isEqualTo(texts(answer));
    }

    @Test
    void severalPromptsAndAnswersAreInOrder() throws IOException {
        JsonNode answer = complete(GREEDY + "'prompt':['" + PROMPT + "','Hello'],'n':2");
        String first = direct(PROMPT).text();
        String second = direct("Hello").text();
        assertThat(texts(answer)).containsExactly(first, first, second, second);
        assertThat(answer.get("choices"))
                .extracting(choice -> choice.get("index").asInt())
                .containsExactly(0, 1, 2, 3);
    }

    @Test
    void aStreamAddsUpToTheWholeAnswer() throws IOException {
        JsonNode whole =
                complete(GREEDY + "'prompt':'" + PROMPT + "','logprobs':1").at("/choices/0");
        List<JsonNode> chunks = chunks(GREEDY + "'prompt':'" + PROMPT + "','logprobs':1,'stream':true");
        assertThat(chunks.stream().map(chunk -> chunk.get("text").asString()).collect(Collectors.joining()))
                .isEqualTo(whole.get("text").asString());
        assertThat(chunks.stream().flatMap(chunk -> chunk.at("/logprobs/tokens").valueStream()))
                .isEqualTo(whole.at("/logprobs/tokens").valueStream().toList());
        assertThat(chunks.getLast().get("finish_reason").asString())
                .isEqualTo(whole.get("finish_reason").asString());
    }

    @Test
    void thePromptIsRepeatedOnDemand() throws IOException {
        assertThat(texts(complete(GREEDY + "'prompt':'" + PROMPT + "','echo':true")))
                .containsExactly(PROMPT + direct(PROMPT).text());
        assertThat(texts(complete(GREEDY + "'prompt':" + Arrays.toString(tokens(PROMPT)) + ",'echo':true")))
                .containsExactly(PROMPT + direct(PROMPT).text());
    }

    @Test
    void theRepeatedPromptIsAsLikelyAsItsTokensOneByOne() throws IOException {
        String text = "Once upon a time in a café 🙂 in Paris";
        JsonNode choice = complete(GREEDY + "'prompt':'" + text + "','echo':true,'logprobs':2")
                .at("/choices/0");
        JsonNode told = choice.get("logprobs");
        int[] ids = tokens(text);
        assertThat(told.at("/token_logprobs/0").isNull()).isTrue();
        assertThat(told.at("/top_logprobs/0").isNull()).isTrue();
        for (int i = 1; i < ids.length; i++) {
            String forced = "'prompt':" + Arrays.toString(Arrays.copyOf(ids, i))
                    + ",'logprobs':2,'max_tokens':1,'temperature':0,'logit_bias':{'" + ids[i] + "':100}";
            JsonNode alone = complete(forced).at("/choices/0/logprobs");
            assertThat(told.get("tokens").get(i)).isEqualTo(alone.at("/tokens/0"));
            assertThat(told.get("token_logprobs").get(i).asDouble())
                    .isCloseTo(alone.at("/token_logprobs/0").asDouble(), within(1e-3));
            assertThat(told.get("top_logprobs").get(i)).hasSize(2);
        }
        assertThat(told.get("tokens")).hasSizeGreaterThanOrEqualTo(ids.length);
        for (String member : List.of("token_logprobs", "top_logprobs", "text_offset")) {
            assertThat(told.get(member)).as(member).hasSameSizeAs(told.get("tokens"));
        }
        assertThat(told.get("tokens").toString()).contains("bytes:\\\\xf0");
        String whole = choice.get("text").asString();
        assertThat(whole).startsWith(text);
        for (int i = 0; i < told.get("tokens").size(); i++) {
            String token = told.get("tokens").get(i).asString();
            int from =
                    whole.offsetByCodePoints(0, told.get("text_offset").get(i).asInt());
            if (!token.startsWith("bytes:")) {
                assertThat(whole.substring(from)).startsWith(token);
            }
        }
    }

    @Test
    void aStreamTellsOfThePromptFirst() throws IOException {
        String members = GREEDY + "'prompt':['" + PROMPT + "','Hello'],'n':2,'echo':true,'logprobs':1";
        JsonNode whole = complete(members).get("choices");
        String[] texts = {"", "", "", ""};
        List<List<JsonNode>> logprobs =
                List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (JsonNode chunk : chunks(members + ",'stream':true")) {
            int index = chunk.get("index").asInt();
            texts[index] += chunk.get("text").asString();
            chunk.at("/logprobs/token_logprobs").forEach(logprobs.get(index)::add);
        }
        for (int i = 0; i < 4; i++) {
            assertThat(texts[i]).isEqualTo(whole.get(i).get("text").asString());
            assertThat(logprobs.get(i)).hasSameSizeAs(whole.get(i).at("/logprobs/token_logprobs"));
            assertThat(logprobs.get(i).getFirst().isNull()).isTrue();
        }
    }

    @Test
    void readingThePromptIsEnoughToJudgeIt() throws IOException {
        JsonNode answer = complete("'prompt':'" + PROMPT + "','echo':true,'logprobs':0,'max_tokens':0");
        assertThat(texts(answer)).containsExactly(PROMPT);
        assertThat(answer.at("/choices/0/logprobs/token_logprobs")).hasSize(tokens(PROMPT).length);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isZero();
        Answer refused = ask("'prompt':'" + PROMPT + "','echo':true,'logprobs':1,'suffix':'.'");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().at("/error/param").asString()).isEqualTo("suffix");
    }

    @Test
    void theBestOfSeveralIsTheLikeliest() throws IOException {
        String sampled =
                "'prompt':'Once upon a time','seed':3,'logprobs':0,'n':%d,'best_of':4,'temperature':1.5,'max_tokens':8";
        JsonNode all = complete(sampled.formatted(4));
        double likeliest = all.get("choices")
                .valueStream()
                .mapToDouble(CompletionApiIT::meanLogprob)
                .max()
                .orElseThrow();
        JsonNode best = complete(sampled.formatted(1));
        assertThat(best.get("choices")).hasSize(1);
        assertThat(meanLogprob(best.at("/choices/0"))).isCloseTo(likeliest, within(1e-4));
    }

    private static double meanLogprob(JsonNode choice) {
        return choice.at("/logprobs/token_logprobs")
                .valueStream()
                .mapToDouble(JsonNode::asDouble)
                .average()
                .orElseThrow();
    }
}
