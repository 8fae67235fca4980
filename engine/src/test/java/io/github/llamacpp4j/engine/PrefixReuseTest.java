package io.github.llamacpp4j.engine;

import static io.github.llamacpp4j.engine.EngineHarness.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrefixReuseTest {

    private static final String SYSTEM = "You are a very helpful assistant with a long system prompt. ";

    private static EngineOptions.Builder options() {
        return EngineOptions.builder();
    }

    private static DecoderLimits limits(int cells, boolean sharing, boolean cutting) {
        return new DecoderLimits(300, cells, sharing || !cutting ? cells : cells / 8, 64, 8, sharing, cutting, false);
    }

    private static Completion run(EngineHarness engine, String prompt) {
        Completion result = engine.result(engine.submit(request(prompt)));
        assertThat(result.text()).isEqualTo(engine.alone(prompt, 10));
        engine.checkCells();
        return result;
    }

    @Test
    void aSharedSystemPromptIsReadOnce() {
        EngineHarness engine = new EngineHarness();
        assertThat(run(engine, SYSTEM + "What is one?").end().usage().cachedTokens())
                .isZero();
        Completion second = run(engine, SYSTEM + "And two?");
        assertThat(second.end().usage().cachedTokens()).isEqualTo(SYSTEM.length());
    }

    @Test
    void aConversationContinuesWhereItEnded() {
        EngineHarness engine = new EngineHarness();
        String text = SYSTEM + "Hello!";
        for (int turn = 0; turn < 8; turn++) {
            Completion result = run(engine, text);
            if (turn > 0) {
                assertThat(result.end().usage().cachedTokens()).isEqualTo(text.length() - 8);
            }
            text += result.text() + " next? ";
            assertThat(engine.loop.stats().retainedSequences())
                    .as("the shorter turn is dropped")
                    .isEqualTo(1);
        }
    }

    @Test
    void requestsThatArriveTogetherWaitForOneToReadWhatTheyShare() {
        EngineHarness engine = new EngineHarness(options().parallelSequences(8));
        List<Generation> streams = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            streams.add(engine.submit(request(SYSTEM + i)));
        }
        engine.runAll();
        for (int i = 0; i < 8; i++) {
            Completion result = streams.get(i).result();
            assertThat(result.text()).isEqualTo(engine.alone(SYSTEM + i, 10));
            assertThat(result.end().usage().cachedTokens()).isEqualTo(i == 0 ? 0 : SYSTEM.length());
        }
        assertThat(engine.decoder.decodedTokens).isLessThan(SYSTEM.length() + 8 * 12);
        engine.checkCells();
    }

    @Test
    void followersGoOnWhenTheirLeaderIsCancelledOrFails() {
        for (boolean fail : List.of(true, false)) {
            EngineHarness engine = new EngineHarness(options().prefillTargetTime(Duration.ofMillis(20)));
            Generation leader = engine.submit(request("!" + SYSTEM.repeat(4)));
            Generation follower = engine.submit(request("!" + SYSTEM.repeat(4) + "me"));
            engine.step(2);
            if (fail) {
                int[] failures = {2};
                engine.decoder.before = batch -> failures[0]-- > 0 ? DecodeStatus.FAILED : DecodeStatus.DECODED;
            } else {
                leader.close();
            }
            engine.runAll();
            assertThat(follower.result().text()).isEqualTo(engine.alone("!" + SYSTEM.repeat(4) + "me", 10));
            engine.checkCells();
        }
    }

    @Test
    void theLeastRecentlyUsedGoesFirst() {
        EngineHarness engine = new EngineHarness(options().retainedSequences(2).hostCacheBytes(0));
        run(engine, "first prompt of all");
        run(engine, "second prompt of all");
        run(engine, "first prompt of all");
        run(engine, "third prompt of all");
        assertThat(engine.log.with("evicted")).hasSize(1);
        assertThat(run(engine, "first prompt of all").end().usage().cachedTokens())
                .isPositive();
        assertThat(run(engine, "second prompt of all").end().usage().cachedTokens())
                .isZero();
    }

    @Test
    void idleCellsStayWithinTheirBudgetWhileOthersWork() {
        EngineHarness engine = new EngineHarness(options().cacheCells(60));
        for (int i = 0; i < 10; i++) {
            run(engine, i + " some different prompt");
            assertThat(engine.decoder.usedCells()).isLessThanOrEqualTo(60 + 35);
        }
        EngineHarness small =
                new EngineHarness(limits(100, true, true), options().cacheCells(100));
        for (int i = 0; i < 10; i++) {
            run(small, i + " prompt" + "x".repeat(40));
        }
        assertThat(small.log.with("evicted")).isNotEmpty();
        assertThat(small.log.with("preempted")).isEmpty();
    }

    @Test
    void whatLeavesTheMemoryIsCopiedBackWhenItIsNeededAgain() {
        EngineHarness engine = new EngineHarness(options().cacheCells(0));
        String first = "first " + SYSTEM + SYSTEM;
        run(engine, first);
        run(engine, "other " + SYSTEM + SYSTEM);
        assertThat(engine.decoder.saves).isEqualTo(1);
        int decoded = engine.decoder.decodedTokens;
        assertThat(run(engine, first + "?").end().usage().cachedTokens()).isEqualTo(first.length());
        assertThat(engine.decoder.decodedTokens - decoded).isLessThan(20);

        engine.decoder.refusesStates = true;
        assertThat(run(engine, "other " + SYSTEM + SYSTEM).end().usage().cachedTokens())
                .isZero();

        EngineHarness without = new EngineHarness(options().cacheCells(0).hostCacheBytes(0));
        run(without, first);
        run(without, "other " + SYSTEM + SYSTEM);
        assertThat(run(without, first + "?").end().usage().cachedTokens()).isZero();
    }

    @Test
    void savedStatesStayWithinTheirBytes() {
        HostCache cache = new HostCache(1000, false);
        SizedState replaced = new SizedState(400);
        cache.add(new int[] {1, 2, 3}, replaced);
        SizedState oldest = new SizedState(400);
        cache.add(new int[] {5, 6}, oldest);
        assertThat(cache.find(new int[] {1, 2, 9}, 3).orElseThrow().length()).isEqualTo(2);
        cache.add(new int[] {1, 2, 3, 4}, new SizedState(300));
        assertThat(cache.usedBytes()).isEqualTo(400 + 8 + 300 + 16);
        assertThat(replaced.isClosed()).isTrue();
        assertThat(oldest.isClosed()).isFalse();
        cache.add(new int[] {7}, new SizedState(500));
        assertThat(cache.find(new int[] {5, 6}, 2)).isEmpty();
        assertThat(oldest.isClosed()).isTrue();
        SizedState tooLarge = new SizedState(2000);
        cache.add(new int[] {8}, tooLarge);
        assertThat(cache.usedBytes()).isLessThanOrEqualTo(1000);
        assertThat(cache.find(new int[] {8}, 1)).isEmpty();
        assertThat(tooLarge.isClosed()).isTrue();
    }

    @Test
    void tooManyPinsAreRefused() {
        EngineHarness engine = new EngineHarness(options().retainedSequences(1));
        pin(engine, SYSTEM);
        Generation second = engine.submit(request("second pin").maxTokens(0));
        engine.queue.offer(
                engine.factory.create(request("third pin").maxTokens(0).build(), 1, new PrefixPin(branch -> {})),
                (sequence, length) -> {});
        engine.runAll();
        assertThat(second.result().end().reason()).isEqualTo(FinishReason.MAX_TOKENS);
        assertThat(engine.log.with("failed")).containsExactly("failed 3 EngineOverloadedException");
    }

    @Test
    void pinsNeverTakeTheLastSequence() {
        EngineHarness engine = new EngineHarness(
                new DecoderLimits(300, 1000, 1000, 64, 2, true, true, true),
                options().retainedSequences(8));
        pin(engine, SYSTEM);
        pin(engine, "one pin too many");
        assertThat(engine.log.with("failed")).containsExactly("failed 2 EngineOverloadedException");
        run(engine, "a request that needs a sequence");
    }

    @Test
    void aPinnedPrefixStaysUntilItIsLetGo() {
        EngineHarness engine =
                new EngineHarness(limits(200, true, true), options().retainedSequences(1));
        PrefixPin pin = pin(engine, SYSTEM);
        for (int i = 0; i < 5; i++) {
            run(engine, i + "x".repeat(60));
        }
        assertThat(run(engine, SYSTEM + "?").end().usage().cachedTokens()).isEqualTo(SYSTEM.length());
        for (int i = 0; i < 5; i++) {
            run(engine, i + "y".repeat(100));
        }
        assertThat(run(engine, SYSTEM + "?").end().usage().cachedTokens()).isGreaterThanOrEqualTo(SYSTEM.length());
        assertThat(pin).isNotNull();
    }

    @Test
    void idleCellsBeyondTheCheapOnesMoveToHostMemory() {
        EngineHarness engine = new EngineHarness(limits(4096, true, true), options());
        String prompt = "a".repeat(200);
        run(engine, prompt + "1");
        run(engine, "b".repeat(200));
        run(engine, "c".repeat(200));
        assertThat(engine.log.with("evicted")).isNotEmpty();
        assertThat(run(engine, prompt + "2").end().usage().cachedTokens()).isEqualTo(prompt.length());
        engine.checkCells();
    }

    @Test
    void idleCellsLeaveBeforeTheyDriveOthersIntoAnotherStepOfAttention() {
        EngineHarness engine = new EngineHarness(limits(4096, true, true), options());
        for (String letter : List.of("a", "b", "c")) {
            engine.result(engine.submit(request(letter.repeat(60)).maxTokens(128)));
        }
        assertThat(engine.log.with("evicted")).hasSize(2);
        assertThat(engine.decoder.mostPlaces).isLessThanOrEqualTo(256);
    }

    @Test
    void idleCellsLeaveBeforePromptsTakeCellsBehindThem() {
        EngineHarness engine =
                new EngineHarness(limits(4096, true, true), options().parallelSequences(2));
        for (String letters : List.of("ab", "cd", "ef")) {
            engine.submit(request(letters.substring(0, 1).repeat(90)).maxTokens(30));
            engine.submit(request(letters.substring(1).repeat(90)).maxTokens(30));
            engine.runAll();
        }
        assertThat(engine.decoder.mostPlaces).isLessThanOrEqualTo(256);
    }

    @Test
    void idleCellsStayWhereHostMemoryTakesNone() {
        EngineHarness engine =
                new EngineHarness(limits(4096, true, true), options().hostCacheBytes(0));
        for (String letter : List.of("a", "b", "c")) {
            run(engine, letter.repeat(200));
        }
        assertThat(engine.log.with("evicted")).isEmpty();
    }

    private static PrefixPin pin(EngineHarness engine, String prefix) {
        PrefixPin pin = new PrefixPin(branch -> engine.loop.execute(() -> engine.loop.unpin(branch)));
        engine.queue.offer(
                engine.factory.create(request(prefix).maxTokens(0).build(), 1, pin), (sequence, length) -> {});
        engine.runAll();
        return pin;
    }

    @Test
    void anUnpinnedPrefixCanBeEvicted() {
        EngineHarness engine = new EngineHarness(options().retainedSequences(1).hostCacheBytes(0));
        pin(engine, SYSTEM).close();
        run(engine, "another prompt");
        assertThat(run(engine, SYSTEM + "?").end().usage().cachedTokens()).isZero();
    }

    @Test
    void aRequestThatFitsOnlyWithoutThePinnedCellsIsRefusedWithCounts() {
        EngineHarness engine = new EngineHarness(limits(100, true, true), options());
        pin(engine, SYSTEM);
        Generation stream = engine.submit(request("x".repeat(60)));
        engine.runAll();
        org.assertj.core.api.Assertions.assertThatThrownBy(stream::result)
                .isInstanceOf(ContextOverflowException.class)
                .hasMessageContaining("60 prompt tokens leave no room in a context of 40");
    }

    @Test
    void aMemoryThatCannotBeCutContinuesWholeSequencesOnly() {
        EngineHarness engine = new EngineHarness(
                limits(500, true, false), options().parallelSequences(2).hostCacheBytes(0));
        Completion first = run(engine, SYSTEM);
        Completion continued = run(engine, SYSTEM + first.text() + " more");
        assertThat(continued.end().usage().cachedTokens()).isEqualTo(SYSTEM.length() + 9);
        assertThat(run(engine, SYSTEM + "other").end().usage().cachedTokens()).isZero();
    }

    @Test
    void aMemoryThatCannotBeCutSurvivesFailedSteps() {
        EngineHarness engine = new EngineHarness(limits(500, true, false), options());
        int[] calls = {0};
        engine.decoder.before = batch -> ++calls[0] % 5 == 3 ? DecodeStatus.FAILED : DecodeStatus.DECODED;
        List<Generation> streams =
                List.of(engine.submit(request("aaa").speculativeTokens(4)), engine.submit(request("bbb")));
        engine.runAll();
        assertThat(streams.get(0).result().text()).isEqualTo(engine.alone("aaa", 10));
        assertThat(streams.get(1).result().text()).isEqualTo(engine.alone("bbb", 10));
        engine.checkCells();
    }

    @Test
    void separateStreamsAreCopied() {
        EngineHarness engine =
                new EngineHarness(limits(4000, false, true), options().parallelSequences(2));
        run(engine, SYSTEM + "one");
        Completion second = run(engine, SYSTEM + "two");
        assertThat(second.end().usage().cachedTokens()).isEqualTo(SYSTEM.length());
        assertThat(engine.loop.stats().retainedSequences()).isEqualTo(2);
        engine.checkCells();
    }

    @Test
    void aSplitSequenceInWorkIsCopied() {
        EngineHarness engine =
                new EngineHarness(limits(4000, false, true), options().parallelSequences(2));
        Generation first = engine.submit(request(SYSTEM + "one").maxTokens(30));
        engine.step(5);
        Completion second = engine.result(engine.submit(request(SYSTEM + "two")));
        assertThat(second.end().usage().cachedTokens()).isEqualTo(SYSTEM.length());
        assertThat(second.text()).isEqualTo(engine.alone(SYSTEM + "two", 10));
        assertThat(engine.result(first).text()).isEqualTo(engine.alone(SYSTEM + "one", 30));
        engine.checkCells();
    }

    @Test
    void splitSequencesThatStartTogetherReadTheirBeginningOnce() {
        EngineHarness engine = new EngineHarness(limits(4000, false, true), options());
        List<Generation> streams = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            streams.add(engine.submit(request(SYSTEM + "user " + i)));
        }
        engine.runAll();
        assertThat(engine.decoder.decodedTokens).isLessThan(2 * SYSTEM.length() + 4 * 20);
        for (int i = 0; i < 4; i++) {
            assertThat(streams.get(i).result().text()).isEqualTo(engine.alone(SYSTEM + "user " + i, 10));
        }
        engine.checkCells();
    }

    @Test
    void theShortEndOfASplitSequenceIsGivenUpForACopy() {
        EngineHarness engine = new EngineHarness(limits(4000, false, true), options());
        run(engine, SYSTEM.repeat(3) + "one");
        int saves = engine.decoder.saves;
        Completion second = run(engine, SYSTEM.repeat(3) + "two");
        assertThat(second.end().usage().cachedTokens()).isEqualTo(3 * SYSTEM.length());
        assertThat(engine.decoder.saves).isEqualTo(saves);
        assertThat(engine.loop.stats().retainedSequences()).isEqualTo(1);
    }

    @Test
    void nothingIsPinnedWhereThatWouldTakeCellsOutOfWork() {
        EngineHarness engine = new EngineHarness(limits(4000, false, true), options());
        List<Sequence> pinned =
                engine.factory.create(request(SYSTEM).maxTokens(0).build(), 1, new PrefixPin(branch -> {}));
        assertThat(engine.queue.offer(pinned, (sequence, length) -> {})).isTrue();
        engine.runAll();
        assertThatThrownBy(() -> pinned.getFirst().stream().result())
                .isInstanceOf(EngineOverloadedException.class)
                .hasMessageContaining("CacheLayout.UNIFIED");
        assertThat(engine.decoder.usedCells()).isZero();
    }

    @Test
    void splitSequencesCloseTheGapThatOneLeaves() {
        EngineHarness engine = new EngineHarness(limits(4000, false, true), options());
        List<Generation> streams = new ArrayList<>();
        for (String prompt : List.of("aaa", "bbb", "ccc", "ddd")) {
            streams.add(engine.submit(request(prompt).maxTokens(40)));
        }
        engine.step(5);
        streams.get(1).cancel();
        engine.step(2);
        assertThat(engine.decoder.together).containsExactly(0, 1, 2);
        engine.runAll();
        assertThat(streams.get(0).result().text()).isEqualTo(engine.alone("aaa", 40));
        assertThat(streams.get(2).result().text()).isEqualTo(engine.alone("ccc", 40));
        assertThat(streams.get(3).result().text()).isEqualTo(engine.alone("ddd", 40));
        engine.checkCells();
    }

    @Test
    void aSequenceThatHasJustForgottenItsMiddleStaysWhereItIs() {
        for (int tokens = 30; tokens <= 40; tokens++) {
            EngineHarness engine =
                    new EngineHarness(new DecoderLimits(300, 200, 50, 64, 4, false, true, true), options());
            engine.submit(request("aaa").maxTokens(45));
            engine.submit(request("bbb").maxTokens(tokens));
            engine.submit(request("c".repeat(13)).maxTokens(60).contextFullPolicy(ContextFullPolicy.SHIFT));
            engine.runAll();
            engine.checkCells();
        }
    }

    @Test
    void aGapStaysWhereNothingCanBeCopied() {
        EngineHarness engine = new EngineHarness(limits(4000, false, true), options());
        engine.decoder.refusesStates = true;
        List<Generation> streams = new ArrayList<>();
        for (String prompt : List.of("aaa", "bbb", "ccc")) {
            streams.add(engine.submit(request(prompt).maxTokens(40)));
        }
        engine.step(5);
        streams.get(1).cancel();
        engine.runAll();
        assertThat(streams.get(0).result().text()).isEqualTo(engine.alone("aaa", 40));
        assertThat(streams.get(2).result().text()).isEqualTo(engine.alone("ccc", 40));
        engine.checkCells();
    }

    @Test
    void aRequestCanStayOutOfTheCache() {
        EngineHarness engine = new EngineHarness();
        Completion secret = engine.result(engine.submit(request(SYSTEM).prefixCache(false)));
        assertThat(secret.text()).isEqualTo(engine.alone(SYSTEM, 10));
        assertThat(engine.decoder.usedCells()).isZero();
        run(engine, SYSTEM);
        assertThat(engine.result(engine.submit(request(SYSTEM).prefixCache(false)))
                        .end()
                        .usage()
                        .cachedTokens())
                .isZero();
    }

    @Test
    void anIdleEngineDropsItsCacheAfterAWhile() {
        EngineHarness engine = new EngineHarness(options().dropCacheAfter(Duration.ofMinutes(5)));
        run(engine, SYSTEM);
        assertThat(engine.loop.idleTime()).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
        engine.clock.advance(Duration.ofMinutes(6));
        engine.step(1);
        assertThat(engine.decoder.usedCells()).isZero();
    }

    @Test
    void speculationChangesNothingButTheNumberOfSteps() {
        EngineHarness engine = new EngineHarness();
        String period = "abcdefgh";
        engine.decoder.language = tokens -> (int) period.charAt(tokens.length % 8);
        Completion plain = engine.result(engine.submit(request(period.repeat(3)).maxTokens(64)));
        int plainSteps = engine.decoder.batches.size();
        Completion guessed = engine.result(engine.submit(
                request(period.repeat(3)).maxTokens(64).speculativeTokens(8).prefixCache(false)));
        assertThat(guessed.text()).isEqualTo(plain.text());
        assertThat(engine.decoder.batches.size() - plainSteps).isLessThan(12);
        assertThat(guessed.end().usage().acceptedDraftTokens()).isGreaterThan(50);

        EngineHarness random = new EngineHarness();
        Completion wrong = random.result(
                random.submit(request("aabaab".repeat(10)).maxTokens(100).speculativeTokens(8)));
        assertThat(wrong.text()).isEqualTo(random.alone("aabaab".repeat(10), 100));
        random.checkCells();
    }

    @Test
    void guessesCostNobodyItsPlaceAndNeverSpinWhereThePinnedLeaveNoRoom() {
        EngineHarness engine = new EngineHarness(limits(100, true, true), options());
        String period = "abcdefgh";
        engine.decoder.language = tokens -> (int) period.charAt(tokens.length % 8);
        PrefixPin pin = pin(engine, "p".repeat(40));
        List<Generation> streams = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            streams.add(engine.submit(EngineRequest.builder(EngineHarness.tokens(period.repeat(2)))
                    .sampling(SamplingOptions.greedy())
                    .maxTokens(12)
                    .prefixCache(false)
                    .speculativeTokens(8)));
        }
        streams.forEach(stream -> assertThat(engine.result(stream).tokens()).hasSize(12));
        assertThat(engine.log.with("preempted")).isEmpty();
        Completion endless = engine.result(engine.submit(EngineRequest.builder(EngineHarness.tokens(period.repeat(2)))
                .sampling(SamplingOptions.greedy())
                .contextFullPolicy(ContextFullPolicy.STOP)
                .speculativeTokens(8)));
        assertThat(endless.end().reason()).isEqualTo(FinishReason.CONTEXT_FULL);
        assertThat(endless.end().usage().acceptedDraftTokens()).isPositive();
        pin.close();
    }

    @Test
    void randomTrafficNeverConfusesPrefixesOrCells() {
        Random random = new Random(11);
        EngineHarness engine = new EngineHarness(
                limits(400, true, true),
                options().parallelSequences(4).retainedSequences(4).openEndedReserve(8));
        List<String> prompts = new ArrayList<>();
        List<Generation> streams = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            String prompt = random.nextInt(3) > 0 && !prompts.isEmpty()
                    ? extend(prompts.get(random.nextInt(prompts.size())), random)
                    : "start " + random.nextInt(5) + " ";
            prompts.add(prompt);
            streams.add(engine.submit(request(prompt).speculativeTokens(random.nextInt(4))));
            engine.step(random.nextInt(8));
            engine.checkCells();
            while (engine.queue.size() > 100) {
                engine.step(1);
            }
        }
        engine.runAll();
        for (int i = 0; i < streams.size(); i++) {
            assertThat(streams.get(i).result().text()).isEqualTo(engine.alone(prompts.get(i), 10));
        }
        engine.checkCells();
    }

    private static String extend(String prompt, Random random) {
        String cut = prompt.substring(0, random.nextInt(prompt.length()) + 1);
        return cut.length() > 150
                ? cut.substring(0, 20)
                : cut + (char) ('a' + random.nextInt(3)) + "xyz ".repeat(random.nextInt(4));
    }
}
