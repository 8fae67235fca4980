package io.github.llamacpp4j.engine;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Chooses the tokens that follow a decoded part of a batch, appends and delivers them and says whether they end the sequence. */
final class TokenIntake {

    /**
     * What came of a part of a batch.
     *
     * @param acceptedDraft how many guesses were right
     * @param reason why the sequence ends, or null if it goes on
     */
    record Taken(int acceptedDraft, @Nullable FinishReason reason) {}

    private final TokenSampler sampler;
    private final EngineVocabulary vocabulary;
    private final LongSupplier clock;
    private final Telemetry telemetry;

    TokenIntake(TokenSampler sampler, EngineVocabulary vocabulary, LongSupplier clock, Telemetry telemetry) {
        this.sampler = sampler;
        this.vocabulary = vocabulary;
        this.clock = clock;
        this.telemetry = telemetry;
    }

    /** Takes what a part of a batch tells about the prompt's tokens that follow those in it. */
    void takePrompt(BatchSlice slice, TokenBatch batch) {
        PromptLogprobs prompt = slice.sequence().promptLogprobs();
        for (int i = slice.batchIndex(); i < slice.batchIndex() + slice.tokens(); i++) {
            int next = batch.position(i) + 1;
            if (prompt.awaits(next)) {
                prompt.add(sampler.judge(
                        slice.sequence(), slice.sequence().tokens().get(next), i));
            }
        }
    }

    /**
     * Takes the token behind the pending ones and, as long as it is the one guessed, the token behind that guess, and so on.
     *
     * @return what was taken
     */
    Taken take(BatchSlice slice, TokenBatch batch) {
        Sequence sequence = slice.sequence();
        int accepted = 0;
        @Nullable FinishReason reason = null;
        for (int i = 0; i <= slice.drafted(); i++) {
            int before = sequence.tokens().size();
            int batchIndex = slice.batchIndex() + slice.tokens() - 1 + i;
            reason = takeOne(sequence, batchIndex);
            boolean guessed = i < slice.drafted()
                    && sequence.tokens().size() == before + 1
                    && sequence.tokens().get(before) == batch.token(batchIndex + 1);
            accepted += guessed ? 1 : 0;
            if (reason != null || !guessed) {
                break;
            }
        }
        if (slice.drafted() > 0) {
            sequence.speculated(slice.drafted(), accepted);
            telemetry.speculated(sequence, slice.drafted(), accepted);
        }
        return new Taken(accepted, reason);
    }

    private @Nullable FinishReason takeOne(Sequence sequence, int batchIndex) {
        int token = sampler.sample(sequence, batchIndex);
        if (token == TokenSampler.NO_TOKEN) {
            return FinishReason.CONSTRAINT_COMPLETE;
        }
        FinishReason reason = append(sequence, token, sampler.lastLogprobs(), false);
        return reason != null ? reason : takeForced(sequence);
    }

    private @Nullable FinishReason takeForced(Sequence sequence) {
        TokenConstraint constraint = sequence.constraint();
        if (constraint == null) {
            return null;
        }
        for (int token : constraint.forcedTokens()) {
            FinishReason reason = append(sequence, token, null, true);
            if (reason != null) {
                return reason;
            }
        }
        return null;
    }

    private @Nullable FinishReason append(
            Sequence sequence, int token, @Nullable TokenLogprobs logprobs, boolean forced) {
        boolean first = sequence.generatedTokens() == 0;
        long nanos = sequence.generated(token, clock.getAsLong(), forced);
        TokenConstraint constraint = sequence.constraint();
        if (constraint != null) {
            constraint.accept(token);
        }
        FinishReason reason = deliver(sequence, token, logprobs);
        telemetry.token(sequence, first, nanos);
        boolean enough =
                sequence.generatedTokens() >= sequence.request().maxTokens().orElse(Integer.MAX_VALUE);
        return reason == null && enough ? FinishReason.MAX_TOKENS : reason;
    }

    private @Nullable FinishReason deliver(Sequence sequence, int token, @Nullable TokenLogprobs logprobs) {
        SequenceOutput output = sequence.output();
        if (vocabulary.isEndOfGeneration(token)) {
            output.addSilently(token, logprobs);
            return FinishReason.END_OF_GENERATION;
        }
        if (sequence.request().stopTokens().contains(token)) {
            output.addSilently(token, logprobs);
            return FinishReason.STOP_TOKEN;
        }
        return output.add(token, logprobs) ? FinishReason.STOP_TEXT : null;
    }
}
