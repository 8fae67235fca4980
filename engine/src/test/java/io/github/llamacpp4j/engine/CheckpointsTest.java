package io.github.llamacpp4j.engine;

import static io.github.llamacpp4j.engine.EngineHarness.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reuse of prefixes where the memory cannot be cut: what the fake decoder refuses, a recurrent model would refuse too. */
class CheckpointsTest {

    private static final String SYSTEM = "You are a very helpful assistant with a long system prompt. ".repeat(10);

    private static EngineHarness engine(EngineOptions.Builder options) {
        return new EngineHarness(new DecoderLimits(300, 4000, 4000, 64, 12, false, false, false), options);
    }

    private static EngineHarness engine() {
        return engine(EngineOptions.builder());
    }

    private static int cached(EngineHarness engine, String prompt) {
        Completion result = engine.result(engine.submit(request(prompt)));
        assertThat(result.text()).isEqualTo(engine.alone(prompt, 10));
        engine.checkCells();
        return result.end().usage().cachedTokens();
    }

    @Test
    void theSamePromptIsAnsweredAgainFromItsLastTokenButOne() {
        EngineHarness engine = engine();
        assertThat(cached(engine, SYSTEM + "What is one?")).isZero();
        assertThat(cached(engine, SYSTEM + "What is one?")).isEqualTo(SYSTEM.length() + 11);
    }

    @Test
    void aConversationGoesOnThoughItsAnswersAreRenderedAnotherWay() {
        EngineHarness engine = engine();
        String text = SYSTEM + "Hello!";
        for (int turn = 0; turn < 8; turn++) {
            int before = turn == 0 ? 0 : text.length() - " ANSWER, next? ".length() - 1;
            assertThat(cached(engine, text)).isEqualTo(before);
            text += " ANSWER, next? ";
        }
    }

    @Test
    void aConversationGoesOnWhereItEndedIfItsAnswersAreKept() {
        EngineHarness engine = engine();
        String text = SYSTEM + "Hello!";
        cached(engine, text);
        String next = text + engine.alone(text, 10) + " next?";
        assertThat(cached(engine, next)).isEqualTo(text.length() + 9);
    }

    @Test
    void promptsThatBeginAlikeShareTheBeginning() {
        EngineHarness engine = engine();
        cached(engine, SYSTEM + "What is one?");
        assertThat(cached(engine, SYSTEM + "And two?")).isEqualTo(512);
        assertThat(cached(engine, SYSTEM.substring(0, 300) + "And three?")).isEqualTo(256);
    }

    @Test
    void severalSamplesReadTheirPromptOnce() {
        EngineHarness engine = engine(EngineOptions.builder().parallelSequences(4));
        List<Generation> streams = engine.submit(request(SYSTEM), 4);
        engine.runAll();
        for (Generation stream : streams) {
            assertThat(stream.result().text()).isEqualTo(engine.alone(SYSTEM, 10));
        }
        assertThat(engine.decoder.decodedTokens).isEqualTo(SYSTEM.length() + 3 + 4 * 9);
        engine.checkCells();
    }

    @Test
    void aPinnedPrefixServesThoseThatBeginWithAllOfIt() {
        EngineHarness engine = engine();
        PrefixPin pin = new PrefixPin(engine.loop::unpin);
        engine.queue.offer(
                engine.factory.create(request(SYSTEM + "pin").maxTokens(0).build(), 1, pin), (sequence, length) -> {});
        engine.runAll();
        for (int i = 0; i < 3; i++) {
            assertThat(cached(engine, SYSTEM + "pin and number " + i)).isEqualTo(SYSTEM.length() + 3);
        }
        pin.close();
        engine.step(1);
    }

    @Test
    void requestsThatStayOutOfTheCacheLeaveNoCheckpoint() {
        EngineHarness engine = engine();
        engine.result(engine.submit(request(SYSTEM).prefixCache(false)));
        assertThat(engine.decoder.saves).isZero();
        assertThat(cached(engine, SYSTEM)).isZero();
    }

    @Test
    void aMemoryThatCanBeCutNeedsNone() {
        EngineHarness engine = new EngineHarness();
        cached(engine, SYSTEM);
        assertThat(engine.decoder.saves).isZero();
    }

    @Test
    void aLongPromptHasABoundedNumberOfPlaces() {
        EngineHarness engine = engine(EngineOptions.builder().hostCacheBytes(1 << 30));
        cached(engine, "x".repeat(3900));
        assertThat(engine.decoder.saves).isBetween(4, Checkpoints.MOST + 1);
    }

    @Test
    void checkpointsStayWithinTheirBytesAndNumber() {
        HostCache bytes = new HostCache(10_000, true);
        HostCache number = new HostCache(Long.MAX_VALUE / 4, true);
        for (int i = 0; i < 600; i++) {
            int[] tokens = {1, 2, i};
            bytes.add(tokens, new SizedState(90));
            number.add(tokens, new SizedState(90));
            assertThat(bytes.usedBytes()).isLessThanOrEqualTo(10_000);
        }
        assertThat(number.usedBytes()).isEqualTo(256 * 102);
        assertThat(number.find(new int[] {1, 2, 599, 4}, 4)).isPresent();
        assertThat(number.find(new int[] {1, 2, 5, 4}, 4))
                .as("the first are gone")
                .isEmpty();
        assertThat(number.find(new int[] {1, 2}, 2))
                .as("never a part of a state")
                .isEmpty();
    }

    @Test
    void aRefusedStateCostsTimeOnly() {
        EngineHarness engine = engine();
        cached(engine, SYSTEM + "one");
        engine.decoder.refusesStates = true;
        assertThat(cached(engine, SYSTEM + "two")).isZero();
    }

    @Test
    void randomTrafficNeverConfusesStates() {
        Random random = new Random(5);
        EngineHarness engine = engine(EngineOptions.builder()
                .parallelSequences(3)
                .retainedSequences(3)
                .hostCacheBytes(40_000));
        List<String> prompts = new ArrayList<>();
        List<Generation> streams = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String base = prompts.isEmpty() ? SYSTEM : prompts.get(random.nextInt(prompts.size()));
            String prompt = base.substring(0, random.nextInt(Math.min(base.length(), 700)) + 1) + random.nextInt(9);
            prompts.add(prompt);
            streams.add(engine.submit(request(prompt).prefixCache(random.nextInt(5) > 0)));
            engine.step(random.nextInt(12));
            engine.checkCells();
            if (random.nextInt(10) == 0) {
                streams.get(random.nextInt(streams.size())).cancel();
            }
            while (engine.queue.size() > 50) {
                engine.step(1);
            }
        }
        engine.runAll();
        for (int i = 0; i < streams.size(); i++) {
            Completion result = streams.get(i).result();
            assertThat(engine.alone(prompts.get(i), 10)).startsWith(result.text());
        }
        assertThat(engine.loop.stats().cachedTokens()).isPositive();
    }
}
