package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lets a test see the logits from which each token of a request was chosen, through a constraint that allows everything. */
final class RowTaps {

    private final ModelVocabulary vocabulary;
    private final Model model;
    private final ContextOptions context;
    private final EngineOptions options;
    private volatile float[] lastRow = new float[0];

    RowTaps(ModelVocabulary vocabulary, Model model, ContextOptions context, EngineOptions options) {
        this.vocabulary = vocabulary;
        this.model = model;
        this.context = context;
        this.options = options;
    }

    /** An engine whose requests may have taps. */
    Engine start() {
        return Engine.start(() -> new TappedDecoder(ContextDecoder.open(model, context, options)), vocabulary, options);
    }

    /** Keeps tokens and logits. */
    Tap recording() {
        return new Tap(null);
    }

    /** Holds tokens and logits against those of another run, up to the first token that differs. */
    Tap comparingWith(Tap other) {
        return new Tap(other);
    }

    /** What one request was chosen from. Used by the engine's thread, then by the test. */
    final class Tap implements TokenConstraint {

        private final @Nullable Tap other;
        private final List<float[]> rows = new ArrayList<>();
        private final List<Integer> tokens = new ArrayList<>();
        private boolean differs;
        private float largestDifference;
        private float differenceThere;
        private float gapThere;

        private Tap(@Nullable Tap other) {
            this.other = other;
        }

        @Override
        public boolean accepts(int token) {
            float[] row = lastRow;
            if (other == null) {
                rows.add(row.clone());
            } else if (!differs) {
                compare(other, token, row);
            }
            tokens.add(token);
            return true;
        }

        private void compare(Tap alone, int token, float[] row) {
            int step = tokens.size();
            float[] expected = alone.rows.get(step);
            differenceThere = 0;
            for (int i = 0; i < row.length; i++) {
                differenceThere = Math.max(differenceThere, Math.abs(row[i] - expected[i]));
            }
            largestDifference = Math.max(largestDifference, differenceThere);
            if (alone.tokens.get(step) != token) {
                differs = true;
                gapThere = expected[alone.tokens.get(step)] - expected[token];
            }
        }

        @Override
        public void accept(int token) {}

        @Override
        public long[] mask() {
            throw new AssertionError("every token is allowed");
        }

        @Override
        public int[] forcedTokens() {
            return new int[0];
        }

        @Override
        public void rollback(int count) {
            throw new AssertionError("nothing is guessed");
        }

        @Override
        public boolean mayEnd() {
            return true;
        }

        boolean differs() {
            return differs;
        }

        float largestDifference() {
            return largestDifference;
        }

        void checkClose() {
            if (differs) {
                assertThat(gapThere)
                        .as("distance of the two tokens at the first difference")
                        .isLessThanOrEqualTo(2 * differenceThere);
            }
        }
    }

    /** A decoder that shows the row copied last. */
    private final class TappedDecoder implements Decoder {

        private final Decoder decoder;

        private TappedDecoder(Decoder decoder) {
            this.decoder = decoder;
        }

        @Override
        public DecoderLimits limits() {
            return decoder.limits();
        }

        @Override
        public DecodeStatus decode(TokenBatch batch) {
            return decoder.decode(batch);
        }

        @Override
        public void copyLogits(int batchIndex, float[] row) {
            decoder.copyLogits(batchIndex, row);
            lastRow = row.clone();
        }

        @Override
        public void share(int sourceSequence, int targetSequence, int length) {
            decoder.share(sourceSequence, targetSequence, length);
        }

        @Override
        public void cut(int sequence, int fromPosition) {
            decoder.cut(sequence, fromPosition);
        }

        @Override
        public void removeAndShift(int sequence, int fromPosition, int toPosition) {
            decoder.removeAndShift(sequence, fromPosition, toPosition);
        }

        @Override
        public Optional<SavedSequence> save(int sequence) {
            return decoder.save(sequence);
        }

        @Override
        public boolean restore(int sequence, SavedSequence state) {
            return decoder.restore(sequence, state);
        }

        @Override
        public void abort() {
            decoder.abort();
        }

        @Override
        public void close() {
            decoder.close();
        }
    }
}
