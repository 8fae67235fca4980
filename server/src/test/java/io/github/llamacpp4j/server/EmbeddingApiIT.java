package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.server.RawClient.Answer;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
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

    @Test
    void tokensAreAsGoodAsTheirText() throws IOException {
        int[] tokens = served.llama().tokenizer().encode("good morning", false, false);
        assertThat(vector(ask("'input':" + Arrays.toString(tokens)).json(), 0))
                .isEqualTo(served.llama().embed("good morning").vector());
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
