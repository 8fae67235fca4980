package io.github.llamacpp4j.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One generation from its submission to its end: the tokens so far, what decides on the next one and where it stands. The tokens
 * beyond {@link #decoded()} wait to be decoded, whether they are of a prompt, were just sampled or forced by a constraint, or
 * were lost to another sequence; so one rule serves all.
 *
 * <p>Belongs to the engine's thread once it has left the queue.
 */
final class Sequence {

    static final long NO_DEADLINE = Long.MAX_VALUE;

    private static final double DRAFT_WEIGHT = 0.2;
    private static final double POOR_DRAFT_QUALITY = 0.15;

    private final long id;
    private final EngineRequest request;
    private final Generation stream;
    private final TokenList tokens;
    private final SamplerPipeline sampler;
    private final @Nullable TokenConstraint constraint;
    private final SequenceOutput output;
    private final long submittedNanos;
    private final long deadlineNanos;
    private final @Nullable PrefixPin pin;
    private final PromptLogprobs promptLogprobs;

    private @Nullable Branch branch;
    private @Nullable Sequence leader;
    private long preemptedIn = -1;
    private int bypassed;
    private long charged;
    private int promptLength;
    private int cachedTokens;
    private int generatedTokens;
    private int forcedTokens;
    private int draftedTokens;
    private int acceptedDraftTokens;
    private double draftQuality = 0.5;
    private int draftsAgainAt;
    private long admittedNanos;
    private long firstTokenNanos;
    private long lastTokenNanos;
    private long pausedSinceNanos;
    private boolean admitted;
    private boolean started;
    private boolean paused;
    private boolean finished;

    Sequence(
            long id,
            EngineRequest request,
            Generation stream,
            SamplerPipeline sampler,
            @Nullable TokenConstraint constraint,
            EngineVocabulary vocabulary,
            long now,
            @Nullable PrefixPin pin) {
        this.id = id;
        this.request = request;
        this.stream = stream;
        this.sampler = sampler;
        this.constraint = constraint;
        this.pin = pin;
        tokens = new TokenList(request.promptArray());
        promptLength = tokens.size();
        promptLogprobs = new PromptLogprobs(request, stream);
        output = new SequenceOutput(request, vocabulary, stream.events());
        submittedNanos = now;
        deadlineNanos =
                request.timeout().map(timeout -> now + Nanos.of(timeout)).orElse(NO_DEADLINE);
        acceptPrompt();
    }

    private void acceptPrompt() {
        int window = Math.max(
                request.sampling().penaltyLastTokens(), request.sampling().dryLastTokens());
        for (int i = Math.max(0, tokens.size() - window); i < tokens.size(); i++) {
            sampler.accept(tokens.get(i));
        }
    }

    long id() {
        return id;
    }

    EngineRequest request() {
        return request;
    }

    Generation stream() {
        return stream;
    }

    TokenList tokens() {
        return tokens;
    }

    SamplerPipeline sampler() {
        return sampler;
    }

    @Nullable
    TokenConstraint constraint() {
        return constraint;
    }

    SequenceOutput output() {
        return output;
    }

    PromptLogprobs promptLogprobs() {
        return promptLogprobs;
    }

    /** Whether what the memory holds of other sequences is of use. */
    boolean takesPrefixes() {
        return request.prefixCache() && !request.promptLogprobs();
    }

    @Nullable
    PrefixPin pin() {
        return pin;
    }

    int promptLength() {
        return promptLength;
    }

    /** The sequence's place in the decoder's memory; null until it has one. */
    @Nullable
    Branch branch() {
        return branch;
    }

    /** Takes the place in the memory away until the situation named by {@code epoch} has changed. */
    void preempt(long epoch) {
        branch = null;
        preemptedIn = epoch;
    }

    /** Whether the situation is still the one in which the sequence lost its place. */
    boolean isPreemptedIn(long epoch) {
        return preemptedIn == epoch;
    }

    void branch(@Nullable Branch newBranch) {
        branch = newBranch;
        leader = null;
    }

    /** The sequence whose prompt this one waits for, because they begin alike. */
    @Nullable
    Sequence leader() {
        return leader;
    }

    void follow(Sequence newLeader) {
        leader = newLeader;
    }

    /** How many of the tokens are in the decoder's memory. */
    int decoded() {
        return branch == null ? 0 : branch.length();
    }

    /** How many tokens wait to be decoded. */
    int pending() {
        return tokens.size() - decoded();
    }

    /** Whether logits are wanted once all pending tokens are decoded. */
    boolean wantsToken() {
        return request.maxTokens().orElse(1) > 0;
    }

    int generatedTokens() {
        return generatedTokens;
    }

    /** How many tokens the sequence will have at most, as far as is known. */
    int reserve(int openEnded, int limit) {
        long wanted = request.maxTokens().isPresent()
                ? (long) promptLength + request.maxTokens().getAsInt()
                : Math.max((long) promptLength + openEnded, tokens.size() + 1L + openEnded / 4);
        return (int) Math.min(limit, wanted);
    }

    int bypassed() {
        return bypassed;
    }

    void bypass() {
        bypassed++;
    }

    /** Remembers as how many tokens its caller was told it counts. */
    void charge(long tokens) {
        charged = tokens;
    }

    long charged() {
        return charged;
    }

    /** How many tokens it has had so far, of the prompt and generated, those it has forgotten included. */
    long usedTokens() {
        return (long) request.promptTokens() + generatedTokens;
    }

    long submittedNanos() {
        return submittedNanos;
    }

    boolean isOverdue(long now) {
        return deadlineNanos != NO_DEADLINE && now - deadlineNanos >= 0;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    boolean isAdmitted() {
        return admitted;
    }

    void admit(long now) {
        admitted = true;
        admittedNanos = now;
    }

    /** Notes how much of the prompt was in the memory already; false if the sequence had started before. */
    boolean start(int cached) {
        if (started) {
            return false;
        }
        started = true;
        cachedTokens = cached;
        return true;
    }

    long queuedNanos() {
        return admittedNanos - submittedNanos;
    }

    /** Remembers whether the reader lags behind, and since when. */
    boolean pause(boolean now, long nanos) {
        if (now && !paused) {
            pausedSinceNanos = nanos;
        }
        paused = now;
        return now;
    }

    boolean isPaused() {
        return paused;
    }

    long pausedSinceNanos() {
        return pausedSinceNanos;
    }

    /** Appends a generated token and returns how long it took since the one before, or since submission. */
    long generated(int token, long now, boolean forced) {
        tokens.add(token);
        long since = generatedTokens == 0 ? submittedNanos : lastTokenNanos;
        if (generatedTokens++ == 0) {
            firstTokenNanos = now;
        }
        if (forced) {
            forcedTokens++;
        }
        lastTokenNanos = now;
        sampler.accept(token);
        return now - since;
    }

    /** Forgets tokens in the middle. */
    void forget(int from, int to) {
        tokens.remove(from, to);
        promptLength -= Math.max(0, Math.min(to, promptLength) - from);
    }

    void speculated(int drafted, int accepted) {
        draftedTokens += drafted;
        acceptedDraftTokens += accepted;
        draftQuality += DRAFT_WEIGHT * ((double) accepted / drafted - draftQuality);
        draftsAgainAt = generatedTokens;
    }

    /** Whether recent guesses were mostly wrong, so that none should be made until {@code pause} more tokens have come. */
    boolean isDraftingPoor(int pause) {
        return draftQuality < POOR_DRAFT_QUALITY && generatedTokens < draftsAgainAt + pause;
    }

    boolean isFinished() {
        return finished;
    }

    /** Ends the sequence and its stream. */
    FinishedEvent finish(FinishReason reason, long now) {
        finished = true;
        FinishedEvent end = new FinishedEvent(output.finish(reason), reason, sampler.seed(), usage(), timings(now));
        stream.events().add(end);
        return end;
    }

    void fail(EngineException cause) {
        finished = true;
        stream.events().fail(cause);
    }

    private Usage usage() {
        return new Usage(
                request.promptTokens(),
                cachedTokens,
                generatedTokens,
                forcedTokens,
                draftedTokens,
                acceptedDraftTokens);
    }

    private Timings timings(long now) {
        long start = admitted ? admittedNanos : now;
        long first = generatedTokens > 0 ? firstTokenNanos : now;
        long last = generatedTokens > 0 ? lastTokenNanos : now;
        return new Timings(
                Duration.ofNanos(start - submittedNanos),
                Duration.ofNanos(first - start),
                Duration.ofNanos(last - first),
                Duration.ofNanos(first - submittedNanos),
                Duration.ofNanos(now - submittedNanos));
    }
}
