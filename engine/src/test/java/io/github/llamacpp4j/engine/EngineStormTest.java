package io.github.llamacpp4j.engine;

import static io.github.llamacpp4j.engine.EngineHarness.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Requests of all kinds come, go, fail and are forgotten in any order: each gets its own text, and nothing of them stays. */
class EngineStormTest {

    private static final int OPERATIONS = 120;
    private static final int LONGEST_PROMPT = 45;
    private static final List<DecodeStatus> STATUSES = List.of(DecodeStatus.values());
    private static final List<ContextFullPolicy> POLICIES = List.of(ContextFullPolicy.values());
    private static final Duration CACHE_LASTS = Duration.ofMinutes(10);

    /** A request that came and what its reader saw of it. */
    private static final class Visitor {

        private final EngineRequest request;
        private final Generation stream;
        private final @Nullable PrefixPin pin;
        private final StringBuilder text = new StringBuilder();
        private @Nullable EngineException failure;
        private boolean gone;

        Visitor(EngineRequest request, Generation stream, @Nullable PrefixPin pin) {
            this.request = request;
            this.stream = stream;
            this.pin = pin;
        }

        void read() {
            try {
                EngineHarness.events(stream).forEach(event -> text.append(event.text()));
            } catch (EngineException e) {
                failure = e;
            }
        }

        void leave() {
            gone = true;
            stream.close();
        }

        void unpin() {
            if (pin != null) {
                pin.close();
            }
        }

        void check(EngineHarness engine) {
            assertThat(stream.events().isEnded()).isTrue();
            read();
            if (failure != null) {
                assertThat(failure)
                        .isInstanceOfAny(
                                DecodeFailedException.class,
                                ContextOverflowException.class,
                                EngineOverloadedException.class);
            }
            if (!gone && request.contextFullPolicy() != ContextFullPolicy.SHIFT) {
                String prompt = new String(request.promptArray(), 0, request.promptTokens());
                assertThat(text.toString()).isEqualTo(engine.alone(prompt, text.length()));
            }
        }
    }

    private final List<Visitor> visitors = new ArrayList<>();
    private final List<String> prompts = new ArrayList<>(List.of("a start ", "another start "));

    @Property(tries = 150)
    void everyoneGetsTheirOwnTextAndLeavesNothingBehind(@ForAll Random random) {
        EngineHarness engine = harness(random);
        for (int i = 0; i < OPERATIONS; i++) {
            act(engine, random);
            engine.step(random.nextInt(4));
            engine.checkCells();
        }
        engine.decoder.before = batch -> DecodeStatus.DECODED;
        visitors.forEach(Visitor::unpin);
        engine.runAll();
        engine.clock.advance(CACHE_LASTS);
        engine.step(1);
        assertThat(engine.decoder.usedCells()).as("cells that nobody holds").isZero();
        assertThat(engine.loop.stats().retainedSequences()).isZero();
        visitors.forEach(visitor -> visitor.check(engine));
        assertThat(engine.result(engine.submit(request("the last one").maxTokens(2)))
                        .text())
                .isEqualTo(engine.alone("the last one", 2));
    }

    private static EngineHarness harness(Random random) {
        boolean cutting = random.nextInt(3) > 0;
        boolean sharing = cutting && random.nextInt(3) > 0;
        int cells = random.nextInt(60, 400);
        int sequences = random.nextInt(1, 10);
        boolean split = !sharing && random.nextBoolean();
        int sequenceCells = random.nextInt(50, cells);
        DecoderLimits limits = new DecoderLimits(
                300,
                split ? sequences * sequenceCells : cells,
                sequenceCells,
                random.nextInt(4, 64),
                sequences,
                sharing,
                cutting,
                cutting && random.nextBoolean());
        return new EngineHarness(
                limits,
                EngineOptions.builder()
                        .parallelSequences(random.nextInt(1, 6))
                        .retainedSequences(random.nextInt(6))
                        .hostCacheBytes(random.nextInt(2) * 2000L)
                        .eventCapacity(random.nextInt(2, 40))
                        .openEndedReserve(random.nextInt(20))
                        .dropCacheAfter(CACHE_LASTS));
    }

    private void act(EngineHarness engine, Random random) {
        switch (random.nextInt(12)) {
            case 0 -> pin(engine, random);
            case 1 -> ifAny(random, Visitor::unpin);
            case 2 -> ifAny(random, visitor -> visitor.stream.cancel());
            case 3 -> ifAny(random, Visitor::leave);
            case 4 -> ifAny(random, Visitor::read);
            case 5 -> engine.clock.advance(Duration.ofMillis(random.nextInt(40_000)));
            case 6 -> engine.decoder.before = plan(random.nextInt(STATUSES.size() + 1));
            default -> submit(engine, random);
        }
    }

    private void ifAny(Random random, Consumer<Visitor> action) {
        if (!visitors.isEmpty()) {
            action.accept(visitors.get(random.nextInt(visitors.size())));
        }
    }

    /** What becomes of the next steps: one of them ends badly, and what follows goes well. */
    private static Function<TokenBatch, DecodeStatus> plan(int kind) {
        AtomicInteger step = new AtomicInteger();
        return batch -> {
            if (step.getAndIncrement() != 2) {
                return DecodeStatus.DECODED;
            }
            if (kind == STATUSES.size()) {
                throw new IllegalStateException("planted");
            }
            return STATUSES.get(kind);
        };
    }

    private void submit(EngineHarness engine, Random random) {
        EngineRequest.Builder request = request(prompt(random))
                .maxTokens(random.nextInt(30))
                .priority(random.nextInt(3))
                .caller("caller " + random.nextInt(3))
                .prefixCache(random.nextInt(5) > 0)
                .speculativeTokens(random.nextInt(4))
                .keepTokens(random.nextInt(60))
                .contextFullPolicy(POLICIES.get(random.nextInt(POLICIES.size())));
        if (random.nextInt(4) == 0) {
            request.unlimitedTokens().timeout(Duration.ofMillis(random.nextInt(1, 60_000)));
        }
        engine.submit(request, random.nextInt(1, 3))
                .forEach(stream -> visitors.add(new Visitor(request.build(), stream, null)));
    }

    private void pin(EngineHarness engine, Random random) {
        PrefixPin pin = new PrefixPin(branch -> engine.loop.execute(() -> engine.loop.unpin(branch)));
        EngineRequest.Builder request = request(prompt(random)).maxTokens(0);
        List<Sequence> sequences = engine.factory.create(request.build(), 1, pin);
        assertThat(engine.queue.offer(sequences, (sequence, length) -> {})).isTrue();
        visitors.add(new Visitor(request.build(), sequences.getFirst().stream(), pin));
    }

    private String prompt(Random random) {
        String known = prompts.get(random.nextInt(prompts.size()));
        String beginning = known.substring(0, random.nextInt(known.length()) + 1);
        String prompt = beginning + "abcdefgh".repeat(2).substring(random.nextInt(16));
        prompts.add(prompt.substring(0, Math.min(prompt.length(), LONGEST_PROMPT)));
        return prompts.getLast();
    }
}
