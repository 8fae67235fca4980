package io.github.llamacpp4j.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Turns requests into sequences, refusing those that can never be served. Thread-safe. */
final class SequenceFactory {

    private static final int CACHED_BREAKERS = 16;
    private static final long SEED_MASK = 0xFFFF_FFFFL;

    private final EngineVocabulary vocabulary;
    private final DecoderLimits limits;
    private final EngineOptions options;
    private final LongSupplier clock;
    private final Runnable wakeEngine;
    private final AtomicLong ids;
    private final Map<List<String>, DryBreakers> breakers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<String>, DryBreakers> eldest) {
            return size() > CACHED_BREAKERS;
        }
    };

    SequenceFactory(
            EngineVocabulary vocabulary,
            DecoderLimits limits,
            EngineOptions options,
            LongSupplier clock,
            Runnable wakeEngine,
            AtomicLong ids) {
        this.vocabulary = vocabulary;
        this.limits = limits;
        this.options = options;
        this.clock = clock;
        this.wakeEngine = wakeEngine;
        this.ids = ids;
    }

    /** As many sequences as samples are wanted, alike but for the seed. */
    List<Sequence> create(EngineRequest request, int samples, @Nullable PrefixPin pin) {
        if (samples < 1 || samples > options.queueCapacity()) {
            throw new IllegalArgumentException(
                    "samples must be 1 to the queue's capacity of " + options.queueCapacity() + ", got " + samples);
        }
        check(request);
        List<Sequence> sequences = new ArrayList<>(samples);
        for (int sample = 0; sample < samples; sample++) {
            sequences.add(createOne(request, sample, pin));
        }
        return sequences;
    }

    private Sequence createOne(EngineRequest request, int sample, @Nullable PrefixPin pin) {
        SamplingOptions sampling = request.sampling();
        long seed = (SamplerPipeline.chooseSeed(sampling) + (sampling.seed().isPresent() ? sample : 0)) & SEED_MASK;
        SamplerPipeline sampler = SamplerPipeline.of(sampling, limits.vocabularySize(), breakersOf(sampling), seed);
        TokenConstraint constraint = request.constraint()
                .map(maker -> new GuardedConstraint(maker.get(), limits.vocabularySize()))
                .orElse(null);
        long id = ids.incrementAndGet();
        Generation stream = new Generation(id, options.eventCapacity(), wakeEngine);
        return new Sequence(id, request, stream, sampler, constraint, vocabulary, clock.getAsLong(), pin);
    }

    private void check(EngineRequest request) {
        int[] prompt = request.promptArray();
        for (int i = 0; i < prompt.length; i++) {
            if (prompt[i] < 0 || prompt[i] >= limits.vocabularySize()) {
                throw new IllegalArgumentException("prompt token " + i + ": expected an id of 0 to "
                        + (limits.vocabularySize() - 1) + ", got " + prompt[i]);
            }
        }
        int most = Math.min(limits.sequenceCells(), limits.cells());
        if (prompt.length > most) {
            throw new ContextOverflowException(prompt.length, 0, most);
        }
    }

    private DryBreakers breakersOf(SamplingOptions sampling) {
        if (!SamplerPipeline.usesDry(sampling)) {
            return DryBreakers.ofTokens(List.of());
        }
        synchronized (breakers) {
            return breakers.computeIfAbsent(sampling.drySequenceBreakers(), texts -> DryBreakers.of(texts, vocabulary));
        }
    }
}
