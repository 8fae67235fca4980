package io.github.llamacpp4j.engine;

import io.github.llamacpp4j.engine.Branch.Use;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * The engine's work, one step at a time: drop what was cancelled, admit what fits, build a batch, decode it, choose and deliver
 * tokens. All mutable state belongs to the thread that calls {@link #step}.
 */
final class EngineLoop {

    /** As many tokens must be saved at least for a prompt to wait until another one has read them. */
    private static final int WORTH_FOLLOWING = 32;

    /** Prompts are read in pieces of this many tokens where the result must not depend on the load. */
    private static final int DETERMINISTIC_CHUNK = 128;

    /** Idle cells make room this many tokens before each running sequence needs it. */
    private static final int FORESIGHT = 32;

    private final EngineOptions options;
    private final LongSupplier clock;
    private final Telemetry telemetry;
    private final RequestQueue queue;
    private final SequenceStore store;
    private final Checkpoints checkpoints;
    private final Speculation speculation;
    private final BatchBuilder builder;
    private final PrefillBudget budget;
    private final StepRunner runner;
    private final TokenIntake intake;
    private final long deliveryIntervalNanos;
    private final List<Sequence> active = new ArrayList<>();
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private int solo;
    private int batchLimit = Integer.MAX_VALUE;
    private long departures;
    private long lastDecodeNanos;
    private long idleSince;
    private volatile EngineStats stats;

    EngineLoop(
            Decoder decoder,
            EngineVocabulary vocabulary,
            EngineOptions options,
            RequestQueue queue,
            LongSupplier clock,
            Telemetry telemetry,
            Drafter drafter) {
        this.options = options;
        this.clock = clock;
        this.telemetry = telemetry;
        this.queue = queue;
        store = new SequenceStore(decoder, options, telemetry);
        speculation = new Speculation(drafter, decoder.limits(), options);
        checkpoints = new Checkpoints(store, options);
        builder = new BatchBuilder(decoder.limits(), speculation, checkpoints);
        budget = new PrefillBudget(options, decoder.limits().split());
        runner = new StepRunner(decoder, store);
        intake = new TokenIntake(new TokenSampler(decoder, vocabulary), vocabulary, clock, telemetry);
        deliveryIntervalNanos = Nanos.of(options.deliveryInterval());
        idleSince = clock.getAsLong();
        stats = snapshot();
    }

    /** What the engine was doing at the end of the last step. Thread-safe. */
    EngineStats stats() {
        return stats;
    }

    /** Has the thread that steps run a command. Thread-safe. */
    void execute(Runnable command) {
        commands.add(command);
    }

    boolean isIdle() {
        return active.isEmpty() && queue.size() == 0;
    }

    /** Does one round of work; false if there was nothing to do. */
    boolean step() {
        long departuresBefore = departures;
        runCommands();
        endWhatIsOver();
        admit();
        openBranches();
        List<Sequence> runnable = runnable();
        boolean worked = !runnable.isEmpty();
        if (worked) {
            decode(runnable);
            idleSince = clock.getAsLong();
        } else {
            publish(Long.MAX_VALUE);
            dropStaleCache();
        }
        stats = snapshot();
        return worked || departures != departuresBefore;
    }

    private void runCommands() {
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
    }

    /** How long nothing needs to be done unless something happens outside. */
    Duration idleTime() {
        long now = clock.getAsLong();
        long next = earliest(queue.earliestDeadline(now), dropCacheAt(), now);
        for (Sequence sequence : active) {
            next = earliest(next, sequence.deadlineNanos(), now);
            if (sequence.isPaused()) {
                next = earliest(next, sequence.pausedSinceNanos() + Nanos.of(options.abandonedAfter()), now);
            }
        }
        return next == Sequence.NO_DEADLINE ? Duration.ofDays(1) : Duration.ofNanos(Math.max(next - now, 0));
    }

    private long dropCacheAt() {
        return options.dropCacheAfter().isZero() || store.idleCount() == 0
                ? Sequence.NO_DEADLINE
                : idleSince + Nanos.of(options.dropCacheAfter());
    }

    private static long earliest(long a, long b, long now) {
        if (a == Sequence.NO_DEADLINE || b == Sequence.NO_DEADLINE) {
            return a == Sequence.NO_DEADLINE ? b : a;
        }
        return a - now < b - now ? a : b;
    }

    private void dropStaleCache() {
        long due = dropCacheAt();
        if (active.isEmpty() && due != Sequence.NO_DEADLINE && clock.getAsLong() - due >= 0) {
            store.evictAll();
        }
    }

    private void endWhatIsOver() {
        long now = clock.getAsLong();
        queue.removeIf(
                sequence -> sequence.stream().isCancelled() || sequence.isOverdue(now),
                sequence -> telemetry.finished(
                        sequence, sequence.finish(reasonToEnd(sequence, now).orElseThrow(), now)));
        for (Sequence sequence : List.copyOf(active)) {
            sequence.pause(!sequence.stream().events().hasRoom(), now);
            reasonToEnd(sequence, now).ifPresent(reason -> finish(sequence, reason));
        }
    }

    private Optional<FinishReason> reasonToEnd(Sequence sequence, long now) {
        if (sequence.stream().isCancelled()) {
            return Optional.of(FinishReason.CANCELLED);
        }
        if (sequence.isOverdue(now)) {
            return Optional.of(FinishReason.DEADLINE);
        }
        boolean abandoned =
                sequence.isPaused() && now - sequence.pausedSinceNanos() >= Nanos.of(options.abandonedAfter());
        return abandoned ? Optional.of(FinishReason.ABANDONED) : Optional.empty();
    }

    private void admit() {
        while (queue.size() > 0 && active.size() < options.parallelSequences() && !someoneWaitsForCells()) {
            Sequence sequence = queue.take(this::fits, this::reserve);
            if (sequence == null) {
                return;
            }
            sequence.admit(clock.getAsLong());
            active.add(sequence);
            findLeader(sequence);
            openBranch(sequence);
        }
    }

    private boolean someoneWaitsForCells() {
        return active.stream().anyMatch(sequence -> sequence.branch() == null && sequence.leader() == null);
    }

    private long reserve(Sequence sequence) {
        return sequence.reserve(options.openEndedReserve(), store.mostTokens());
    }

    private boolean fits(Sequence sequence) {
        SequenceStore.Prefix prefix = findPrefix(sequence);
        if (active.isEmpty()) {
            return true;
        }
        long growth = 0;
        for (Sequence other : active) {
            growth += other == sequence ? 0 : growth(other);
        }
        return store.fits(prefix, (int) reserve(sequence), growth);
    }

    private long growth(Sequence sequence) {
        return Math.max(0, reserve(sequence) - sequence.decoded());
    }

    /** How many cells the pending tokens will take, and up to {@code more} others of each sequence. */
    private long growthSoon(int more) {
        long growth = 0;
        for (Sequence sequence : active) {
            growth += Math.min(growth(sequence), (long) sequence.pending() + more);
        }
        return growth;
    }

    private SequenceStore.Prefix findPrefix(Sequence sequence) {
        if (!sequence.takesPrefixes()) {
            return SequenceStore.Prefix.NONE;
        }
        int needed = sequence.wantsToken() ? 1 : 0;
        return store.findPrefix(sequence.tokens().array(), sequence.tokens().size() - needed);
    }

    /** Lets a sequence wait for one that is reading the same beginning of a prompt. */
    private void findLeader(Sequence sequence) {
        if (options.deterministic() || !sequence.takesPrefixes() || !(canShareLive() || checkpoints.isNeeded())) {
            return;
        }
        int cached = findPrefix(sequence).length();
        active.stream()
                .filter(other -> other != sequence && other.branch() != null)
                .filter(other -> usableOf(other, sequence) - Math.max(cached, other.decoded()) > 0)
                .filter(other -> usableOf(other, sequence) - cached >= WORTH_FOLLOWING)
                .max(Comparator.comparingInt(other -> usableOf(other, sequence)))
                .ifPresent(sequence::follow);
    }

    /** How much of what a sequence is reading another one will be able to take over. */
    private int usableOf(Sequence leader, Sequence sequence) {
        int shared = sharedPrompt(sequence, leader);
        if (canShareLive()) {
            return shared;
        }
        return leader.request().prefixCache() && leader.pin() == null
                ? checkpoints.lastWithin(leader.promptLength(), shared)
                : 0;
    }

    private boolean canShareLive() {
        return store.limits().cutting();
    }

    private static int sharedPrompt(Sequence sequence, Sequence leader) {
        return Math.min(
                sequence.tokens().commonPrefix(leader.tokens()),
                sequence.tokens().size() - 1);
    }

    private void openBranches() {
        for (Sequence sequence : List.copyOf(active)) {
            if (sequence.branch() == null) {
                openBranch(sequence);
            }
        }
    }

    private void openBranch(Sequence sequence) {
        Sequence leader = sequence.leader();
        if (leader != null
                && !leader.isFinished()
                && leader.branch() != null
                && leader.decoded() < usableOf(leader, sequence)) {
            return;
        }
        if (sequence.tokens().size() > store.mostTokens()) {
            fail(sequence, overflow(sequence));
            return;
        }
        if (!nobodyHasBranch() && (sequence.isPreemptedIn(departures) || !fits(sequence))) {
            return;
        }
        store.open(findPrefix(sequence)).ifPresent(branch -> {
            sequence.branch(branch);
            if (sequence.start(branch.length())) {
                telemetry.admitted(sequence, branch.length(), sequence.queuedNanos());
            }
            if (sequence.pending() == 0) {
                finish(sequence, FinishReason.MAX_TOKENS);
            }
        });
    }

    private boolean nobodyHasBranch() {
        return active.stream().allMatch(sequence -> sequence.branch() == null);
    }

    private List<Sequence> runnable() {
        List<Sequence> runnable = new ArrayList<>(active.size());
        for (Sequence sequence : active) {
            if (sequence.branch() != null && !sequence.isPaused()) {
                runnable.add(sequence);
            }
        }
        return runnable;
    }

    private void decode(List<Sequence> runnable) {
        long begin = clock.getAsLong();
        store.offload(growthSoon(0));
        store.pack();
        Sequence suspect = runner.nextSuspect(runnable);
        if (suspect != null) {
            builder.buildAlone(suspect, suspect.pending());
        } else if (options.deterministic()) {
            builder.buildAlone(runnable.get((solo++ & Integer.MAX_VALUE) % runnable.size()), DETERMINISTIC_CHUNK);
        } else {
            speculation.prepare(runnable);
            builder.build(runnable, budget, Math.min(batchLimit, store.obtainableCells()), store.usedCells());
        }
        boolean decodesOnly = builder.decodeTokens() == builder.batch().size();
        publish(decodesOnly ? lastDecodeNanos : Long.MAX_VALUE);
        long start = clock.getAsLong();
        StepRunner.Outcome outcome = runner.run(builder.batch(), builder.slices(), suspect != null);
        long decoded = clock.getAsLong();
        switch (outcome) {
            case DECODED -> {
                batchLimit = Integer.MAX_VALUE;
                budget.measured(
                        builder.decodeTokens(), builder.batch().size() - builder.decodeTokens(), decoded - start);
                int tokens = 0;
                boolean guessed = false;
                for (BatchSlice slice : builder.slices()) {
                    tokens += take(slice);
                    guessed |= slice.drafted() > 0;
                }
                if (suspect == null && decodesOnly) {
                    speculation.measured(guessed, tokens, decoded - begin);
                    lastDecodeNanos = clock.getAsLong() - begin;
                }
                store.offload(growthSoon(FORESIGHT));
                report(start, decoded);
            }
            case NO_ROOM -> preemptYoungest();
            case RETRY -> dropLostBranches();
            case GUILTY -> fail(builder.slices().getFirst().sequence(), runner.fault());
        }
    }

    /** Wakes the readers whose tokens cannot wait until the next step is done. */
    private void publish(long stepNanos) {
        long now = clock.getAsLong();
        for (Sequence sequence : active) {
            sequence.stream().events().publish(now, stepNanos, deliveryIntervalNanos);
        }
    }

    private void dropLostBranches() {
        for (BatchSlice slice : builder.slices()) {
            if (!store.isOpen(slice.branch())) {
                slice.sequence().branch(null);
            }
        }
    }

    private void report(long start, long decoded) {
        telemetry.stepped(new EngineStep(
                builder.decodeTokens(),
                builder.batch().size() - builder.decodeTokens(),
                active.size(),
                queue.size(),
                store.usedCells(),
                decoded - start,
                clock.getAsLong() - decoded));
    }

    /** Takes what came of a part of a batch and returns how many tokens it yielded. */
    private int take(BatchSlice slice) {
        Sequence sequence = slice.sequence();
        for (int i = 0; i < slice.tokens() + slice.drafted(); i++) {
            store.append(slice.branch(), builder.batch().token(slice.batchIndex() + i));
        }
        checkpoints.reached(sequence, slice.branch());
        if (slice.tokens() > 1 || sequence.generatedTokens() == 0) {
            telemetry.prefilled(sequence, slice.tokens(), Math.max(sequence.pending(), 0));
        }
        try {
            intake.takePrompt(slice, builder.batch());
            if (!slice.wantsLogits()) {
                if (sequence.pending() == 0) {
                    finish(sequence, FinishReason.MAX_TOKENS);
                }
                return 0;
            }
            TokenIntake.Taken taken = intake.take(slice, builder.batch());
            int wrong = slice.drafted() - taken.acceptedDraft();
            if (wrong > 0) {
                store.cut(slice.branch(), slice.branch().length() - wrong);
            }
            if (taken.reason() != null) {
                finish(sequence, taken.reason());
            } else if (sequence.tokens().size() > store.mostTokens()) {
                overflow(sequence, slice.branch());
            }
            return 1 + taken.acceptedDraft();
        } catch (InvalidLogitsException | ConstraintFailedException e) {
            fail(sequence, e);
            return 0;
        }
    }

    private void overflow(Sequence sequence, Branch branch) {
        switch (sequence.request().contextFullPolicy()) {
            case STOP -> finish(sequence, FinishReason.CONTEXT_FULL);
            case FAIL -> fail(sequence, overflow(sequence));
            case SHIFT -> {
                int size = sequence.tokens().size();
                int from = Math.min(sequence.request().keepTokens(), size - 2);
                int to = from + Math.max(1, (size - from) / 2);
                sequence.forget(from, to);
                if (!store.shift(branch, from, to, sequence.tokens())) {
                    store.close(branch);
                    sequence.branch(null);
                }
            }
        }
    }

    private ContextOverflowException overflow(Sequence sequence) {
        return new ContextOverflowException(
                sequence.request().promptTokens(), sequence.generatedTokens(), store.mostTokens());
    }

    /** Takes the cells of the youngest sequence of the lowest priority; it will be computed anew when there is room. */
    private void preemptYoungest() {
        List<Sequence> holding =
                active.stream().filter(sequence -> sequence.branch() != null).toList();
        Sequence youngest = holding.stream()
                .min(Comparator.comparingInt((Sequence s) -> s.request().priority())
                        .thenComparingLong(s -> -s.id()))
                .orElseThrow();
        if (holding.size() == 1) {
            if (builder.batch().size() > 1) {
                batchLimit = builder.batch().size() / 2;
            } else {
                fail(youngest, overflow(youngest));
            }
            return;
        }
        Branch branch = youngest.branch();
        if (branch != null) {
            int before = store.usedCells();
            store.close(branch);
            youngest.preempt(departures);
            telemetry.preempted(youngest, before - store.usedCells());
        }
    }

    private void finish(Sequence sequence, FinishReason reason) {
        if (sequence.pin() != null && !store.canPin()) {
            fail(
                    sequence,
                    new EngineOverloadedException(
                            store.mostPinned() == 0
                                    ? "this engine pins nothing: that takes retainedSequences and CacheLayout.UNIFIED, and not deterministic"
                                    : "as many prefixes are pinned as there may be, " + store.mostPinned()
                                            + "; close one first"));
            return;
        }
        leave(sequence);
        Branch branch = sequence.branch();
        if (branch != null) {
            end(sequence, branch);
        }
        telemetry.finished(sequence, sequence.finish(reason, clock.getAsLong()));
    }

    private void end(Sequence sequence, Branch branch) {
        PrefixPin pin = sequence.pin();
        if (pin != null && sequence.pending() == 0) {
            store.retain(branch, sequence.tokens(), Use.PINNED);
            if (!pin.hold(branch)) {
                store.unpin(branch);
            }
        } else if (sequence.request().prefixCache()) {
            store.retain(branch, sequence.tokens(), Use.RETAINED);
        } else {
            store.close(branch);
        }
    }

    private void fail(Sequence sequence, EngineException cause) {
        leave(sequence);
        Branch branch = sequence.branch();
        if (branch != null) {
            store.close(branch);
        }
        sequence.fail(cause);
        telemetry.failed(sequence, cause);
    }

    private void leave(Sequence sequence) {
        departures++;
        active.remove(sequence);
        queue.release(sequence);
    }

    void unpin(Branch branch) {
        store.unpin(branch);
    }

    /** Fails everything in work and in the queue. */
    void failAll(EngineException cause) {
        for (Sequence sequence : List.copyOf(active)) {
            active.remove(sequence);
            sequence.fail(cause);
            telemetry.failed(sequence, cause);
        }
        queue.removeIf(sequence -> true, sequence -> {
            sequence.fail(cause);
            telemetry.failed(sequence, cause);
        });
        stats = snapshot();
    }

    private EngineStats snapshot() {
        return telemetry.stats(
                queue.size(),
                active.size(),
                store.idleCount(),
                store.usedCells(),
                store.limits().cells());
    }
}
