package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.server.RawClient.Answer;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** A well-behaved client: its question has one answer, whatever others do to the server meanwhile. */
final class Witness {

    private static final String QUESTION =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of France?\"}],"
                    + "\"temperature\":0,\"max_tokens\":32}";

    private final Server server;
    private final String[] headers;

    Witness(Server server, String... headers) {
        this.server = server;
        this.headers = headers;
    }

    /** What others do. */
    interface Trouble {
        void run() throws Exception;
    }

    /** Asks once. */
    String answer() throws IOException {
        Answer answer = RawClient.ask(server, RawClient.post("/v1/chat/completions", QUESTION, headers));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().at("/choices/0/message/content").asString();
    }

    /** Asks before, again and again during, and after the trouble; each answer must be the same. */
    void during(Trouble trouble) throws Exception {
        String expected = answer();
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> answers = thread.submit(() -> {
                int count = 0;
                for (; !over.get(); count++) {
                    assertThat(answer()).isEqualTo(expected);
                }
                return count;
            });
            try {
                trouble.run();
            } finally {
                over.set(true);
            }
            assertThat(answers.get()).isPositive();
        }
        assertThat(answer()).isEqualTo(expected);
    }
}
