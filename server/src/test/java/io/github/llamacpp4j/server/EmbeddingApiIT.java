package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llamacpp4j.engine.embedding.EmbeddingInput;
import io.github.llamacpp4j.server.RawClient.Answer;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code /v1/embeddings} with a model for it. */
class EmbeddingApiIT {

    private static TestServer served;

    @BeforeAll
    static void start() {
        served = TestServer.start("minilm", TestModels.miniLm());
    }

    @AfterAll
    static void stop() {
        if (served != null) {
            served.close();
        }
    }

    private static Answer ask(String members) throws IOException {
        return RawClient.ask(
                served.server(), RawClient.post("/v1/embeddings", ("{" + members + "}").replace('\'', '"')));
    }

    private static float[] vector(JsonNode answer, int index) {
        JsonNode numbers = answer.at("/data/" + index + "/embedding");
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).floatValue();
        }
        return vector;
    }

    @Test
    void vectorsAreThoseOfTheLibrary() throws IOException {
        JsonNode answer = ask("'input':['Hello','Good morning']").json();
        assertThat(vector(answer, 0)).isEqualTo(served.llama().embed("Hello").vector());
        assertThat(vector(answer, 1))
                .isEqualTo(served.llama().embed("Good morning").vector());
        assertThat(answer.at("/usage/prompt_tokens").asInt())
                .isEqualTo(served.llama().embed("Hello").tokens()
                        + served.llama().embed("Good morning").tokens());
    }

    private static int[] tokens(String text) {
        return served.llama().tokenizer().encode(text);
    }

    @Test
    void tokensReachTheModelAsTheyAreBesideTexts() throws IOException {
        int[] framed = tokens("good morning");
        int[] bare = Arrays.copyOfRange(framed, 1, framed.length - 1);
        float[] expected = served.llama().embed("good morning").vector();
        JsonNode single = ask("'input':" + Arrays.toString(framed)).json();
        assertThat(vector(single, 0)).isEqualTo(expected);
        assertThat(single.at("/usage/prompt_tokens").asInt()).isEqualTo(framed.length);
        JsonNode mixed = ask("'input':[" + Arrays.toString(bare) + ",'good morning'," + Arrays.toString(framed) + ']')
                .json();
        assertThat(vector(mixed, 0)).isNotEqualTo(expected);
        assertThat(vector(mixed, 1)).containsExactly(expected, within(1e-6f));
        assertThat(vector(mixed, 2)).containsExactly(expected, within(1e-6f));
        assertThat(mixed.at("/usage/prompt_tokens").asInt()).isEqualTo(3 * framed.length - 2);
    }

    @Test
    void specialTokensAmongTokensAreKept() throws IOException {
        int separator = served.llama().tokenizer().specialTokens().separator().orElseThrow();
        int[] words = tokens("good morning");
        int[] parted = {words[0], words[1], separator, words[2], separator};
        JsonNode answer = ask("'input':[" + Arrays.toString(parted) + ']').json();
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(parted.length);
        assertThat(vector(answer, 0))
                .isEqualTo(served.llama()
                        .embedder()
                        .embedInputs(List.of(EmbeddingInput.tokens(parted)))
                        .getFirst()
                        .vector())
                .isNotEqualTo(vector(ask("'input':" + Arrays.toString(words)).json(), 0));
        assertThat(ask("'input':[[" + separator + "]]").status()).isEqualTo(200);
    }

    @Test
    void tokensThatTheModelLacksAreRefusedByPlace() throws IOException {
        int size = served.llama().tokenizer().size();
        Answer answer = ask("'input':['Hello',[1," + size + "]]");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error/param").asString()).isEqualTo("input[1][1]");
        assertThat(answer.json().at("/error/message").asString())
                .isEqualTo(
                        "input[1][1]: expected a whole number from 0 to " + (size - 1) + ", found the number " + size);
    }

    @Test
    void tooManyTokensAreRefusedAsATextWithThemIs() throws IOException {
        int most = served.llama().embedder().maxTokens();
        int[] tokens = new int[most + 1];
        Arrays.fill(tokens, tokens("good")[1]);
        Answer refused = ask("'input':" + Arrays.toString(tokens));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.errorCode()).isEqualTo("context_length_exceeded");
        Answer taken = ask("'input':" + Arrays.toString(Arrays.copyOf(tokens, most)));
        assertThat(taken.json().at("/usage/prompt_tokens").asInt()).isEqualTo(most);
    }

    @Test
    void base64HoldsTheSameNumbers() throws IOException {
        JsonNode answer = ask("'input':'Hello','encoding_format':'base64'").json();
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder()
                        .decode(answer.at("/data/0/embedding").asString()))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] vector = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(vector);
        assertThat(vector).isEqualTo(served.llama().embed("Hello").vector());
    }

    @Test
    void aShortenedVectorIsTheBeginningNormalisedAgain() throws IOException {
        assertThat(vector(ask("'input':'Hello','dimensions':64").json(), 0))
                .isEqualTo(served.llama().embed("Hello").shortened(64).vector());
        Answer longer = ask("'input':'Hello','dimensions':5000");
        assertThat(longer.status()).isEqualTo(400);
        assertThat(longer.json().at("/error/param").asString()).isEqualTo("dimensions");
    }

    @Test
    void aModelForVectorsWritesNothing() throws IOException {
        Answer answer = RawClient.ask(
                served.server(),
                RawClient.post("/v1/chat/completions", "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.errorCode()).isEqualTo("model_not_supported");
    }
}
