package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** An engine without a thread of its own, on a fake decoder and a clock that stands still: the test takes the steps. */
final class EngineHarness {

    static final DecoderLimits LIMITS = new DecoderLimits(300, 1000, 1000, 64, 32, true, true, true);

    final FakeClock clock = new FakeClock();
    final FakeVocabulary vocabulary = new FakeVocabulary(300);
    final FakeDecoder decoder;
    final RequestQueue queue;
    final EngineLoop loop;
    final SequenceFactory factory;
    final EventLog log = new EventLog();

    EngineHarness() {
        this(LIMITS, EngineOptions.builder());
    }

    EngineHarness(EngineOptions.Builder options) {
        this(LIMITS, options);
    }

    EngineHarness(DecoderLimits limits, EngineOptions.Builder builder) {
        this(limits, builder, clock -> new NgramDrafter());
    }

    EngineHarness(DecoderLimits limits, EngineOptions.Builder builder, Function<FakeClock, Drafter> drafters) {
        Drafter drafter = drafters.apply(clock);
        EngineOptions options = builder.addListener(log).build();
        decoder = new FakeDecoder(limits, clock);
        queue = new RequestQueue(options.queueCapacity());
        loop = new EngineLoop(decoder, vocabulary, options, queue, clock, new Telemetry(List.of(log)), drafter);
        factory = new SequenceFactory(vocabulary, limits, options, clock, () -> {}, new AtomicLong());
    }

    static EngineRequest.Builder request(String prompt) {
        return EngineRequest.builder(tokens(prompt))
                .sampling(SamplingOptions.greedy())
                .maxTokens(10);
    }

    static int[] tokens(String text) {
        return text.chars().toArray();
    }

    Generation submit(EngineRequest.Builder request) {
        return submit(request, 1).getFirst();
    }

    List<Generation> submit(EngineRequest.Builder request, int samples) {
        List<Sequence> sequences = factory.create(request.build(), samples, null);
        assertThat(queue.offer(sequences, (sequence, length) -> {})).isTrue();
        return sequences.stream().map(Sequence::stream).toList();
    }

    /** Steps until nothing is left to do. */
    void runAll() {
        int steps = 0;
        while (!loop.isIdle()) {
            if (!loop.step() && !loop.isIdle()) {
                Duration idle = loop.idleTime();
                if (idle.compareTo(Duration.ofHours(1)) > 0) {
                    throw new AssertionError("stuck: " + loop.stats() + " " + log);
                }
                clock.advance(idle);
            }
            if (++steps > 20_000) {
                throw new AssertionError("no end: " + loop.stats());
            }
        }
        loop.step();
    }

    void step(int times) {
        for (int i = 0; i < times; i++) {
            loop.step();
        }
    }

    /** What has come so far, without waiting. */
    static List<GenerationEvent> events(Generation stream) {
        List<GenerationEvent> events = new ArrayList<>();
        for (var event = stream.poll(Duration.ZERO); event.isPresent(); event = stream.poll(Duration.ZERO)) {
            events.add(event.get());
        }
        return events;
    }

    Completion result(Generation stream) {
        runAll();
        return stream.result();
    }

    /** What a prompt continues with when it has the decoder to itself. */
    String alone(String prompt, int count) {
        List<Integer> tokens = new ArrayList<>();
        for (int token : tokens(prompt)) {
            tokens.add(token);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int next = decoder.language.apply(tokens.stream().mapToInt(t -> t).toArray());
            tokens.add(next);
            text.append((char) next);
        }
        return text.toString();
    }

    /** Every cell is accounted for: the tree and the decoder agree. */
    void checkCells() {
        assertThat(loop.stats().usedCells()).isEqualTo(decoder.usedCells());
    }
}
