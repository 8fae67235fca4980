package io.github.llamacpp4j.engine;

import static io.github.llamacpp4j.engine.EngineHarness.LIMITS;
import static io.github.llamacpp4j.engine.EngineHarness.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelDrafterTest {

    private static final DecoderLimits DRAFT_LIMITS = new DecoderLimits(300, 1000, 1000, 64, 8, true, true, true);

    private final List<FakeDecoder> drafts = new ArrayList<>();

    private EngineHarness harness(FakeDecoder.Language draftLanguage) {
        return harness(DRAFT_LIMITS, draftLanguage);
    }

    private EngineHarness harness(DecoderLimits draftLimits, FakeDecoder.Language draftLanguage) {
        return new EngineHarness(LIMITS, EngineOptions.builder().parallelSequences(8), clock -> {
            FakeDecoder draft = new FakeDecoder(draftLimits, clock);
            draft.language = draftLanguage;
            draft.perStep = Duration.ofMillis(1);
            draft.perToken = Duration.ZERO;
            drafts.add(draft);
            return new ModelDrafter(draft, 300);
        });
    }

    @Test
    void aPerfectDraftModelSavesStepsAndChangesNothing() {
        EngineHarness engine = harness(FakeDecoder::letterOf);
        Completion result =
                engine.result(engine.submit(request("Once upon").maxTokens(60).speculativeTokens(5)));
        assertThat(result.text()).isEqualTo(engine.alone("Once upon", 60));
        assertThat(result.end().usage().acceptedDraftTokens()).isGreaterThanOrEqualTo(40);
        assertThat(result.end().usage().acceptedDraftTokens())
                .isEqualTo(result.end().usage().draftedTokens());
        assertThat(engine.decoder.batches).hasSizeLessThan(25);
        engine.checkCells();
    }

    @Test
    void aDraftModelThatIsRightNowAndThenChangesNothing() {
        EngineHarness engine = harness(tokens -> tokens.length % 3 == 0 ? 'z' : FakeDecoder.letterOf(tokens));
        Completion result =
                engine.result(engine.submit(request("Once upon").maxTokens(60).speculativeTokens(5)));
        assertThat(result.text()).isEqualTo(engine.alone("Once upon", 60));
        assertThat(result.end().usage().acceptedDraftTokens())
                .isPositive()
                .isLessThan(result.end().usage().draftedTokens());
        engine.checkCells();
    }

    @Test
    void drawsComeOutTheSameWithTheSameSeed() {
        SamplingOptions hot = SamplingOptions.builder()
                .temperature(20)
                .topK(0)
                .topP(1)
                .minP(0)
                .seed(7)
                .build();
        EngineHarness plain = harness(FakeDecoder::letterOf);
        EngineHarness guessing = harness(FakeDecoder::letterOf);
        EngineRequest.Builder request = request("Once upon").maxTokens(200).sampling(hot);
        Completion expected = plain.result(plain.submit(request));
        Completion actual = guessing.result(guessing.submit(request.speculativeTokens(4)));
        assertThat(actual.tokens()).isEqualTo(expected.tokens());
        assertThat(actual.end().usage().draftedTokens()).isPositive();
        assertThat(actual.end().usage().acceptedDraftTokens())
                .isLessThan(actual.end().usage().draftedTokens());
    }

    @Test
    void manySequencesAreDraftedInOneBatch() {
        EngineHarness engine = harness(FakeDecoder::letterOf);
        List<Generation> streams = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            streams.add(engine.submit(request("prompt " + i).maxTokens(40).speculativeTokens(4)));
        }
        engine.runAll();
        for (int i = 0; i < 8; i++) {
            assertThat(streams.get(i).result().text()).isEqualTo(engine.alone("prompt " + i, 40));
        }
        assertThat(drafts.getFirst().batches)
                .anySatisfy(batch -> assertThat(batch)
                        .hasSizeGreaterThanOrEqualTo(7)
                        .allSatisfy(tokens -> assertThat(tokens).isEqualTo(1)));
        engine.checkCells();
    }

    @Test
    void guessingStopsWhenItDoesNotPay() {
        EngineHarness engine = harness(FakeDecoder::letterOf);
        drafts.getFirst().perStep = Duration.ofMillis(40);
        Completion result =
                engine.result(engine.submit(request("Once upon").maxTokens(200).speculativeTokens(4)));
        assertThat(result.text()).isEqualTo(engine.alone("Once upon", 200));
        assertThat(result.end().usage().draftedTokens()).isBetween(16, 100);
    }

    @Test
    void offUnlessAskedFor() {
        EngineHarness engine = harness(FakeDecoder::letterOf);
        Completion result = engine.result(engine.submit(request("Once upon").maxTokens(20)));
        assertThat(result.end().usage().draftedTokens()).isZero();
        assertThat(drafts.getFirst().batches).isEmpty();
    }

    @Test
    void aLongPromptIsReadInPieces() {
        EngineHarness engine = harness(FakeDecoder::letterOf);
        String prompt = "x".repeat(600);
        Completion result =
                engine.result(engine.submit(request(prompt).maxTokens(60).speculativeTokens(4)));
        assertThat(result.text()).isEqualTo(engine.alone(prompt, 60));
        assertThat(result.end().usage().acceptedDraftTokens()).isPositive();
    }

    @Test
    void aDraftModelThatFailsCostsGuessesOnly() {
        EngineHarness engine = harness(FakeDecoder::letterOf);
        drafts.getFirst().before = batch -> DecodeStatus.FAILED;
        Completion result =
                engine.result(engine.submit(request("Once upon").maxTokens(40).speculativeTokens(4)));
        assertThat(result.text()).isEqualTo(engine.alone("Once upon", 40));
        assertThat(result.end().usage().draftedTokens()).isZero();
    }

    @Test
    void aSmallDraftMemoryCostsGuessesOnly() {
        EngineHarness engine =
                harness(new DecoderLimits(300, 100, 100, 64, 8, true, true, true), FakeDecoder::letterOf);
        List<Generation> streams = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            streams.add(engine.submit(
                    request("a longer prompt, number " + i).maxTokens(60).speculativeTokens(4)));
        }
        engine.runAll();
        for (int i = 0; i < 6; i++) {
            assertThat(streams.get(i).result().text()).isEqualTo(engine.alone("a longer prompt, number " + i, 60));
        }
    }
}
