package io.github.llamacpp4j.engine;

import static io.github.llamacpp4j.engine.EngineHarness.request;
import static io.github.llamacpp4j.engine.EngineHarness.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptLogprobsTest {

    private static final String LONG = "A prompt that is longer than one batch of this decoder. ".repeat(4);

    private static EngineRequest.Builder judged(String prompt) {
        return request(prompt).logprobs(2).promptLogprobs(true);
    }

    /** What the engine told of the prompt agrees with a decoder that reads nothing else. */
    private static void check(EngineHarness engine, Generation stream, String prompt) {
        assertThat(stream.result().text()).isEqualTo(engine.alone(prompt, 10));
        checkPrompt(stream, prompt);
        engine.checkCells();
    }

    private static void checkPrompt(Generation stream, String prompt) {
        int[] ids = tokens(prompt);
        assertThat(stream.promptLogprobs()).hasSize(ids.length - 1);
        for (int i = 1; i < ids.length; i++) {
            FakeDecoder fresh =
                    new FakeDecoder(new DecoderLimits(300, 1000, 1000, 1000, 8, true, true, true), new FakeClock());
            TokenBatch batch = new TokenBatch(1000);
            for (int j = 0; j < i; j++) {
                batch.add(ids[j], j, 0, j == i - 1);
            }
            fresh.decode(batch);
            float[] row = new float[300];
            fresh.copyLogits(i - 1, row);
            double sum = 0;
            for (float logit : row) {
                sum += Math.exp(logit);
            }
            TokenLogprobs told = stream.promptLogprobs().get(i - 1);
            assertThat(told.chosen().token()).isEqualTo(ids[i]);
            assertThat(told.chosen().logprob()).isCloseTo(row[ids[i]] - Math.log(sum), within(1e-5));
            assertThat(told.top()).hasSize(2);
            assertThat(told.top().getFirst().token()).isEqualTo(FakeDecoder.letterOf(Arrays.copyOf(ids, i)));
        }
    }

    @Test
    void eachTokenIsJudgedByThoseBeforeItWhateverTheMemoryHolds() {
        EngineHarness engine = new EngineHarness();
        for (String prompt : List.of("x", "xy", LONG, LONG, LONG + "and on")) {
            Generation stream = engine.submit(judged(prompt));
            engine.runAll();
            check(engine, stream, prompt);
        }
        Completion after = engine.result(engine.submit(request(LONG + "and on?")));
        assertThat(after.end().usage().cachedTokens()).as("what others may use").isEqualTo(LONG.length() + 6);
    }

    @Test
    void readingThePromptIsEnough() {
        EngineHarness engine = new EngineHarness();
        Generation stream = engine.submit(judged(LONG).maxTokens(0));
        engine.runAll();
        checkPrompt(stream, LONG);
        assertThat(stream.result().end().reason()).isEqualTo(FinishReason.MAX_TOKENS);
    }

    @Test
    void severalAtOnceAndAFailureOfTheDecoderDoNotMixThemUp() {
        EngineHarness engine = new EngineHarness(EngineOptions.builder().parallelSequences(4));
        int[] batches = {0};
        engine.decoder.before = batch -> ++batches[0] == 3 ? DecodeStatus.FAILED : DecodeStatus.DECODED;
        List<Generation> streams = engine.submit(judged(LONG), 2);
        Generation other = engine.submit(judged("Something else"));
        Generation plain = engine.submit(request(LONG));
        engine.runAll();
        for (Generation stream : streams) {
            check(engine, stream, LONG);
        }
        check(engine, other, "Something else");
        assertThat(plain.result().text()).isEqualTo(engine.alone(LONG, 10));
        assertThat(plain.promptLogprobs()).isEmpty();
    }

    @Test
    void aSequenceThatLosesItsPlaceTellsItsPromptOnce() {
        DecoderLimits small = new DecoderLimits(300, 100, 100, 64, 8, true, true, true);
        EngineHarness engine = new EngineHarness(
                small, EngineOptions.builder().parallelSequences(2).openEndedReserve(1));
        String first = "first ".repeat(8);
        String second = "second ".repeat(6);
        Generation one = engine.submit(judged(first).unlimitedTokens().maxTokens(40));
        Generation two = engine.submit(judged(second).unlimitedTokens().maxTokens(30));
        engine.runAll();
        assertThat(one.result().text()).isEqualTo(engine.alone(first, 40));
        assertThat(two.result().text()).isEqualTo(engine.alone(second, 30));
        checkPrompt(one, first);
        checkPrompt(two, second);
    }

    @Test
    void noStepComputesMoreRowsThanItsShare() {
        DecoderLimits large = new DecoderLimits(300, 1000, 1000, 500, 8, true, true, true);
        EngineHarness engine = new EngineHarness(large, EngineOptions.builder());
        int[] most = {0};
        engine.decoder.before = batch -> {
            int rows = 0;
            for (int i = 0; i < batch.size(); i++) {
                rows += batch.isOutput(i) ? 1 : 0;
            }
            most[0] = Math.max(most[0], rows);
            return DecodeStatus.DECODED;
        };
        Generation stream = engine.submit(judged("p".repeat(400)));
        engine.runAll();
        checkPrompt(stream, "p".repeat(400));
        assertThat(most[0]).isEqualTo(64);
    }

    @Test
    void theyAreAskedForTogetherWithThoseOfTheAnswer() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request("x").promptLogprobs(true).build())
                .withMessageContaining("logprobs");
    }
}
