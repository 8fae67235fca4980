package io.github.llamacpp4j.engine;

import io.github.llamacpp4j.engine.Branch.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the decoder's sequences and cells. Finished sequences stay as long as there is room, so that a new one can take over
 * the longest prefix they share with it; the least recently used go first.
 */
final class SequenceStore {

    /** What a new sequence can start with: cells, or a saved state, that hold the beginning of its tokens already. */
    record Prefix(
            CellTree.@Nullable Match match, @Nullable Branch source, HostCache.@Nullable Entry saved, int length) {

        static final Prefix NONE = new Prefix(null, null, null, 0);

        /** How many cells need not be found because they are shared. */
        int sharedCells() {
            return match == null ? 0 : length;
        }
    }

    /** So many tokens must be saved at least for a saved state to be copied back, or a state to be saved. */
    private static final int WORTH_COPYING = 16;

    /** An end of at most one part in so many of a sequence takes less time to compute again than the sequence does to be copied. */
    private static final int SHORT_END = 8;

    private static final int MOST_CACHED_CELLS = 1024;

    /** llama.cpp computes attention over cells in steps of this many ({@code llama_kv_cache::get_n_kv}): idle ones that fill up a step are free. */
    private static final int ATTENTION_STEP = 256;

    private static final int UNKNOWN = -1;

    private final Decoder decoder;
    private final DecoderLimits limits;
    private final EngineOptions options;
    private final Telemetry telemetry;
    private final HostCache hostCache;
    private final int cacheCells;
    private final int mostPinned;
    private final CellTree tree = new CellTree();
    private final Set<Integer> freeIds = new TreeSet<>();
    private final Set<Branch> live = new LinkedHashSet<>();
    private final Set<Branch> idle = new LinkedHashSet<>();
    private int pinnedCells;
    private int cachedCells = UNKNOWN;
    private long uses;

    SequenceStore(Decoder decoder, EngineOptions options, Telemetry telemetry) {
        this.decoder = decoder;
        this.options = options;
        this.telemetry = telemetry;
        limits = decoder.limits();
        hostCache = new HostCache(options.deterministic() ? 0 : options.hostCacheBytes(), !limits.cutting());
        cacheCells = options.cacheCells().orElse(Math.min(limits.cells() / 4, MOST_CACHED_CELLS));
        int ids = Math.min(limits.sequences(), options.parallelSequences() + options.retainedSequences());
        for (int id = 0; id < ids; id++) {
            freeIds.add(id);
        }
        mostPinned = options.deterministic() || limits.split() ? 0 : Math.min(options.retainedSequences(), ids - 1);
    }

    DecoderLimits limits() {
        return limits;
    }

    int usedCells() {
        return tree.usedCells();
    }

    int idleCount() {
        return idle.size();
    }

    /** The longest prefix of the first {@code limit} tokens that a new sequence could start with. */
    Prefix findPrefix(int[] tokens, int limit) {
        if (options.deterministic()) {
            return Prefix.NONE;
        }
        Prefix inMemory = limits.cutting() && limits.sharing() ? findShared(tokens, limit) : findWhole(tokens, limit);
        return hostCache
                .find(tokens, limit)
                .filter(hit -> hit.length() >= inMemory.length() + WORTH_COPYING)
                .map(hit -> new Prefix(null, null, hit.entry(), hit.length()))
                .orElse(inMemory);
    }

    private Prefix findShared(int[] tokens, int limit) {
        CellTree.Match match = tree.longestPrefix(tokens, limit);
        return match.length() == 0
                ? Prefix.NONE
                : new Prefix(match, CellTree.holderOf(match.node()), null, match.length());
    }

    private Prefix findWhole(int[] tokens, int limit) {
        Prefix best = Prefix.NONE;
        for (Branch branch : idle) {
            best = longer(best, branch, tokens, limit);
        }
        if (limits.cutting()) {
            for (Branch branch : live) {
                best = longer(best, branch, tokens, limit);
            }
        }
        return best;
    }

    private Prefix longer(Prefix best, Branch branch, int[] tokens, int limit) {
        int shared = tree.commonPrefix(branch, tokens, limit);
        boolean whole = shared == branch.length() && branch.use() != Use.LIVE;
        boolean usable = whole || (limits.cutting() && shared >= WORTH_COPYING);
        return usable && shared > best.length() ? new Prefix(null, branch, null, shared) : best;
    }

    /**
     * Whether a sequence that will have {@code reserve} tokens fits beside the live ones, which may still grow by {@code growth},
     * once everything evictable is gone.
     */
    boolean fits(Prefix prefix, int reserve, long growth) {
        return !limits.pooled() || committedCells(prefix) + growth + reserve - prefix.sharedCells() <= limits.cells();
    }

    private int committedCells(Prefix prefix) {
        List<Branch> committed = new ArrayList<>(live);
        idle.stream().filter(branch -> branch.use() == Use.PINNED).forEach(committed::add);
        return tree.countCells(committed, prefix.match());
    }

    /** The most tokens one sequence can have beside what is pinned. */
    int mostTokens() {
        return Math.min(limits.sequenceCells(), limits.pooled() ? limits.cells() - pinnedCells : limits.cells());
    }

    /** How many cells are free or would be if everything evictable was gone. */
    int obtainableCells() {
        return limits.pooled() ? limits.cells() - usedCells() + cachedCells() : Integer.MAX_VALUE;
    }

    /** Whether a sequence is still in the memory. */
    boolean isOpen(Branch branch) {
        return live.contains(branch) || idle.contains(branch);
    }

    /** Starts a sequence with a prefix found just now; empty if all sequences are in use. */
    Optional<Branch> open(Prefix prefix) {
        Optional<Branch> branch = openWith(prefix);
        if (branch.isPresent()) {
            while (cachedCells() > cacheCells && evict()) {}
        }
        return branch;
    }

    /**
     * Moves idle cells that slow the others down to host memory, one sequence at a time. They must go before the live sequences
     * are in need of cells behind them: llama.cpp looks at everything up to the last cell in use as long as that one lives.
     *
     * @param growth how many cells the live sequences will take soon
     */
    void offload(long growth) {
        if (idle.isEmpty()
                || live.isEmpty()
                || !limits.pooled()
                || options.cacheCells().isPresent()) {
            return;
        }
        long needed = usedCells() - cachedCells() + growth;
        long unnoticed = ATTENTION_STEP - 1 - (needed - 1) % ATTENTION_STEP;
        if (cachedCells() > unnoticed && fitsHostMemory()) {
            evict();
        }
    }

    private boolean fitsHostMemory() {
        return oldestExcept(null)
                .filter(branch -> hostCache.welcomes(branch.length()))
                .isPresent();
    }

    private Optional<Branch> openWith(Prefix prefix) {
        Branch source = prefix.source();
        if (source != null && source.use() == Use.RETAINED && isWorthAdopting(source, prefix)) {
            idle.remove(source);
            return Optional.of(start(source, prefix.length()));
        }
        if (freeIds.isEmpty() && !evictExcept(source)) {
            if (source == null || source.use() != Use.RETAINED) {
                return Optional.empty();
            }
            idle.remove(source);
            return Optional.of(start(source, prefix.length()));
        }
        int id = takeId();
        boolean shared = prefix.match() != null;
        HostCache.Entry saved = prefix.saved() == null && !shared && source != null ? copy(source) : prefix.saved();
        if (saved != null) {
            return Optional.of(restore(id, saved, prefix.length()));
        }
        if (source == null || !shared) {
            return Optional.of(start(tree.open(id), 0));
        }
        touch(source);
        decoder.share(source.sequenceId(), id, prefix.length());
        return Optional.of(start(tree.open(id, source, prefix.length()), prefix.length()));
    }

    private HostCache.@Nullable Entry copy(Branch source) {
        touch(source);
        int[] tokens = tree.tokens(source);
        return decoder.save(source.sequenceId())
                .map(state -> new HostCache.Entry(tokens, state))
                .orElse(null);
    }

    private Branch restore(int id, HostCache.Entry saved, int length) {
        Branch branch = tree.open(id);
        boolean cached = hostCache.take(saved);
        boolean restored = makeRoom(saved.length()) && decoder.restore(id, saved.state());
        if (cached) {
            hostCache.giveBack(saved);
        } else {
            saved.state().close();
        }
        if (restored) {
            for (int i = 0; i < saved.length(); i++) {
                tree.append(branch, saved.token(i));
            }
            return start(branch, length);
        }
        return start(branch, 0);
    }

    /** Sharing costs nothing. Copying does, so that a short end is given up for it. */
    private static boolean isWorthAdopting(Branch source, Prefix prefix) {
        int lost = source.length() - prefix.length();
        return lost == 0 || (prefix.match() == null && lost <= source.length() / SHORT_END);
    }

    /** One as near as can be to those in work, so that {@link #pack} has nothing to do. */
    private int takeId() {
        int id = freeIds.stream().min(Comparator.comparingInt(this::distance)).orElseThrow();
        freeIds.remove(id);
        return id;
    }

    private int distance(int id) {
        return live.stream()
                .mapToInt(branch -> Math.abs(branch.sequenceId() - id))
                .min()
                .orElse(0);
    }

    /** Makes the ids of live sequences follow each other where that lets them be computed together. */
    void pack() {
        if (!limits.split() || options.deterministic()) {
            return;
        }
        boolean moved = true;
        while (moved) {
            moved = packOne();
        }
    }

    /** One that has forgotten its middle stays: llama.cpp shifts its cells with the next batch only, so that a copy of them may be wrong. */
    private boolean packOne() {
        List<Branch> byId = live.stream()
                .sorted(Comparator.comparingInt(Branch::sequenceId))
                .toList();
        for (int i = 1; i < byId.size(); i++) {
            int gap = byId.get(i - 1).sequenceId() + 1;
            if (byId.get(i).sequenceId() > gap) {
                return Stream.of(byId.getLast(), byId.getFirst())
                        .filter(tree::isSearchable)
                        .min(Comparator.comparingInt(Branch::length))
                        .filter(branch -> move(branch, gap))
                        .isPresent();
            }
        }
        return false;
    }

    private boolean move(Branch branch, int id) {
        idle.stream().filter(other -> other.sequenceId() == id).findFirst().ifPresent(this::evict);
        int from = branch.sequenceId();
        if (branch.length() > 0 && !copy(from, id)) {
            return false;
        }
        decoder.cut(from, 0);
        freeIds.remove(id);
        freeIds.add(from);
        branch.sequenceId(id);
        return true;
    }

    private boolean copy(int from, int to) {
        Optional<SavedSequence> state = decoder.save(from);
        boolean copied = state.isPresent() && decoder.restore(to, state.get());
        state.ifPresent(SavedSequence::close);
        return copied;
    }

    private Branch start(Branch branch, int length) {
        cachedCells = UNKNOWN;
        live.add(branch);
        branch.use(Use.LIVE, ++uses);
        if (branch.length() > length) {
            cut(branch, length);
        }
        return branch;
    }

    private void touch(Branch source) {
        source.use(source.use(), ++uses);
    }

    /** Shares the first {@code length} tokens of a live sequence; empty if all sequences are in use. */
    Optional<Branch> fork(int[] tokens, int length) {
        return open(findPrefix(tokens, length));
    }

    /** Records that the decoder added a token. */
    void append(Branch branch, int token) {
        tree.append(branch, token);
    }

    /** Saves what the memory holds of a live sequence, whose tokens are given, for others that begin alike. */
    void checkpoint(Branch branch, TokenList tokens) {
        int length = branch.length();
        if (tree.isSearchable(branch) && hostCache.welcomes(length) && !hostCache.holds(tokens.array(), length)) {
            decoder.save(branch.sequenceId())
                    .ifPresent(state -> hostCache.add(Arrays.copyOf(tokens.array(), length), state));
        }
    }

    /** Takes tokens off the end of a sequence. */
    void cut(Branch branch, int length) {
        cachedCells = UNKNOWN;
        decoder.cut(branch.sequenceId(), length);
        tree.truncate(branch, length);
    }

    /** Makes the decoder's memory agree with the tree after a failed batch; false if the sequence had to be dropped. */
    boolean restore(Branch branch) {
        if (limits.cutting()) {
            decoder.cut(branch.sequenceId(), branch.length());
            return true;
        }
        close(branch);
        return false;
    }

    /** Forgets the tokens between two positions if that is possible without computing anything anew. */
    boolean shift(Branch branch, int from, int to, TokenList tokensAfter) {
        if (!limits.shifting() || !tree.isAlone(branch) || to > branch.length()) {
            return false;
        }
        int length = branch.length() - (to - from);
        cachedCells = UNKNOWN;
        decoder.removeAndShift(branch.sequenceId(), from, to);
        tree.rewrite(branch, tokensAfter.array(), length);
        return true;
    }

    /** Ends a sequence at once. */
    void close(Branch branch) {
        if (live.remove(branch) || idle.remove(branch)) {
            cachedCells = UNKNOWN;
            decoder.cut(branch.sequenceId(), 0);
            tree.remove(branch);
            freeIds.add(branch.sequenceId());
        }
    }

    /** Ends a sequence, whose tokens are given, but keeps it for its prefix as long as there is room. */
    void retain(Branch branch, TokenList tokens, Use use) {
        if (use == Use.RETAINED && !isWorthRetaining(branch, tokens)) {
            close(branch);
            return;
        }
        cachedCells = UNKNOWN;
        live.remove(branch);
        idle.add(branch);
        branch.use(use, ++uses);
        countPinned();
        if (limits.cutting() && limits.sharing()) {
            closeShorterTwins(branch);
        }
        evictSurplus();
    }

    private void evictSurplus() {
        while (idle.size() > options.retainedSequences() && evict()) {}
    }

    private boolean isWorthRetaining(Branch branch, TokenList tokens) {
        if (options.deterministic()
                || options.retainedSequences() == 0
                || branch.length() == 0
                || !tree.isSearchable(branch)) {
            return false;
        }
        Optional<Branch> twin = limits.cutting() ? tree.findTwin(branch, tokens.array()) : Optional.empty();
        twin.ifPresent(this::touch);
        return twin.isEmpty();
    }

    /** Sequences that a longer one contains are of no more use. */
    private void closeShorterTwins(Branch branch) {
        List<Branch> twins = new ArrayList<>();
        for (CellNode node = branch.end(); node != null && node.parent() != null; node = node.parent()) {
            node.holders().stream()
                    .filter(holder -> holder != branch && holder.use() == Use.RETAINED)
                    .forEach(twins::add);
        }
        twins.forEach(this::close);
    }

    /** How many cells only evictable sequences hold. Appending to a live one does not change it, so most steps need not count. */
    private int cachedCells() {
        if (cachedCells == UNKNOWN) {
            cachedCells = usedCells() - committedCells(Prefix.NONE);
        }
        return cachedCells;
    }

    /** How many sequences can be pinned without leaving none to work with. */
    int mostPinned() {
        return mostPinned;
    }

    /** Whether another sequence can be pinned. */
    boolean canPin() {
        long pinned = idle.stream().filter(branch -> branch.use() == Use.PINNED).count();
        return pinned < mostPinned;
    }

    /** Lets go of a pinned sequence. */
    void unpin(Branch branch) {
        if (idle.contains(branch)) {
            cachedCells = UNKNOWN;
            branch.use(Use.RETAINED, ++uses);
            countPinned();
            evictSurplus();
        }
    }

    private void countPinned() {
        pinnedCells = tree.countCells(
                idle.stream().filter(branch -> branch.use() == Use.PINNED).toList(), null);
    }

    /** Drops the finished sequence that was not used for longest; false if there is none. */
    boolean evict() {
        return evictExcept(null);
    }

    private Optional<Branch> oldestExcept(@Nullable Branch kept) {
        return idle.stream()
                .filter(branch -> branch.use() == Use.RETAINED && branch != kept)
                .min(Comparator.comparingLong(Branch::lastUsed));
    }

    private boolean evictExcept(@Nullable Branch kept) {
        Optional<Branch> oldest = oldestExcept(kept);
        oldest.ifPresent(this::evict);
        return oldest.isPresent();
    }

    private void evict(Branch branch) {
        int before = usedCells();
        save(branch);
        close(branch);
        telemetry.evicted(before - usedCells());
    }

    private void save(Branch branch) {
        int own = tree.ownCells(branch);
        if (hostCache.isEnabled() && own >= WORTH_COPYING && 2 * own >= branch.length()) {
            decoder.save(branch.sequenceId()).ifPresent(state -> hostCache.add(tree.tokens(branch), state));
        }
    }

    /** Evicts until {@code cells} are free; false if nothing is left to evict. */
    boolean makeRoom(int cells) {
        while (limits.pooled() && limits.cells() - usedCells() < cells) {
            if (!evict()) {
                return false;
            }
        }
        return true;
    }

    void evictAll() {
        while (evict()) {}
    }
}
