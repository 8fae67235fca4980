package io.github.llamacpp4j.engine;

import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Chooses the next token of a sequence from the logits of the last batch. */
final class TokenSampler {

    /** Instead of a token: the constraint allows none. */
    static final int NO_TOKEN = -1;

    private final Decoder decoder;
    private final Candidates candidates;
    private final LogprobReader logprobs;
    private final int[] endOfGeneration;
    private final int[] suppressed;
    private @Nullable TokenLogprobs lastLogprobs;

    TokenSampler(Decoder decoder, EngineVocabulary vocabulary) {
        this.decoder = decoder;
        candidates = new Candidates(decoder.limits().vocabularySize());
        logprobs = new LogprobReader(decoder.limits().vocabularySize());
        endOfGeneration = IntStream.range(0, vocabulary.size())
                .filter(vocabulary::isEndOfGeneration)
                .toArray();
        suppressed =
                vocabulary.suppressedTokens().stream().mapToInt(token -> token).toArray();
    }

    /**
     * The token that follows the one at {@code batchIndex}; {@link #NO_TOKEN} if the constraint allows none. The sequence has not
     * changed yet.
     */
    int sample(Sequence sequence, int batchIndex) {
        lastLogprobs = null;
        decoder.copyLogits(batchIndex, candidates.nextRow());
        OptionalInt wanted = sequence.request().logprobs();
        if (wanted.isPresent()) {
            logprobs.read(candidates, wanted.getAsInt());
        }
        exclude(suppressed);
        boolean endExcluded = excludeEnd(sequence);
        int token = sequence.sampler().sample(candidates);
        TokenConstraint constraint = sequence.constraint();
        if (constraint != null && !constraint.accepts(token)) {
            token = sampleConstrained(sequence, constraint, batchIndex, endExcluded);
        }
        if (wanted.isPresent() && token != NO_TOKEN) {
            lastLogprobs = logprobs.choose(token);
        }
        return token;
    }

    /** How likely {@code token} of a prompt was behind the token at {@code batchIndex}, and what else was. */
    TokenLogprobs judge(Sequence sequence, int token, int batchIndex) {
        decoder.copyLogits(batchIndex, candidates.nextRow());
        logprobs.read(candidates, sequence.request().logprobs().orElse(0));
        return logprobs.choose(token);
    }

    /** The log probabilities of the token sampled last, if its request asks for them. */
    @Nullable
    TokenLogprobs lastLogprobs() {
        return lastLogprobs;
    }

    private int sampleConstrained(Sequence sequence, TokenConstraint constraint, int batchIndex, boolean endExcluded) {
        long[] allowed = constraint.mask();
        if (endExcluded) {
            for (int token : endOfGeneration) {
                allowed[token >> 6] &= ~(1L << token);
            }
        }
        decoder.copyLogits(batchIndex, candidates.nextRow());
        exclude(suppressed);
        candidates.retain(allowed);
        return candidates.size() == 0 ? NO_TOKEN : sequence.sampler().sample(candidates);
    }

    private void exclude(int[] tokens) {
        if (tokens.length > 0) {
            candidates.exclude(tokens);
        }
    }

    private boolean excludeEnd(Sequence sequence) {
        EngineRequest request = sequence.request();
        boolean excluded = request.ignoreEndOfGeneration() || sequence.generatedTokens() < request.minTokens();
        if (excluded) {
            exclude(endOfGeneration);
        }
        return excluded;
    }
}
