package io.github.llamacpp4j.grammar;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * All token texts as a trie, in preorder: node {@code n} has the byte {@link #value}, its subtree ends before
 * {@link #end}, and the tokens that end at it are {@link #tokens} from {@code first[n]} to {@code first[n + 1]}.
 * Node 0 is the root. Immutable.
 */
final class TokenTrie {
    final byte[] value;
    final int[] depth;
    final int[] end;
    final int[] first;
    /** Ids sorted by text. */
    final int[] tokens;

    final int nodeCount;
    final int maxDepth;

    TokenTrie(byte[][] texts) {
        tokens = IntStream.range(0, texts.length)
                .filter(id -> texts[id].length > 0)
                .boxed()
                .sorted((a, b) -> {
                    int order = Arrays.compareUnsigned(texts[a], texts[b]);
                    return order != 0 ? order : Integer.compare(a, b);
                })
                .mapToInt(Integer::intValue)
                .toArray();
        int total = 1;
        int deepest = 0;
        byte[] previous = {};
        for (int token : tokens) {
            total += texts[token].length - shared(previous, texts[token]);
            deepest = Math.max(deepest, texts[token].length);
            previous = texts[token];
        }
        nodeCount = total;
        maxDepth = deepest;
        value = new byte[total];
        depth = new int[total];
        end = new int[total];
        first = new int[total + 1];
        int[] open = new int[deepest + 1];
        int node = 0;
        int openDepth = 0;
        previous = new byte[0];
        for (int t = 0; t < tokens.length; t++) {
            byte[] text = texts[tokens[t]];
            int common = shared(previous, text);
            for (int d = openDepth; d > common; d--) {
                end[open[d]] = node + 1;
            }
            for (int d = common; d < text.length; d++) {
                node++;
                value[node] = text[d];
                depth[node] = d + 1;
                first[node] = t;
                open[d + 1] = node;
            }
            openDepth = text.length;
            previous = text;
        }
        for (int d = openDepth; d >= 0; d--) {
            end[open[d]] = total;
        }
        first[total] = tokens.length;
    }

    /** {@return the node at which the text from {@code from} on ends, or -1 if no token begins with it} */
    int find(byte[] text, int from) {
        int node = 0;
        for (int i = from; i < text.length; i++) {
            int last = end[node];
            node++;
            while (node < last && value[node] != text[i]) {
                node = end[node];
            }
            if (node == last) {
                return -1;
            }
        }
        return node;
    }

    private static int shared(byte[] left, byte[] right) {
        int mismatch = Arrays.mismatch(left, right);
        return mismatch < 0 ? left.length : mismatch;
    }
}
