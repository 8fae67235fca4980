package io.github.llamacpp4j.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the stress tests put through the queues. */
final class Stress {

    static final TokenEvent TOKEN = new TokenEvent(1, "x", Optional.empty());
    static final FinishedEvent END = new FinishedEvent(
            "",
            FinishReason.MAX_TOKENS,
            0,
            new Usage(1, 0, 1, 0, 0, 0),
            new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO));

    private static final int VOCABULARY = 2;

    private Stress() {}

    static EngineException failure() {
        return new EngineClosedException("closed");
    }

    /** A request of a caller, as it is in the queue. */
    static List<Sequence> request(long id) {
        EngineRequest request = EngineRequest.builder(1).maxTokens(1).build();
        return List.of(new Sequence(
                id,
                request,
                new Generation(id, 4, () -> {}),
                SamplerPipeline.of(SamplingOptions.greedy(), VOCABULARY, DryBreakers.ofTokens(List.of()), 0),
                null,
                new TwoTokens(),
                0,
                null));
    }

    /** Takes what is there without waiting: {@code T}, {@code E} or {@code -}. */
    static String take(EventBuffer buffer) {
        try {
            @Nullable GenerationEvent event = buffer.take(0);
            return event == null ? "-" : event instanceof TokenEvent ? "T" : "E";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /** A vocabulary of an end and a letter. */
    private static final class TwoTokens implements EngineVocabulary {

        @Override
        public int size() {
            return VOCABULARY;
        }

        @Override
        public boolean isEndOfGeneration(int token) {
            return token == 0;
        }

        @Override
        public byte[] piece(int token) {
            return token == 0 ? new byte[0] : new byte[] {'x'};
        }

        @Override
        public byte[] text(int token) {
            return piece(token);
        }

        @Override
        public int[] tokenize(byte[] text) {
            int[] tokens = new int[text.length];
            java.util.Arrays.fill(tokens, 1);
            return tokens;
        }
    }
}
