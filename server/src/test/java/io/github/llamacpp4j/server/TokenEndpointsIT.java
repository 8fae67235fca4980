package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.server.RawClient.Answer;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TokenEndpointsIT {

    private static Llama llama;
    private static Server server;

    @BeforeAll
    static void start() {
        server = Server.start(TestRoutes.options().strict(true).build());
        llama = Llama.load(
                TestModels.tinychat(),
                LlamaOptions.builder()
                        .context(context -> context.threads(1).batchThreads(1))
                        .build());
        server.serve("tinychat", llama);
    }

    @AfterAll
    static void stop() {
        server.close();
        llama.close();
    }

    private static Answer post(String path, String body) throws IOException {
        return RawClient.ask(server, RawClient.post(path, body));
    }

    @Test
    void tokensComeBackAsTheTextTheyWereMadeOf() throws IOException {
        String text = "Hello, wörld! 🐱";
        Answer tokens = post("/tokenize", Json.object().put("content", text).toString());
        assertThat(tokens.status()).isEqualTo(200);
        assertThat(tokens.json().get("tokens")).hasSizeGreaterThan(3);
        assertThat(post("/detokenize", tokens.body()).json().get("content").asString())
                .isEqualTo(text);
    }

    @Test
    void specialTokensAreReadUnlessTheyShallNotBe() throws IOException {
        String eos = llama.tokenizer()
                .spelling(llama.tokenizer().specialTokens().end().getAsInt());
        String body = Json.object().put("content", eos).toString();
        assertThat(post("/tokenize", body).json().get("tokens")).hasSize(1);
        String plain =
                Json.object().put("content", eos).put("parse_special", false).toString();
        assertThat(post("/tokenize", plain).json().get("tokens")).hasSizeGreaterThan(1);
    }

    @Test
    void piecesAreTextsOrBytes() throws IOException {
        Answer answer = post("/tokenize", "{\"content\":\"a 🐱\",\"with_pieces\":true}");
        StringBuilder bytes = new StringBuilder();
        answer.json().get("tokens").forEach(token -> {
            if (token.get("piece").isArray()) {
                token.get("piece").forEach(b -> bytes.append((char) b.intValue()));
            } else {
                bytes.append(token.get("piece").asString());
            }
        });
        assertThat(bytes.toString()).startsWith("a");
    }

    @Test
    void aConversationIsRendered() throws IOException {
        Answer answer = post("/apply-template", "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi there\"}]}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("prompt").asString()).contains("Hi there");
    }

    @Test
    void wrongFieldsAreNamed() throws IOException {
        assertThat(post("/tokenize", "{}").json().at("/error/param").asString()).isEqualTo("content");
        assertThat(post("/tokenize", "{\"content\":1}").status()).isEqualTo(400);
        assertThat(post("/detokenize", "{\"tokens\":[1,\"x\"]}")
                        .json()
                        .at("/error/param")
                        .asString())
                .isEqualTo("tokens[1]");
        assertThat(post("/detokenize", "{\"tokens\":[1,999999]}")
                        .json()
                        .at("/error/message")
                        .asString())
                .contains("2047");
        assertThat(post("/detokenize", "{\"tokens\":[-1]}").status()).isEqualTo(400);
        assertThat(post("/tokenize", "{\"content\":\"\",\"more\":1}")
                        .json()
                        .at("/error/param")
                        .asString())
                .isEqualTo("more");
    }
}
