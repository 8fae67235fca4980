package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.testkit.base.TestModels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerIT {

    @SuppressWarnings("NullAway.Init")
    private static Model model;

    @SuppressWarnings("NullAway.Init")
    private static Tokenizer tokenizer;

    @BeforeAll
    static void load() {
        model = Model.load(
                TestModels.tinychat(),
                ModelOptions.builder().vocabularyOnly(true).build());
        tokenizer = model.tokenizer();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a\0b",
                "\0",
                "\0\0\0",
                "caf\u00e9 \ud83d\udc31 \u3053\u3093",
                "\uffff\ufffe",
                "line\r\n\ttab",
                "<|im_start|>"
            })
    void textsComeBackAsTheyWere(String text) {
        assertThat(tokenizer.decode(tokenizer.encode(text, false, false), false, true))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "a\ud800b", "\udc00\ud800", "x\ud83d"})
    void aLoneSurrogateCountsAsTheReplacementCharacter(String text) {
        String expected = text.codePoints()
                .map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        assertThat(tokenizer.decode(tokenizer.encode(text, false, false))).isEqualTo(expected);
    }

    @Test
    void specialTokensInATextAreRecognisedOnlyOnRequest() {
        int start = tokenizer.encode("<|im_start|>", false, true)[0];
        assertThat(tokenizer.isControl(start)).isTrue();
        assertThat(tokenizer.encode("<|im_start|>")).doesNotContain(start);
        assertThat(tokenizer.piece(start, false)).isEmpty();
        assertThat(tokenizer.piece(start, true)).isEqualTo("<|im_start|>".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2048, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void idsOutsideTheVocabularyAreRefusedEverywhere(int token) {
        List<Runnable> calls = List.of(
                () -> tokenizer.piece(token, true),
                () -> tokenizer.pieceText(token, true, new Utf8Decoder()),
                () -> tokenizer.decode(new int[] {1, token}),
                () -> tokenizer.decodeToBytes(new int[] {token}, true, true),
                () -> tokenizer.spelling(token),
                () -> tokenizer.score(token),
                () -> tokenizer.attributes(token),
                () -> tokenizer.isControl(token),
                () -> tokenizer.isEndOfGeneration(token));
        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(call::run)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("token ids go from 0 to 2047, found " + token));
    }

    @Test
    void invalidUtf8IsTokenizedWithoutHarm() {
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            int[] ids = tokenizer.encode(noise, true, true);
            assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < tokenizer.size());
        }
    }

    @Test
    void longTextsOfAnyShapeAreTokenized() {
        for (String unit : List.of("a", " ", "\n", "1", "word ", "\ud83d\udc31", "\u0e01", "ab\n\n ")) {
            String text = unit.repeat(100_000 / unit.length());
            int[] ids = tokenizer.encode(text, false, false);
            assertThat(tokenizer.decode(ids)).as(unit).isEqualTo(text);
        }
    }

    @Test
    void textsThatAreTooLongAreRefused() {
        byte[] text = new byte[Tokenizer.MAX_TEXT_BYTES + 1];
        assertThatThrownBy(() -> tokenizer.encode(text, false, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokenize it in parts");
    }

    @Test
    void manyThreadsTokenizeAtOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            int[] expected = tokenizer.encode("What is the capital of France?");
            List<Future<Boolean>> results = threads.invokeAll(IntStream.range(0, 200)
                    .mapToObj(i -> (Callable<Boolean>)
                            () -> Arrays.equals(tokenizer.encode("What is the capital of France?"), expected)
                                    && tokenizer.decode(expected).equals("What is the capital of France?"))
                    .toList());
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        }
    }

    @Test
    void afterClosingTheModelCallsAreRefused() {
        Model own = Model.load(
                TestModels.tinychat(),
                ModelOptions.builder().vocabularyOnly(true).build());
        Tokenizer late = own.tokenizer();
        own.close();
        own.close();
        assertThatThrownBy(() -> late.encode("x"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> late.isEndOfGeneration(0)).isInstanceOf(IllegalStateException.class);
        assertThat(late.size()).isEqualTo(2048);
        assertThat(own.info().architecture()).isEqualTo("llama");
    }

    @Test
    void closingWhileOthersTokenizeWaitsForThem() throws Exception {
        for (int round = 0; round < 20; round++) {
            Model own = Model.load(
                    TestModels.tinychat(),
                    ModelOptions.builder().vocabularyOnly(true).build());
            try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
                Future<?> worker = threads.submit(() -> {
                    for (int i = 0; i < 1000; i++) {
                        own.tokenizer().encode("some text to be split into tokens");
                    }
                });
                threads.submit(own::close).get();
                try {
                    worker.get();
                } catch (ExecutionException closed) {
                    assertThat(closed).hasCauseInstanceOf(IllegalStateException.class);
                }
            }
        }
    }
}
