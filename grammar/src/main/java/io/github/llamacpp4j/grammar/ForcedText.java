package io.github.llamacpp4j.grammar;

import java.util.Arrays;

/**
 * Text that must come next, and the tokens that can stand for it whatever follows: a tokenizer would cut what follows along with the
 * last of them if the vocabulary has a token for both.
 */
final class ForcedText {
    private final Automaton automaton;
    private final TokenVocabulary vocabulary;
    private final State start;
    private final byte[] text;

    ForcedText(Automaton automaton, TokenVocabulary vocabulary, State start, byte[] text) {
        this.automaton = automaton;
        this.vocabulary = vocabulary;
        this.start = start;
        this.text = text;
    }

    /** {@return the first of these tokens that spell the text as it is and end where a token can end in any case} */
    int[] cut(int[] tokens) {
        int position = 0;
        int count = 0;
        byte[] last = {};
        for (int token : tokens) {
            byte[] piece = vocabulary.text(token);
            int end = position + piece.length;
            if (piece.length == 0 || end > text.length || !Arrays.equals(text, position, end, piece, 0, piece.length)) {
                break;
            }
            position = end;
            last = piece;
            count++;
        }
        boolean open = count > 0 && isExtensible(last, automaton.walk(start, Arrays.copyOf(text, position)));
        return Arrays.copyOf(tokens, open ? count - 1 : count);
    }

    /** Whether a longer token begins with this one, and the rest of it may come after it. */
    private boolean isExtensible(byte[] piece, State after) {
        TokenTrie trie = vocabulary.trie();
        int root = trie.find(piece);
        int end = trie.end[root];
        State[] path = new State[trie.maxDepth + 1];
        path[piece.length] = after;
        int node = root + 1;
        while (node < end) {
            int depth = trie.depth[node];
            State next = automaton.step(path[depth - 1], trie.value[node]);
            if (next == automaton.dead) {
                node = trie.end[node];
                continue;
            }
            if (trie.first[node] < trie.first[node + 1]) {
                return true;
            }
            path[depth] = next;
            node++;
        }
        return false;
    }
}
