package io.github.llamacpp4j.engine.embedding;

import java.util.List;

/** Where the tokens of several sequences stand in a batch. Filled once, by one thread. */
interface BatchLayout {

    /**
     * Places another sequence, unless there is no room for it beside those before it. The first always has room.
     *
     * @param length how many tokens it has, at least 1
     */
    boolean add(int length);

    /** How long the batch is, with the gaps that are to be filled. */
    int size();

    /** For each sequence in the order of adding, the place of each of its tokens, ascending. */
    List<int[]> places();
}
