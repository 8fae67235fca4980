package io.github.llamacpp4j.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run of cells that all branches through it share, with the tokens in them. Part of a {@link CellTree}. */
final class CellNode {

    private @Nullable CellNode parent;
    private int[] tokens;
    private int start;
    private int length;
    private final List<CellNode> children = new ArrayList<>(2);
    private final List<Branch> holders = new ArrayList<>(1);
    private long mark;

    CellNode(@Nullable CellNode parent) {
        this(parent, new int[0], 0, 0);
    }

    private CellNode(@Nullable CellNode parent, int[] tokens, int start, int length) {
        this.parent = parent;
        this.tokens = tokens;
        this.start = start;
        this.length = length;
    }

    @Nullable
    CellNode parent() {
        return parent;
    }

    int length() {
        return length;
    }

    List<CellNode> children() {
        return children;
    }

    /** The branches that end with this node. */
    List<Branch> holders() {
        return holders;
    }

    boolean isUnused() {
        return holders.isEmpty() && children.isEmpty();
    }

    /** Whether {@code branch} alone runs through this node. */
    boolean belongsTo(Branch branch) {
        return children.isEmpty() && holders.size() == 1 && holders.contains(branch);
    }

    /** Marks the node and tells whether it had not been marked with this number before. */
    boolean mark(long number) {
        boolean fresh = mark != number;
        mark = number;
        return fresh;
    }

    void add(int token) {
        if (start + length == tokens.length) {
            tokens = Arrays.copyOfRange(tokens, start, start + length + Math.max(16, length / 2));
            start = 0;
        }
        tokens[start + length++] = token;
    }

    /** How many tokens of {@code sought} from {@code from} to {@code to} this node has at its beginning. */
    int match(int[] sought, int from, int to) {
        int compared = Math.min(length, to - from);
        int mismatch = Arrays.mismatch(tokens, start, start + compared, sought, from, from + compared);
        return mismatch < 0 ? compared : mismatch;
    }

    void copyTokens(int[] target, int from) {
        System.arraycopy(tokens, start, target, from, length);
    }

    /** Moves the first {@code count} tokens into a new parent and returns it. */
    CellNode split(int count) {
        CellNode upper = new CellNode(parent, Arrays.copyOfRange(tokens, start, start + count), 0, count);
        upper.children.add(this);
        if (parent != null) {
            parent.children.remove(this);
            parent.children.add(upper);
        }
        parent = upper;
        start += count;
        length -= count;
        return upper;
    }

    /** Takes the tokens and the place of a parent that nothing else needs. */
    void absorbParent() {
        CellNode upper = parent;
        if (upper == null) {
            return;
        }
        int[] joined = Arrays.copyOfRange(upper.tokens, upper.start, upper.start + upper.length + length);
        System.arraycopy(tokens, start, joined, upper.length, length);
        tokens = joined;
        start = 0;
        length = joined.length;
        parent = upper.parent;
        if (parent != null) {
            parent.children.remove(upper);
            parent.children.add(this);
        }
    }

    void removeFromParent() {
        if (parent != null) {
            parent.children.remove(this);
        }
    }
}
