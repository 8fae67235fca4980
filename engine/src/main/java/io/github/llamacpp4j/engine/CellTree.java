package io.github.llamacpp4j.engine;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What lies in the cells of the decoder's memory: a radix tree over tokens in which every node stands for cells of its own and
 * every {@link Branch} for a sequence. Branches share the nodes of a prefix only where the sequences really share its cells, so
 * the lengths of the nodes add up to the cells in use, and equal tokens may stand in two places.
 */
final class CellTree {

    /** A prefix found in the tree: {@code nodeLength} tokens of {@code node} end it. */
    record Match(CellNode node, int nodeLength, int length) {}

    private final CellNode root = new CellNode(null);
    /** Above branches whose cells were computed from another text than stands in them now. */
    private final CellNode unsearchableRoot = new CellNode(null);

    private int usedCells;
    private long lastMark;

    /** The number of cells in use. */
    int usedCells() {
        return usedCells;
    }

    /** A branch without any tokens. */
    Branch open(int sequenceId) {
        Branch branch = new Branch(sequenceId, root);
        root.holders().add(branch);
        return branch;
    }

    /** A branch that shares the first {@code length} tokens of another one, at least one. */
    Branch open(int sequenceId, Branch source, int length) {
        Branch branch = open(sequenceId);
        CellNode node = source.end();
        int before = source.length() - node.length();
        while (before >= length) {
            node = parentOf(node);
            before -= node.length();
        }
        int taken = length - before;
        attach(branch, taken < node.length() ? node.split(taken) : node, length);
        return branch;
    }

    /** Adds one token in a cell of its own. */
    void append(Branch branch, int token) {
        CellNode node = branch.end();
        if (node == root || node == unsearchableRoot || !node.belongsTo(branch)) {
            CellNode child = new CellNode(node);
            node.children().add(child);
            attach(branch, child, branch.length());
            node = child;
        }
        node.add(token);
        branch.move(node, branch.length() + 1);
        usedCells++;
    }

    /** Takes tokens off the end of a branch. Cells that no other branch holds become free. */
    void truncate(Branch branch, int newLength) {
        while (branch.length() > newLength) {
            CellNode node = branch.end();
            int surplus = branch.length() - newLength;
            CellNode newEnd = surplus < node.length() ? node.split(node.length() - surplus) : parentOf(node);
            attach(branch, newEnd, branch.length() - Math.min(surplus, node.length()));
            prune(node);
        }
    }

    /** Removes a branch. Cells that no other branch holds become free. */
    void remove(Branch branch) {
        truncate(branch, 0);
        branch.end().holders().remove(branch);
    }

    /** Whether no other branch shares any cell with this one. */
    boolean isAlone(Branch branch) {
        CellNode node = branch.end();
        if (node != root && !node.belongsTo(branch)) {
            return false;
        }
        for (CellNode above = node.parent(); above != null && above.parent() != null; above = above.parent()) {
            if (above.children().size() > 1 || !above.holders().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Gives a branch that {@link #isAlone} other tokens, under which it will not be found by {@link #longestPrefix}. */
    void rewrite(Branch branch, int[] tokens, int length) {
        truncate(branch, 0);
        attach(branch, unsearchableRoot, 0);
        for (int i = 0; i < length; i++) {
            append(branch, tokens[i]);
        }
    }

    /** Whether this branch can be found by its tokens. */
    boolean isSearchable(Branch branch) {
        CellNode node = branch.end();
        for (CellNode above = node.parent(); above != null; above = above.parent()) {
            node = above;
        }
        return node == root;
    }

    /** The longest prefix of the first {@code limit} tokens that is in the tree. */
    Match longestPrefix(int[] tokens, int limit) {
        return longest(new Match(root, 0, 0), tokens, limit);
    }

    private static Match longest(Match reached, int[] tokens, int limit) {
        Match best = reached;
        for (CellNode child : reached.node().children()) {
            int matched = child.match(tokens, reached.length(), limit);
            if (matched > 0) {
                Match match = new Match(child, matched, reached.length() + matched);
                Match deeper = matched < child.length() ? match : longest(match, tokens, limit);
                if (deeper.length() > best.length()) {
                    best = deeper;
                }
            }
        }
        return best;
    }

    /** How many cells at the end of a branch no other branch holds. */
    int ownCells(Branch branch) {
        CellNode node = branch.end();
        if (!node.belongsTo(branch)) {
            return 0;
        }
        int cells = node.length();
        for (CellNode above = node.parent(); above != null; above = above.parent()) {
            if (above.children().size() > 1 || !above.holders().isEmpty()) {
                break;
            }
            cells += above.length();
        }
        return cells;
    }

    /** The tokens of a branch. */
    int[] tokens(Branch branch) {
        int[] tokens = new int[branch.length()];
        int end = tokens.length;
        for (CellNode node = branch.end(); node != null; node = node.parent()) {
            end -= node.length();
            node.copyTokens(tokens, end);
        }
        return tokens;
    }

    /** A branch that holds all tokens of {@code branch}, which are given, in the same or in other cells. */
    Optional<Branch> findTwin(Branch branch, int[] tokens) {
        return Optional.ofNullable(twin(root, 0, branch, tokens)).map(CellTree::holderOf);
    }

    private static @Nullable CellNode twin(CellNode node, int depth, Branch branch, int[] tokens) {
        if (depth == branch.length()) {
            return node == branch.end() && node.belongsTo(branch) ? null : node;
        }
        for (CellNode child : node.children()) {
            int matched = child.match(tokens, depth, branch.length());
            boolean through = matched == child.length() || depth + matched == branch.length();
            CellNode found = through ? twin(child, depth + matched, branch, tokens) : null;
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** How many of the first {@code limit} tokens a branch begins with; 0 for one that must not be searched. */
    int commonPrefix(Branch branch, int[] tokens, int limit) {
        Deque<CellNode> path = new ArrayDeque<>();
        for (CellNode node = branch.end(); node != null; node = node.parent()) {
            path.push(node);
        }
        if (path.remove() != root) {
            return 0;
        }
        int common = 0;
        for (CellNode node : path) {
            int matched = node.match(tokens, common, limit);
            common += matched;
            if (matched < node.length()) {
                break;
            }
        }
        return common;
    }

    /** A branch that runs through the whole of {@code node}, preferably one that ends there. */
    static Branch holderOf(CellNode node) {
        CellNode below = node;
        while (below.holders().isEmpty()) {
            below = below.children().getFirst();
        }
        return below.holders().getFirst();
    }

    /** How many different cells the branches hold, together with the cells of {@code extra}. */
    int countCells(Collection<Branch> branches, @Nullable Match extra) {
        long number = ++lastMark;
        int cells = 0;
        for (Branch branch : branches) {
            cells += markUpwards(branch.end(), number);
        }
        if (extra != null && extra.node().mark(number)) {
            cells += extra.nodeLength();
            CellNode parent = extra.node().parent();
            cells += parent == null ? 0 : markUpwards(parent, number);
        }
        return cells;
    }

    private static int markUpwards(CellNode from, long number) {
        int cells = 0;
        for (CellNode node = from; node != null && node.mark(number); node = node.parent()) {
            cells += node.length();
        }
        return cells;
    }

    private static void attach(Branch branch, CellNode node, int length) {
        branch.end().holders().remove(branch);
        node.holders().add(branch);
        branch.move(node, length);
    }

    /** Drops a node that its last branch has left, or joins it with the only one below it. */
    private void prune(CellNode node) {
        if (node.isUnused()) {
            usedCells -= node.length();
            node.removeFromParent();
        } else if (node.holders().isEmpty() && node.children().size() == 1) {
            node.children().getFirst().absorbParent();
        }
    }

    private static CellNode parentOf(CellNode node) {
        CellNode parent = node.parent();
        if (parent == null) {
            throw new IllegalStateException("the root of the cell tree has no parent");
        }
        return parent;
    }
}
