package io.github.llamacpp4j.engine;

import static io.github.llamacpp4j.engine.EngineHarness.LIMITS;
import static io.github.llamacpp4j.engine.EngineHarness.events;
import static io.github.llamacpp4j.engine.EngineHarness.request;
import static io.github.llamacpp4j.engine.EngineHarness.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EngineLoopTest {

    private static EngineOptions.Builder options() {
        return EngineOptions.builder();
    }

    private static DecoderLimits cells(int cells) {
        return new DecoderLimits(300, cells, cells, 64, 32, true, true, true);
    }

    @Test
    void oneRequestGivesTheTextOfTheModel() {
        EngineHarness engine = new EngineHarness();
        Completion result = engine.result(engine.submit(request("hello")));

        assertThat(result.text()).isEqualTo(engine.alone("hello", 10));
        assertThat(result.tokens()).hasSize(10);
        assertThat(result.end().reason()).isEqualTo(FinishReason.MAX_TOKENS);
        assertThat(result.end().usage()).isEqualTo(new Usage(5, 0, 10, 0, 0, 0));
        assertThat(result.end().timings().total()).isPositive();
        engine.checkCells();
    }

    @Test
    void requestsTogetherGiveTheSameTextsAsAlone() {
        EngineHarness engine = new EngineHarness();
        List<Generation> streams = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            streams.add(engine.submit(request("prompt number " + i).maxTokens(5 + i)));
        }
        engine.runAll();
        for (int i = 0; i < 12; i++) {
            assertThat(streams.get(i).result().text()).isEqualTo(engine.alone("prompt number " + i, 5 + i));
        }
        engine.checkCells();
    }

    @Test
    void generatingSequencesShareEachStep() {
        EngineHarness engine = new EngineHarness();
        for (String prompt : List.of("abc", "bcd", "cde", "def")) {
            engine.submit(request(prompt).maxTokens(20));
        }
        engine.runAll();
        assertThat(engine.decoder.batches).contains(List.of(1, 1, 1, 1));
        assertThat(engine.decoder.batches.size()).isLessThan(25);
    }

    @Test
    void aLongPromptStallsTheOthersForABoundedTimeOnly() {
        EngineHarness engine = new EngineHarness(options().prefillTargetTime(Duration.ofMillis(50)));
        Generation running = engine.submit(request("run").maxTokens(100));
        engine.step(3);
        Generation newcomer = engine.submit(request("x".repeat(600)).maxTokens(3));
        int before = events(running).size();
        int steps = 0;
        long longest = 0;
        while (events(newcomer).isEmpty()) {
            long start = engine.clock.getAsLong();
            engine.step(1);
            longest = Math.max(longest, engine.clock.getAsLong() - start);
            steps++;
        }
        assertThat(before).isEqualTo(3);
        assertThat(events(running))
                .as("a token of the running stream in every step")
                .hasSize(steps);
        assertThat(Duration.ofNanos(longest)).isLessThan(Duration.ofMillis(80));
        assertThat(steps).as("the prompt is not starved either").isLessThan(30);
    }

    @Test
    void promptsAloneGetLargerPieces() {
        EngineHarness engine = new EngineHarness(options().prefillTargetTime(Duration.ofMillis(30)));
        engine.submit(request("y".repeat(500)).maxTokens(1));
        engine.runAll();
        assertThat(engine.decoder.batches).contains(List.of(64));
    }

    @Test
    void aPromptIsNotStarvedByAStreamOfShorterOnes() {
        EngineHarness engine = new EngineHarness(
                options().prefillTargetTime(Duration.ofMillis(30)).parallelSequences(3));
        Generation longPrompt = engine.submit(request("z".repeat(300)).maxTokens(1));
        List<Generation> others = new ArrayList<>();
        Random random = new Random(1);
        int steps = 0;
        while (events(longPrompt).isEmpty()) {
            if (others.stream().filter(stream -> !stream.events().isEnded()).count() < 2) {
                others.add(
                        engine.submit(request(random.nextInt() + "q".repeat(20)).maxTokens(2)));
            }
            engine.step(1);
            assertThat(++steps).isLessThan(80);
        }
    }

    @Test
    void cancellingWhileQueuedPrefillingAndDecodingFreesTheSlotWithinOneStep() {
        EngineHarness engine = new EngineHarness(options().parallelSequences(2).retainedSequences(0));
        Generation decoding = engine.submit(request("decoding").maxTokens(500));
        Generation prefilling = engine.submit(request("p".repeat(400)));
        Generation queued = engine.submit(request("queued"));
        engine.step(2);
        assertThat(engine.loop.stats().activeSequences()).isEqualTo(2);

        decoding.cancel();
        prefilling.close();
        queued.cancel();
        engine.step(1);

        assertThat(engine.loop.stats().activeSequences()).isZero();
        assertThat(engine.loop.stats().queueLength()).isZero();
        assertThat(engine.decoder.usedCells()).isZero();
        List<GenerationEvent> partial = events(decoding);
        assertThat(partial).hasSize(3);
        assertThat(((FinishedEvent) partial.getLast()).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(((FinishedEvent) partial.getLast()).usage().generatedTokens())
                .isEqualTo(2);
        assertThat(((FinishedEvent) events(queued).getFirst()).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(prefilling.hasNext()).isFalse();
    }

    @Test
    void cancelledNeighboursLeaveNoTrace() {
        EngineHarness engine = new EngineHarness(options().parallelSequences(8));
        Random random = new Random(7);
        List<Generation> kept = new ArrayList<>();
        List<Generation> cancelled = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String prompt = "shared start " + (i % 10) + " " + i;
            if (i % 5 == 0) {
                kept.add(engine.submit(request(prompt)));
            } else {
                cancelled.add(engine.submit(request(prompt).maxTokens(60)));
            }
            if (random.nextInt(4) == 0 || engine.queue.size() > 200) {
                cancelled.get(random.nextInt(cancelled.size())).cancel();
                engine.step(3);
            }
        }
        while (!cancelled.isEmpty()) {
            cancelled.remove(random.nextInt(cancelled.size())).close();
            engine.step(1);
        }
        engine.runAll();
        for (int i = 0; i < kept.size(); i++) {
            String prompt = "shared start " + (5 * i % 10) + " " + 5 * i;
            assertThat(kept.get(i).result().text()).isEqualTo(engine.alone(prompt, 10));
        }
        engine.checkCells();
        assertThat(engine.loop.stats().activeSequences()).isZero();
    }

    @Test
    void aDeadlineEndsQueuedAndRunningRequests() {
        EngineHarness engine = new EngineHarness(options().parallelSequences(1));
        Generation running = engine.submit(request("a").maxTokens(500).timeout(Duration.ofMillis(100)));
        Generation queued = engine.submit(request("b").timeout(Duration.ofMillis(50)));
        engine.runAll();
        List<GenerationEvent> partial = events(running);
        assertThat(((FinishedEvent) partial.getLast()).reason()).isEqualTo(FinishReason.DEADLINE);
        assertThat(partial.size()).isBetween(5, 12);
        assertThat(((FinishedEvent) events(queued).getLast()).reason()).isEqualTo(FinishReason.DEADLINE);
        assertThat(((FinishedEvent) partial.getLast()).timings().total()).isLessThan(Duration.ofMillis(125));
    }

    @Test
    void aSlowReaderPausesItsOwnSequenceOnly() {
        EngineHarness engine = new EngineHarness(options().eventCapacity(4));
        Generation slow = engine.submit(request("slow").maxTokens(30));
        Generation fast = engine.submit(request("fast").maxTokens(30));
        List<GenerationEvent> read = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            engine.step(1);
            read.addAll(events(fast));
        }
        assertThat(read.getLast()).isInstanceOf(FinishedEvent.class);
        List<GenerationEvent> slowRead = events(slow);
        assertThat(slowRead).hasSize(4);
        engine.step(40);
        slowRead.addAll(events(slow));
        while (!(slowRead.getLast() instanceof FinishedEvent)) {
            engine.step(1);
            slowRead.addAll(events(slow));
        }
        assertThat(String.join("", slowRead.stream().map(GenerationEvent::text).toList()))
                .isEqualTo(engine.alone("slow", 30));
    }

    @Test
    void anAbandonedReaderTimesOut() {
        EngineHarness engine = new EngineHarness(options().eventCapacity(2).abandonedAfter(Duration.ofSeconds(5)));
        Generation stream = engine.submit(request("nobody").maxTokens(100));
        engine.step(10);
        assertThat(engine.loop.step()).isFalse();
        assertThat(engine.loop.idleTime()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
        engine.clock.advance(Duration.ofSeconds(5));
        engine.step(1);
        assertThat(engine.loop.stats().activeSequences()).isZero();
        assertThat(((FinishedEvent) events(stream).getLast()).reason()).isEqualTo(FinishReason.ABANDONED);
    }

    @Test
    void aFullQueueRefusesAtOnce() {
        EngineHarness engine = new EngineHarness(options().queueCapacity(2));
        engine.submit(request("1"));
        engine.submit(request("2"));
        assertThat(engine.queue.offer(engine.factory.create(request("3").build(), 1, null), (sequence, length) -> {}))
                .isFalse();
        engine.step(1);
        assertThat(engine.queue.offer(engine.factory.create(request("3").build(), 1, null), (sequence, length) -> {}))
                .isTrue();
    }

    @Test
    void callersShareTheEngineFairly() {
        EngineHarness engine = new EngineHarness(options().parallelSequences(1));
        for (int i = 0; i < 20; i++) {
            engine.submit(request("hog" + i).caller("hog"));
        }
        for (int i = 0; i < 3; i++) {
            engine.submit(request("guest" + i).caller("guest"));
        }
        engine.runAll();
        List<String> order = engine.log.with("admitted");
        assertThat(order.indexOf("admitted 23")).as("the guest's last request").isLessThan(8);
    }

    @Test
    void whoeverNamesNoLimitPaysForWhatItWasGivenAllTheSame() {
        EngineHarness engine = new EngineHarness(options().parallelSequences(1).openEndedReserve(16));
        for (int i = 0; i < 6; i++) {
            engine.submit(openEnded("hog" + i, engine).caller("hog"));
            engine.submit(request("guest" + i).maxTokens(60).caller("guest"));
        }
        engine.runAll();
        assertThat(engine.log.with("admitted").subList(0, 6))
                .as("60 tokens each, one after the other")
                .containsExactlyInAnyOrder(
                        "admitted 1", "admitted 2", "admitted 3", "admitted 4", "admitted 5", "admitted 6");
    }

    @Test
    void prioritiesGoFirstButStarveNobody() {
        EngineHarness engine = new EngineHarness(options().parallelSequences(1));
        Generation low = engine.submit(request("low").priority(-5).caller("low"));
        for (int i = 0; i < 3; i++) {
            engine.submit(request("high" + i).priority(5).caller("high"));
        }
        int admitted = 0;
        while (!low.events().isEnded()) {
            if (engine.queue.size() < 3) {
                engine.submit(request("more" + admitted++).priority(5).caller("high"));
            }
            engine.step(1);
            assertThat(admitted).isLessThan(20);
        }
        assertThat(engine.log.with("admitted").getFirst()).isEqualTo("admitted 2");
        assertThat(engine.log.with("admitted").indexOf("admitted 1")).isEqualTo(7);
    }

    @Test
    void aRequestIsAdmittedOnlyWhenItsTokensFit() {
        EngineHarness engine = new EngineHarness(cells(100), options().retainedSequences(0));
        engine.submit(request("x".repeat(40)).maxTokens(30));
        engine.submit(request("y".repeat(20)).maxTokens(20));
        engine.step(3);
        assertThat(engine.log.with("admitted")).containsExactly("admitted 1");
        engine.runAll();
        assertThat(engine.log.with("admitted")).containsExactly("admitted 1", "admitted 2");
        assertThat(engine.log.with("preempted")).isEmpty();
    }

    @Test
    void smallRequestsOvertakeABigOneALimitedNumberOfTimesOnly() {
        EngineHarness engine =
                new EngineHarness(cells(100), options().retainedSequences(0).parallelSequences(2));
        engine.submit(request("x".repeat(30)).maxTokens(30).caller("first"));
        engine.step(1);
        Generation big = engine.submit(request("y".repeat(60)).maxTokens(30).caller("big"));
        int small = 0;
        while (events(big).isEmpty()) {
            if (engine.queue.size() < 3) {
                engine.submit(request("s" + small++).maxTokens(3).caller("small"));
            }
            engine.step(1);
            assertThat(small).isLessThan(40);
        }
        assertThat(small).isGreaterThan(5);
    }

    @Test
    void whenCellsRunOutTheYoungestIsPreemptedAndComputedAnew() {
        EngineHarness engine = new EngineHarness(cells(120), options().openEndedReserve(0));
        EngineRequest.Builder first = request("x".repeat(30));
        Generation a = engine.submit(openEnded("first " + "x".repeat(30), engine));
        Generation b = engine.submit(openEnded("other " + "y".repeat(30), engine));
        assertThat(first.build().promptTokens()).isEqualTo(30);
        engine.runAll();

        assertThat(engine.log.with("preempted")).contains("preempted 2").doesNotContain("preempted 1");
        assertThat(a.result().text()).isEqualTo(engine.alone("first " + "x".repeat(30), 60));
        assertThat(b.result().text()).isEqualTo(engine.alone("other " + "y".repeat(30), 60));
        engine.checkCells();
    }

    /** Ends with an end-of-generation token after 60 tokens, which the engine cannot know beforehand. */
    private static EngineRequest.Builder openEnded(String prompt, EngineHarness engine) {
        int length = prompt.length() + 60;
        engine.decoder.language = text -> text.length >= length ? FakeVocabulary.END : FakeDecoder.letterOf(text);
        return EngineRequest.builder(tokens(prompt)).sampling(SamplingOptions.greedy());
    }

    @Test
    void noRoomInTheDecoderEvictsThenPreemptsAndNeverSpins() {
        EngineHarness engine = new EngineHarness();
        engine.result(engine.submit(request("an old prompt")));
        engine.decoder.before = batch -> contains(batch, '#') ? DecodeStatus.NO_ROOM : DecodeStatus.DECODED;
        Generation a = engine.submit(request("####"));
        Generation b = engine.submit(request("bbbb"));
        engine.runAll();
        assertThat(engine.log.with("evicted")).hasSize(1);
        assertThat(engine.log.with("preempted")).containsExactly("preempted 3");
        assertThat(engine.log.with("failed"))
                .as("the last one alone has no room")
                .hasSize(1);
        assertThatThrownBy(a::result)
                .isInstanceOf(ContextOverflowException.class)
                .hasMessageContaining("context_length_exceeded");
        assertThat(b.result().text()).isEqualTo(engine.alone("bbbb", 10));
    }

    @Test
    void aFailedStepFailsOnlyTheSequenceThatCausedIt() {
        for (DecodeStatus status : List.of(DecodeStatus.INVALID, DecodeStatus.FAILED, DecodeStatus.ABORTED)) {
            EngineHarness engine = new EngineHarness();
            Generation good = engine.submit(request("good"));
            Generation bad = engine.submit(request("bad!"));
            Generation fine = engine.submit(request("fine"));
            engine.decoder.before = batch -> contains(batch, '!') ? status : DecodeStatus.DECODED;
            engine.runAll();
            assertThat(good.result().text()).isEqualTo(engine.alone("good", 10));
            assertThat(fine.result().text()).isEqualTo(engine.alone("fine", 10));
            assertThatThrownBy(bad::result)
                    .isInstanceOf(DecodeFailedException.class)
                    .hasMessageContaining("status " + status)
                    .hasMessageContaining("alone");
            engine.checkCells();
        }
    }

    private static boolean contains(TokenBatch batch, int token) {
        for (int i = 0; i < batch.size(); i++) {
            if (batch.token(i) == token) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aFailureOfTheMomentHurtsNobody() {
        EngineHarness engine = new EngineHarness();
        int[] calls = {0};
        engine.decoder.before = batch -> ++calls[0] % 7 == 3 ? DecodeStatus.FAILED : DecodeStatus.DECODED;
        Generation a = engine.submit(request("aaaa").maxTokens(40));
        Generation b = engine.submit(request("bbbb").maxTokens(40));
        engine.runAll();
        assertThat(a.result().text()).isEqualTo(engine.alone("aaaa", 40));
        assertThat(b.result().text()).isEqualTo(engine.alone("bbbb", 40));
        engine.checkCells();
    }

    @Test
    void brokenLogitsFailOneRequest() {
        EngineHarness engine = new EngineHarness();
        List<LogitBias> all = new ArrayList<>();
        for (int token = 0; token < 300; token++) {
            all.add(new LogitBias(token, Float.NEGATIVE_INFINITY));
        }
        Generation bad = engine.submit(
                request("bad").sampling(SamplingOptions.builder().logitBias(all).build()));
        Generation good = engine.submit(request("good"));
        engine.runAll();
        assertThatThrownBy(bad::result).isInstanceOf(InvalidLogitsException.class);
        assertThat(good.result().text()).isEqualTo(engine.alone("good", 10));
    }

    @Test
    void stopTextsEndAcrossTokensAndAreNotShown() {
        EngineHarness engine = new EngineHarness();
        String text = engine.alone("stop me", 30);
        String stop = text.substring(12, 16);
        Completion result =
                engine.result(engine.submit(request("stop me").maxTokens(30).stopTexts(List.of("never!", stop))));
        assertThat(result.text()).isEqualTo(text.substring(0, text.indexOf(stop)));
        assertThat(result.end().reason()).isEqualTo(FinishReason.STOP_TEXT);
    }

    @Test
    void stopTokensAndEndOfGenerationEnd() {
        EngineHarness engine = new EngineHarness();
        String text = engine.alone("stop here", 30);
        Completion stopped = engine.result(
                engine.submit(request("stop here").maxTokens(30).stopTokens(List.of((int) text.charAt(5)))));
        assertThat(stopped.end().reason()).isEqualTo(FinishReason.STOP_TOKEN);
        assertThat(stopped.text()).isEqualTo(text.substring(0, text.indexOf(text.charAt(5))));

        engine.decoder.language = tokens -> tokens.length >= 20 ? FakeVocabulary.END : FakeDecoder.letterOf(tokens);
        Completion ended = engine.result(engine.submit(request("the end").maxTokens(30)));
        assertThat(ended.end().reason()).isEqualTo(FinishReason.END_OF_GENERATION);
        assertThat(ended.tokens()).hasSize(14).endsWith(FakeVocabulary.END);

        Completion ignored =
                engine.result(engine.submit(request("the end").maxTokens(30).ignoreEndOfGeneration(true)));
        assertThat(ignored.tokens()).hasSize(30).doesNotContain(FakeVocabulary.END);

        Completion atLeast =
                engine.result(engine.submit(request("the end").maxTokens(30).minTokens(20)));
        assertThat(atLeast.tokens()).hasSize(21).endsWith(FakeVocabulary.END);
    }

    @Test
    void aTextIsNeverCutWithinACodePoint() {
        EngineHarness engine = new EngineHarness();
        byte[] bytes = "€ö😀".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        int start = "say".length();
        engine.decoder.language = tokens ->
                tokens.length - start < bytes.length - 1 ? bytes[tokens.length - start] & 0xFF : FakeVocabulary.END;
        Generation stream = engine.submit(request("say").maxTokens(30));
        engine.runAll();
        List<String> texts = events(stream).stream().map(GenerationEvent::text).toList();
        assertThat(String.join("", texts)).isEqualTo("€ö\uFFFD");
        assertThat(texts).containsExactly("", "", "€", "", "ö", "", "", "", "", "\uFFFD");
    }

    @Test
    void theContextsEndFollowsTheRequestsPolicy() {
        EngineHarness engine = new EngineHarness(cells(40), options());
        EngineRequest.Builder request =
                EngineRequest.builder(tokens("0123456789")).sampling(SamplingOptions.greedy());

        Completion stopped = engine.result(engine.submit(request));
        assertThat(stopped.end().reason()).isEqualTo(FinishReason.CONTEXT_FULL);
        assertThat(stopped.tokens()).hasSize(31);

        Generation failed = engine.submit(request.contextFullPolicy(ContextFullPolicy.FAIL));
        engine.runAll();
        assertThatThrownBy(failed::result)
                .isInstanceOf(ContextOverflowException.class)
                .hasMessageContaining("10 prompt tokens and 31 generated ones leave no room in a context of 40");

        assertThatThrownBy(() -> engine.submit(request("x".repeat(41))))
                .isInstanceOf(ContextOverflowException.class)
                .hasMessageStartingWith("context_length_exceeded: 41 prompt tokens leave no room in a context of 40");
    }

    @Test
    void shiftingForgetsTheOlderHalfWhetherTheMemoryCanShiftOrNot() {
        for (boolean shifting : List.of(true, false)) {
            DecoderLimits limits = new DecoderLimits(300, 80, 40, 64, 32, true, true, shifting);
            EngineHarness engine = new EngineHarness(limits, options());
            Generation stream = engine.submit(
                    request("0123456789").maxTokens(80).keepTokens(4).contextFullPolicy(ContextFullPolicy.SHIFT));
            engine.runAll();
            Completion result = stream.result();
            assertThat(result.tokens()).hasSize(80);
            assertThat(result.text()).isEqualTo(shifted("0123456789", 80, 40, 4));
            engine.checkCells();
            Completion next = engine.result(engine.submit(request("0123456789")));
            assertThat(next.text()).isEqualTo(engine.alone("0123456789", 10));
        }
    }

    private static String shifted(String prompt, int count, int context, int keep) {
        List<Integer> tokens = new ArrayList<>();
        prompt.chars().forEach(tokens::add);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int next = FakeDecoder.letterOf(tokens.stream().mapToInt(t -> t).toArray());
            tokens.add(next);
            text.append((char) next);
            if (tokens.size() > context) {
                tokens.subList(keep, keep + (tokens.size() - keep) / 2).clear();
            }
        }
        return text.toString();
    }

    @Test
    void logprobsComeFromTheRawLogits() {
        EngineHarness engine = new EngineHarness();
        Completion result = engine.result(engine.submit(request("probable")
                .maxTokens(2)
                .logprobs(3)
                .sampling(SamplingOptions.builder()
                        .temperature(0)
                        .logitBias(List.of(new LogitBias(7, 30f)))
                        .build())));
        TokenLogprobs first = result.logprobs().getFirst();
        float[] row = new float[300];
        FakeDecoder fresh = new FakeDecoder(LIMITS, new FakeClock());
        TokenBatch batch = new TokenBatch(64);
        int[] prompt = tokens("probable");
        for (int i = 0; i < prompt.length; i++) {
            batch.add(prompt[i], i, 0, i == prompt.length - 1);
        }
        fresh.decode(batch);
        fresh.copyLogits(prompt.length - 1, row);
        double sum = 0;
        for (float logit : row) {
            sum += Math.exp(logit);
        }
        assertThat(first.chosen().token()).isEqualTo(7);
        assertThat(first.chosen().logprob())
                .isCloseTo(row[7] - Math.log(sum), org.assertj.core.data.Offset.offset(1e-5));
        assertThat(first.top()).hasSize(3);
        assertThat(first.top().getFirst().token())
                .isEqualTo(engine.alone("probable", 1).charAt(0));
        assertThat(first.top()).isSortedAccordingTo((a, b) -> Double.compare(b.logprob(), a.logprob()));
    }

    @Test
    void severalSamplesReadTheirPromptOnce() {
        EngineHarness engine = new EngineHarness();
        String prompt = "p".repeat(200);
        List<Generation> streams = engine.submit(
                request(prompt)
                        .sampling(SamplingOptions.builder()
                                .seed(5)
                                .temperature(3)
                                .topK(0)
                                .topP(1)
                                .minP(0)
                                .build()),
                4);
        engine.runAll();
        Set<String> texts = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            Completion result = streams.get(i).result();
            texts.add(result.tokens().toString());
            assertThat(result.end().seed()).isEqualTo(5 + i);
        }
        assertThat(texts).hasSize(4);
        assertThat(engine.decoder.decodedTokens).isLessThan(200 + 4 * 10 + 4);
        engine.checkCells();
    }

    @Test
    void zeroTokensOnlyReadThePrompt() {
        EngineHarness engine = new EngineHarness();
        Completion result =
                engine.result(engine.submit(request("warm up please").maxTokens(0)));
        assertThat(result.tokens()).isEmpty();
        assertThat(result.end().reason()).isEqualTo(FinishReason.MAX_TOKENS);
        Completion next = engine.result(engine.submit(request("warm up please now")));
        assertThat(next.end().usage().cachedTokens()).isEqualTo(14);
        assertThat(engine.result(engine.submit(request("warm up please").maxTokens(0)))
                        .end()
                        .usage()
                        .cachedTokens())
                .isEqualTo(14);
    }

    @Test
    void theDeterministicEngineDecodesEachSequenceByItselfInFixedPieces() {
        EngineHarness engine = new EngineHarness(options().deterministic(true));
        List<Generation> streams = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            streams.add(engine.submit(request("same start " + "x".repeat(150) + i)));
        }
        engine.runAll();
        assertThat(engine.decoder.batches).allMatch(batch -> batch.size() == 1);
        assertThat(engine.decoder.batches.stream().map(List::getFirst).distinct())
                .contains(64, 1);
        for (int i = 0; i < 6; i++) {
            Completion result = streams.get(i).result();
            assertThat(result.text()).isEqualTo(engine.alone("same start " + "x".repeat(150) + i, 10));
            assertThat(result.end().usage().cachedTokens()).isZero();
        }
    }

    @Test
    void aFailingListenerHurtsNeitherTheEngineNorTheNextListener() {
        EventLog log = new EventLog();
        EngineOptions options = options()
                .addListener(new EngineListener() {
                    @Override
                    public void stepped(EngineStep step) {
                        throw new IllegalStateException("listener");
                    }
                })
                .addListener(new EngineListener() {
                    @Override
                    public void nextToken(long requestId, long nanos) {
                        throw new NoClassDefFoundError("listener");
                    }
                })
                .addListener(log)
                .build();
        FakeClock clock = new FakeClock();
        FakeDecoder decoder = new FakeDecoder(LIMITS, clock);
        RequestQueue queue = new RequestQueue(4);
        FakeVocabulary vocabulary = new FakeVocabulary(300);
        EngineLoop loop = new EngineLoop(
                decoder, vocabulary, options, queue, clock, new Telemetry(options.listeners()), Drafter.NONE);
        SequenceFactory factory = new SequenceFactory(
                vocabulary, LIMITS, options, clock, () -> {}, new java.util.concurrent.atomic.AtomicLong());
        List<Sequence> sequences = factory.create(request("x").build(), 1, null);
        queue.offer(sequences, (sequence, length) -> {});
        while (!loop.isIdle()) {
            loop.step();
        }
        assertThat(sequences.getFirst().stream().result().tokens()).hasSize(10);
        assertThat(log.steps).hasSize(10);
    }

    @Test
    void requestsThatCannotBeServedAreRefusedAtOnce() {
        EngineHarness engine = new EngineHarness();
        assertThatThrownBy(() -> engine.submit(EngineRequest.builder(1, 300)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prompt token 1: expected an id of 0 to 299, got 300");
        assertThatThrownBy(() -> EngineRequest.builder().build()).hasMessageContaining("at least one token");
        assertThatThrownBy(() -> request("x").stopTexts(List.of("")).build()).hasMessageContaining("stop text");
        assertThatThrownBy(() -> engine.submit(request("x"), 1000)).hasMessageContaining("samples");
    }
}
