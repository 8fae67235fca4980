package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CellTreeTest {

    private final CellTree tree = new CellTree();

    private Branch grow(int id, int length) {
        Branch branch = tree.open(id);
        for (int i = 0; i < length; i++) {
            tree.append(branch, i);
        }
        return branch;
    }

    @Test
    void branchesThatAreGoneLeaveNoSeams() {
        int length = 20_000;
        Branch stays = grow(0, length);
        int[] tokens = tree.tokens(stays);
        for (int shared = 1; shared < length; shared++) {
            Branch comes = tree.open(1, stays, shared);
            tree.append(comes, -1);
            tree.remove(comes);
        }
        assertThat(tree.longestPrefix(tokens, length).length()).isEqualTo(length);
        assertThat(stays.end().length()).as("tokens in one piece").isEqualTo(length);
        assertThat(tree.tokens(stays)).isEqualTo(tokens);
        assertThat(tree.usedCells()).isEqualTo(length);
    }

    @Test
    void whatAnotherBranchNeedsStaysInPieces() {
        Branch stays = grow(0, 100);
        int[] tokens = tree.tokens(stays);
        Branch middle = tree.open(1, stays, 60);
        Branch comes = tree.open(2, middle, 30);
        tree.remove(comes);
        assertThat(stays.end().length()).isEqualTo(40);
        assertThat(middle.end().length()).isEqualTo(60);
        assertThat(tree.tokens(middle)).isEqualTo(Arrays.copyOf(tokens, 60));
        tree.remove(stays);
        assertThat(tree.tokens(middle)).isEqualTo(Arrays.copyOf(tokens, 60));
        assertThat(tree.usedCells()).isEqualTo(60);
    }
}
