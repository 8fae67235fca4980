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

    private final Network network;
    private final GrammarLimits limits;
    private final AtomicLong frameIds = new AtomicLong(2);
    final State dead;
    private final LocalSet deadLocal;
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
    State start() {
        return atPlace(Frame.ROOT, closure(network.ruleEntry[0]));
    }

    /** {@return the state at a place whose caller is unknown} */
    State atUnknownCaller(LocalSet local) {
        return atPlace(Frame.UNKNOWN, local);
    }

    private State atPlace(Frame frame, LocalSet local) {
        Groups groups = new Groups();
        groups.add(frame, local);
        return close(groups);
    }

    /** {@return the state after one more byte, or {@link #dead}} */
    State step(State state, int value) {
        int byteClass = network.byteClass[value & 0xFF];
        State next = state.next[byteClass];
        return next != null ? next : computeStep(state, byteClass);
    }

    /** {@return the state after the given bytes} */
    State walk(State state, byte[] bytes) {
        State current = state;
        for (byte value : bytes) {
            current = step(current, value);
            if (current == dead) {
                return dead;
            }
        }
        return current;
    }

    /** {@return the state after a token: by its id, by its bytes, or both} */
    State token(State state, int id, byte[] bytes) {
        State byBytes = bytes.length == 0 ? dead : walk(state, bytes);
        if (!state.testsTokens) {
            return byBytes;
        }
        Groups groups = new Groups();
        addTokenTargets(state, id, bytes.length > 0, false, groups);
        for (int i = 0; i < byBytes.kernelSize; i++) {
            groups.add(byBytes.frames[i], byBytes.locals[i]);
        }
        return close(groups);
    }

    /** {@return the state after a token that the grammar names by its id, or {@link #dead}} */
    State namedToken(State state, int id) {
        Groups groups = new Groups();
        addTokenTargets(state, id, false, true, groups);
        return close(groups);
    }

    private void addTokenTargets(State state, int id, boolean hasText, boolean namedOnly, Groups groups) {
        for (int i = 0; i < state.frames.length; i++) {
            int[] tokens = state.locals[i].tokens;
            for (int t = 0; t < tokens.length; t += 2) {
                TokenTest test = network.tokenTests[tokens[t]];
                if (test.matches(id, hasText) && (!namedOnly || test.kind() == TokenTest.Kind.IS)) {
                    groups.add(state.frames[i], closure(tokens[t + 1]));
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

    private State computeStep(State state, int byteClass) {
        State next;
        if ((state.byteClasses[byteClass >> 6] >>> byteClass & 1) == 0) {
            next = dead;
        } else {
            Groups groups = new Groups();
            for (int i = 0; i < state.frames.length; i++) {
                if (state.locals[i].readsByteClass(byteClass)) {
                    groups.add(state.frames[i], localStep(state.locals[i], byteClass));
                }
            }
            next = close(groups);
        }
        state.next[byteClass] = next;
        return next;
    }

    LocalSet localStep(LocalSet local, int byteClass) {
        LocalSet known = local.next[byteClass];
        if (known != null) {
            return known;
        }
        IntArray targets = new IntArray();
        for (int state : local.positions) {
            for (int e = network.edgeStart[state]; e < network.edgeStart[state + 1]; e++) {
                if (network.edgeKind[e] == Network.BYTES
                        && network.byteClass[network.edgeA[e]] <= byteClass
                        && network.byteClass[network.edgeB[e]] >= byteClass) {
                    targets.add(network.edgeTarget[e]);
                }
            }
        }
        LocalSet next = targets.size() == 1 ? closure(targets.get(0)) : closureOf(targets);
        local.next[byteClass] = next;
        return next;
    }

    LocalSet closure(int state) {
        LocalSet known = epoch.closures.get(state);
        if (known != null) {
            return known;
        }
        IntArray start = new IntArray();
        start.add(state);
        LocalSet closure = closureOf(start);
        epoch.closures.put(state, closure);
        return closure;
    }

    private LocalSet closureOf(IntArray starts) {
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

    private LocalSet union(LocalSet left, LocalSet right) {
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
        private final ArrayDeque<Frame> ended = new ArrayDeque<>();

        void add(Frame frame, LocalSet local) {
            put(frame, local);
            for (Frame next = ended.poll(); next != null; next = ended.poll()) {
                for (int i = 0; i < next.returns.length; i++) {
                    put(next.parents[i], next.returns[i]);
                }
            }
        }

        private void put(Frame frame, LocalSet local) {
            LocalSet old = places.get(frame);
            LocalSet merged = old == null ? local : union(old, local);
            if (merged == old) {
                return;
            }
            places.put(frame, merged);
            if (places.size() > limits.parallelStacks()) {
                throw tooAmbiguous();
            }
            if (merged.isFinal && (old == null || !old.isFinal)) {
                ended.add(frame);
            }
        }
    }

    private GrammarException tooAmbiguous() {
        return new GrammarException(
                GrammarException.Kind.LIMIT,
                "more than " + limits.parallelStacks()
                        + " parses are open at once; make the alternatives of the grammar start differently");
    }

    private State close(Groups groups) {
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
        enterCalledRules(frames, locals);
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

    private void enterCalledRules(List<Frame> frames, List<LocalSet> locals) {
        NavigableMap<Integer, Callers> waiting = new TreeMap<>();
        int kernelSize = frames.size();
        for (int i = 0; i < kernelSize; i++) {
            addCalls(frames.get(i), locals.get(i), waiting);
        }
        while (!waiting.isEmpty()) {
            Callers callers = waiting.pollFirstEntry().getValue();
            Frame frame = intern(callers);
            LocalSet entry = closure(network.ruleEntry[callers.rule]);
            if (entry.readsBytesOrTokens()) {
                frames.add(frame);
                locals.add(entry);
                if (frames.size() > 2 * limits.parallelStacks()) {
                    throw tooAmbiguous();
                }
            }
            addCalls(frame, entry, waiting);
        }
    }

    private void addCalls(Frame frame, LocalSet local, NavigableMap<Integer, Callers> waiting) {
        for (int i = 0; i < local.calls.length; i += 2) {
            int rule = local.calls[i];
            Callers callers = waiting.computeIfAbsent(network.rank[rule], rank -> new Callers(rule));
            LocalSet after = closure(local.calls[i + 1]);
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

    private Frame intern(Callers callers) {
        int count = callers.returns.size();
        if (count == 1) {
            return intern(new LocalSet[] {callers.returns.getFirst()}, new Frame[] {callers.parents.getFirst()});
        }
        IdentityHashMap<Frame, LocalSet> merged = new IdentityHashMap<>();
        for (int i = 0; i < count; i++) {
            merged.merge(callers.parents.get(i), callers.returns.get(i), this::union);
        }
        Frame[] parents = merged.keySet().toArray(new Frame[0]);
        Arrays.sort(parents, Comparator.comparingLong(frame -> frame.id));
        LocalSet[] returns = new LocalSet[parents.length];
        for (int i = 0; i < parents.length; i++) {
            returns[i] = merged.getOrDefault(parents[i], deadLocal);
        }
        return intern(returns, parents);
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
