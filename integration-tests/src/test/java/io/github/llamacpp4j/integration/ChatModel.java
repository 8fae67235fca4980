package io.github.llamacpp4j.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The models that clients are tried with. SmolLM2 only where it was pulled; its own template knows no tools. */
enum ChatModel {
    TINYCHAT,
    SMOLLM2;

    /** The key that a server with one of them asks for. */
    static final String KEY = "a-key";

    /** The name under which it is served. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    private Stream<String> flags() {
        Stream<String> size = Stream.of("-c", "2048", "-t", "1");
        return Stream.concat(
                size,
                switch (this) {
                    case TINYCHAT -> Stream.of("-m", TestModels.tinychat().toString());
                    case SMOLLM2 -> Stream.of("-m", TestModels.smolLm2().toString(), "--chat-template", "hermes");
                });
    }

    /** Serves it with 2048 tokens of context, strictly, to those who have the key. */
    ServedJar serve() throws IOException {
        return ServedJar.serve(Map.of("LLAMACPP4J_API_KEY", KEY), with("-a", id(), "--strict"));
    }

    /** What the command {@code chat} answers, the most likely 100 tokens at most. */
    String answer(String question) throws Exception {
        String[] arguments = with("chat", question, "--temperature", "0", "--max-tokens", "100");
        try (ServedJar command = ServedJar.start(Map.of(), arguments)) {
            String answer = command.output();
            assertThat(command.exitCode()).as(command.errors()).isZero();
            return answer.strip();
        }
    }

    private String[] with(String... arguments) {
        return Stream.concat(Stream.of(arguments), flags()).toArray(String[]::new);
    }
}
