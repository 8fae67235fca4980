package io.github.llamacpp4j.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs a {@link Network} byte by byte. States are computed on demand and remembered, so that a byte usually costs one
 * array access. What is remembered lives in an epoch; when an epoch has grown past the memory limit a new one begins,
 * and the old one goes with the last cursor that stands in it.
 *
 * <p>The stack is graph-structured (M. Tomita, "Efficient Parsing for Natural Language", 1985). Rules that may match
 * the empty text are skipped when called, so a rule never ends at the place where it was entered; without left recursion
 * the rules called at one place can then be ordered such that all callers of a rule are known before it is entered.
 *
 * <p>Safe for use by several threads.
 */
final class Automaton {
    private static final int OBJECT_BYTES = 64;
    private static final int SMALL_FRAME = 4;
    /** With so many of the first and of the last a place is compared. */
    private static final int COMPARED = 8;

    private final Network network;
    private final GrammarLimits limits;
    private final AtomicLong frameIds = new AtomicLong(2);
    final State dead;
    private final LocalSet deadLocal;
    private final Coverage coverage = new Coverage();
    private volatile Epoch epoch;

    /** What is remembered since the last time everything was dropped. */
    private static final class Epoch {
        final Map<LocalSet.Key, LocalSet> locals = new ConcurrentHashMap<>();
        final Map<Integer, LocalSet> closures = new ConcurrentHashMap<>();
        final Map<Frame.Key, Frame> frames = new ConcurrentHashMap<>();
        final Map<State.Key, State> states = new ConcurrentHashMap<>();
        final AtomicLong bytes = new AtomicLong();
    }

    Automaton(Network network, GrammarLimits limits) {
        this.network = network;
        this.limits = limits;
        dead = new State(new Frame[0], new LocalSet[0], 0, network.classCount);
        deadLocal = new LocalSet(new int[0], network);
        epoch = new Epoch();
    }

    Network network() {
        return network;
    }

    /** {@return the state before any text} */
    State start(StepBudget budget) {
        return atPlace(Frame.ROOT, closure(network.ruleEntry[0], budget), budget);
    }

    /** {@return the state at a place whose caller is unknown} */
    State atUnknownCaller(LocalSet local, StepBudget budget) {
        return atPlace(Frame.UNKNOWN, local, budget);
    }

    private State atPlace(Frame frame, LocalSet local, StepBudget budget) {
        Groups groups = new Groups(budget);
        groups.add(frame, local);
        return close(groups, budget);
    }

    /** {@return the state after one more byte, or {@link #dead}} */
    State step(State state, int value, StepBudget budget) {
        int byteClass = network.byteClass[value & 0xFF];
        State next = state.next[byteClass];
        return next != null ? next : computeStep(state, byteClass, budget);
    }

    /** {@return the state after the given bytes} */
    State walk(State state, byte[] bytes, StepBudget budget) {
        budget.lookUp(bytes.length);
        State current = state;
        for (byte value : bytes) {
            current = step(current, value, budget);
            if (current == dead) {
                return dead;
            }
        }
        return current;
    }

    /** {@return the state after a token: by its id, by its bytes, or both} */
    State token(State state, int id, byte[] bytes, StepBudget budget) {
        State byBytes = bytes.length == 0 ? dead : walk(state, bytes, budget);
        if (!state.testsTokens) {
            return byBytes;
        }
        Groups groups = new Groups(budget);
        addTokenTargets(state, id, bytes.length > 0, false, groups, budget);
        for (int i = 0; i < byBytes.kernelSize; i++) {
            groups.add(byBytes.frames[i], byBytes.locals[i]);
        }
        return close(groups, budget);
    }

    /** {@return the state after a token that the grammar names by its id, or {@link #dead}} */
    State namedToken(State state, int id, StepBudget budget) {
        Groups groups = new Groups(budget);
        addTokenTargets(state, id, false, true, groups, budget);
        return close(groups, budget);
    }

    private void addTokenTargets(
            State state, int id, boolean hasText, boolean namedOnly, Groups groups, StepBudget budget) {
        budget.spend(state.frames.length);
        for (int i = 0; i < state.frames.length; i++) {
            int[] tokens = state.locals[i].tokens;
            budget.spend(tokens.length / 2);
            for (int t = 0; t < tokens.length; t += 2) {
                TokenTest test = network.tokenTests[tokens[t]];
                if (test.matches(id, hasText) && (!namedOnly || test.kind() == TokenTest.Kind.IS)) {
                    groups.add(state.frames[i], closure(tokens[t + 1], budget));
                }
            }
        }
    }

    /** Counts memory that was attached to a state; starts afresh when the limit is reached. */
    void charge(long bytes) {
        Epoch current = epoch;
        if (current.bytes.addAndGet(bytes) > limits.cacheBytes()) {
            epoch = new Epoch();
        }
    }

    long chargedBytes() {
        return epoch.bytes.get();
    }

    /** Whether so much is remembered that little more should be computed ahead of its use. */
    boolean isHalfFull() {
        return 2 * chargedBytes() > limits.cacheBytes();
    }

    private State computeStep(State state, int byteClass, StepBudget budget) {
        State next;
        if ((state.byteClasses[byteClass >> 6] >>> byteClass & 1) == 0) {
            next = dead;
        } else {
            Groups groups = new Groups(budget);
            budget.spend(state.frames.length);
            for (int i = state.frames.length - 1; i >= 0; i--) {
                if (state.locals[i].readsByteClass(byteClass)) {
                    groups.add(state.frames[i], localStep(state.locals[i], byteClass, budget));
                }
            }
            next = close(groups, budget);
        }
        state.next[byteClass] = next;
        return next;
    }

    LocalSet localStep(LocalSet local, int byteClass, StepBudget budget) {
        LocalSet known = local.next[byteClass];
        if (known != null) {
            return known;
        }
        IntArray targets = new IntArray();
        for (int state : local.positions) {
            budget.lookUp(1 + network.edgeStart[state + 1] - network.edgeStart[state]);
            for (int e = network.edgeStart[state]; e < network.edgeStart[state + 1]; e++) {
                if (network.edgeKind[e] == Network.BYTES
                        && network.byteClass[network.edgeA[e]] <= byteClass
                        && network.byteClass[network.edgeB[e]] >= byteClass) {
                    targets.add(network.edgeTarget[e]);
                }
            }
        }
        LocalSet next = targets.size() == 1 ? closure(targets.get(0), budget) : closureOf(targets, budget);
        local.next[byteClass] = next;
        return next;
    }

    LocalSet closure(int state, StepBudget budget) {
        LocalSet known = epoch.closures.get(state);
        if (known != null) {
            return known;
        }
        IntArray start = new IntArray();
        start.add(state);
        LocalSet closure = closureOf(start, budget);
        epoch.closures.put(state, closure);
        return closure;
    }

    private LocalSet closureOf(IntArray starts, StepBudget budget) {
        HashSet<Integer> seen = new HashSet<>();
        IntArray work = new IntArray();
        IntArray kept = new IntArray();
        for (int i = 0; i < starts.size(); i++) {
            if (seen.add(starts.get(i))) {
                work.add(starts.get(i));
            }
        }
        while (!work.isEmpty()) {
            int state = work.removeLast();
            boolean matters = network.isFinal[state];
            budget.spend(1L + network.edgeStart[state + 1] - network.edgeStart[state]);
            for (int e = network.edgeStart[state]; e < network.edgeStart[state + 1]; e++) {
                boolean free = network.edgeKind[e] == Network.EPSILON
                        || (network.edgeKind[e] == Network.CALL && network.nullable[network.edgeA[e]]);
                matters |= network.edgeKind[e] != Network.EPSILON;
                if (free && seen.add(network.edgeTarget[e])) {
                    work.add(network.edgeTarget[e]);
                }
            }
            if (matters) {
                kept.add(state);
            }
        }
        int[] positions = kept.toArray();
        Arrays.sort(positions);
        return intern(positions);
    }

    private LocalSet intern(int[] positions) {
        if (positions.length == 0) {
            return deadLocal;
        }
        Epoch current = epoch;
        LocalSet.Key key = new LocalSet.Key(positions);
        LocalSet known = current.locals.get(key);
        if (known != null) {
            return known;
        }
        LocalSet created = new LocalSet(positions, network);
        LocalSet raced = current.locals.putIfAbsent(key, created);
        if (raced != null) {
            return raced;
        }
        charge(4L * OBJECT_BYTES + 12L * positions.length + 4L * network.classCount);
        return created;
    }

    private LocalSet union(LocalSet left, LocalSet right, StepBudget budget) {
        if (left == right) {
            return left;
        }
        budget.spend(1);
        budget.lookUp(left.positions.length + right.positions.length);
        int[] merged = new int[left.positions.length + right.positions.length];
        int size = 0;
        int i = 0;
        int j = 0;
        while (i < left.positions.length || j < right.positions.length) {
            if (j == right.positions.length || (i < left.positions.length && left.positions[i] < right.positions[j])) {
                merged[size++] = left.positions[i++];
            } else {
                if (i < left.positions.length && left.positions[i] == right.positions[j]) {
                    i++;
                }
                merged[size++] = right.positions[j++];
            }
        }
        return size == left.positions.length ? left : intern(Arrays.copyOf(merged, size));
    }

    /** Places by frame, with every return from a rule that has ended followed. */
    private final class Groups {
        private final IdentityHashMap<Frame, LocalSet> places = new IdentityHashMap<>();
        private final List<Frame> order = new ArrayList<>();
        private final ArrayDeque<Frame> ended = new ArrayDeque<>();
        private final StepBudget budget;

        Groups(StepBudget budget) {
            this.budget = budget;
        }

        void add(Frame frame, LocalSet local) {
            put(frame, local);
            for (Frame next = ended.poll(); next != null; next = ended.poll()) {
                for (int i = 0; i < next.returns.length; i++) {
                    put(next.parents[i], next.returns[i]);
                }
            }
        }

        private void put(Frame frame, LocalSet local) {
            budget.spend(1);
            LocalSet old = places.get(frame);
            if (old == null && isCovered(frame, local)) {
                return;
            }
            LocalSet merged = old == null ? local : union(old, local, budget);
            if (merged == old) {
                return;
            }
            places.put(frame, merged);
            if (old == null) {
                order.add(frame);
            }
            if (places.size() > limits.parallelStacks()) {
                throw tooAmbiguous();
            }
            if (merged.isFinal && (old == null || !old.isFinal)) {
                ended.add(frame);
            }
        }

        /** Whether another place, one of the first or last found, goes on in every way that this one does. */
        private boolean isCovered(Frame frame, LocalSet local) {
            if (frame.isBottom()) {
                return false;
            }
            int count = order.size();
            for (int i = 0; i < count; i++) {
                if (i == COMPARED && count > 2 * COMPARED) {
                    i = count - COMPARED;
                }
                Frame other = order.get(i);
                if (coverage.includes(Objects.requireNonNull(places.get(other)), local, budget)
                        && coverage.covers(other, frame, budget)) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * Finds out whether one place goes on in every way that another one does, so that the other need not be kept: its positions are
     * among those of the first, and every caller of its frame has a like one among the callers of the first frame (a simulation). That
     * a text can be read in many ways then costs nothing as long as they do not differ in what may follow. An answer that takes many
     * comparisons is no, which is always safe.
     */
    private final class Coverage {
        private static final int DEPTH = 32;
        private static final int COMPARISONS = 64;

        boolean includes(LocalSet wide, LocalSet narrow, StepBudget budget) {
            if (wide == narrow) {
                return true;
            }
            int[] all = wide.positions;
            int[] some = narrow.positions;
            if (some.length > all.length || (narrow.isFinal && !wide.isFinal)) {
                return false;
            }
            budget.spend(1);
            int i = 0;
            for (int position : some) {
                while (i < all.length && all[i] < position) {
                    i++;
                }
                if (i == all.length || all[i] != position) {
                    budget.lookUp(i);
                    return false;
                }
            }
            budget.lookUp(i);
            return true;
        }

        boolean covers(Frame wide, Frame narrow, StepBudget budget) {
            Answer answer = compare(wide, narrow, DEPTH, new int[] {COMPARISONS}, budget);
            if (answer == Answer.UNDECIDED) {
                remember(wide, narrow, false);
            }
            return answer == Answer.YES;
        }

        private void remember(Frame wide, Frame narrow, boolean covers) {
            wide.covers.put(narrow.id, covers);
            charge(2L * OBJECT_BYTES);
        }

        private Answer compare(Frame wide, Frame narrow, int depth, int[] left, StepBudget budget) {
            if (wide == narrow) {
                return Answer.YES;
            }
            if (wide.isBottom() || narrow.isBottom()) {
                return Answer.NO;
            }
            Boolean known = wide.covers.get(narrow.id);
            budget.spend(1);
            if (known != null) {
                return known ? Answer.YES : Answer.NO;
            }
            if (depth == 0) {
                return Answer.UNDECIDED;
            }
            Answer all = Answer.YES;
            for (int i = 0; i < narrow.returns.length && all == Answer.YES; i++) {
                all = findLike(wide, narrow.returns[i], narrow.parents[i], depth, left, budget);
            }
            if (all != Answer.UNDECIDED) {
                remember(wide, narrow, all == Answer.YES);
            }
            return all;
        }

        private Answer findLike(
                Frame wide, LocalSet narrowReturn, Frame narrowParent, int depth, int[] left, StepBudget budget) {
            Answer any = Answer.NO;
            for (int j = wide.returns.length - 1; j >= 0; j--) {
                if (--left[0] < 0) {
                    return Answer.UNDECIDED;
                }
                if (includes(wide.returns[j], narrowReturn, budget)) {
                    Answer answer = compare(wide.parents[j], narrowParent, depth - 1, left, budget);
                    if (answer == Answer.YES) {
                        return Answer.YES;
                    }
                    any = answer == Answer.UNDECIDED ? Answer.UNDECIDED : any;
                }
            }
            return any;
        }
    }

    private enum Answer {
        YES,
        NO,
        UNDECIDED
    }

    private GrammarException tooAmbiguous() {
        return new GrammarException(
                GrammarException.Kind.LIMIT,
                "more than " + limits.parallelStacks()
                        + " parses are open at once; make the alternatives of the grammar start differently");
    }

    private State close(Groups groups, StepBudget budget) {
        budget.spend(groups.places.size());
        List<Frame> frames = new ArrayList<>(groups.places.size());
        groups.places.forEach((frame, local) -> {
            if (local.hasMoves() || (frame.isBottom() && local.isFinal)) {
                frames.add(frame);
            }
        });
        if (frames.isEmpty()) {
            return dead;
        }
        frames.sort(Comparator.comparingLong(frame -> frame.id));
        List<LocalSet> locals = new ArrayList<>(frames.size());
        for (Frame frame : frames) {
            locals.add(groups.places.get(frame));
        }
        State.Key key = new State.Key(frames.toArray(new Frame[0]), locals.toArray(new LocalSet[0]));
        Epoch current = epoch;
        State known = current.states.get(key);
        if (known != null) {
            return known;
        }
        int kernelSize = frames.size();
        enterCalledRules(frames, locals, budget);
        State created = new State(
                frames.toArray(new Frame[0]), locals.toArray(new LocalSet[0]), kernelSize, network.classCount);
        State raced = current.states.putIfAbsent(key, created);
        if (raced != null) {
            return raced;
        }
        charge(4L * OBJECT_BYTES + 16L * frames.size() + 4L * network.classCount);
        return created;
    }

    /** The callers of one rule at one place of the text. */
    private static final class Callers {
        final int rule;
        final List<LocalSet> returns = new ArrayList<>();
        final List<Frame> parents = new ArrayList<>();

        Callers(int rule) {
            this.rule = rule;
        }
    }

    private void enterCalledRules(List<Frame> frames, List<LocalSet> locals, StepBudget budget) {
        NavigableMap<Integer, Callers> waiting = new TreeMap<>();
        int kernelSize = frames.size();
        for (int i = 0; i < kernelSize; i++) {
            addCalls(frames.get(i), locals.get(i), waiting, budget);
        }
        while (!waiting.isEmpty()) {
            Callers callers = waiting.pollFirstEntry().getValue();
            Frame frame = intern(callers, budget);
            LocalSet entry = closure(network.ruleEntry[callers.rule], budget);
            if (entry.readsBytesOrTokens()) {
                frames.add(frame);
                locals.add(entry);
                if (frames.size() > 2 * limits.parallelStacks()) {
                    throw tooAmbiguous();
                }
            }
            addCalls(frame, entry, waiting, budget);
        }
    }

    private void addCalls(Frame frame, LocalSet local, NavigableMap<Integer, Callers> waiting, StepBudget budget) {
        budget.spend(1L + local.calls.length);
        for (int i = 0; i < local.calls.length; i += 2) {
            int rule = local.calls[i];
            Callers callers = waiting.computeIfAbsent(network.rank[rule], rank -> new Callers(rule));
            LocalSet after = closure(local.calls[i + 1], budget);
            boolean isTailCall = after.isFinal && !after.hasMoves();
            if (isTailCall && !frame.isBottom() && frame.returns.length <= SMALL_FRAME) {
                for (int r = 0; r < frame.returns.length; r++) {
                    callers.returns.add(frame.returns[r]);
                    callers.parents.add(frame.parents[r]);
                }
            } else {
                callers.returns.add(after);
                callers.parents.add(frame);
            }
        }
    }

    private Frame intern(Callers callers, StepBudget budget) {
        int count = callers.returns.size();
        budget.spend(count);
        if (count == 1) {
            return intern(new LocalSet[] {callers.returns.getFirst()}, new Frame[] {callers.parents.getFirst()});
        }
        IdentityHashMap<Frame, LocalSet> merged = new IdentityHashMap<>();
        for (int i = 0; i < count; i++) {
            merged.merge(callers.parents.get(i), callers.returns.get(i), (left, right) -> union(left, right, budget));
        }
        Frame[] parents = merged.keySet().toArray(new Frame[0]);
        Arrays.sort(parents, Comparator.comparingLong(frame -> frame.id));
        LocalSet[] returns = new LocalSet[parents.length];
        for (int i = 0; i < parents.length; i++) {
            returns[i] = merged.getOrDefault(parents[i], deadLocal);
        }
        return withoutCovered(returns, parents, budget);
    }

    /** The frame without callers beside which another one, one of the last kept or the first, goes on in every way that they do. */
    private Frame withoutCovered(LocalSet[] returns, Frame[] parents, StepBudget budget) {
        int kept = parents.length;
        for (int i = parents.length - 1; i >= 0; i--) {
            if (parents[i].isBottom() || !isCovered(returns, parents, kept, i, budget)) {
                kept--;
                returns[kept] = returns[i];
                parents[kept] = parents[i];
            }
        }
        return kept == 0
                ? intern(returns, parents)
                : intern(
                        Arrays.copyOfRange(returns, kept, returns.length),
                        Arrays.copyOfRange(parents, kept, parents.length));
    }

    private boolean isCovered(LocalSet[] returns, Frame[] parents, int from, int index, StepBudget budget) {
        int count = parents.length - from;
        for (int k = 0; k < count; k++) {
            if (k == COMPARED && count > 2 * COMPARED) {
                k = count - COMPARED;
            }
            int other = from + k;
            if (coverage.includes(returns[other], returns[index], budget)
                    && coverage.covers(parents[other], parents[index], budget)) {
                return true;
            }
        }
        return false;
    }

    private Frame intern(LocalSet[] returns, Frame[] parents) {
        Epoch current = epoch;
        Frame.Key key = new Frame.Key(returns, parents);
        Frame known = current.frames.get(key);
        if (known != null) {
            return known;
        }
        Frame created = new Frame(frameIds.getAndIncrement(), returns, parents);
        Frame raced = current.frames.putIfAbsent(key, created);
        if (raced != null) {
            return raced;
        }
        charge(2L * OBJECT_BYTES + 16L * returns.length);
        return created;
    }
}
