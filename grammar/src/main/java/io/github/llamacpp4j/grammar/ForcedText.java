package io.github.llamacpp4j.grammar;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.Function;

/**
 * The text that must come next, up to the first place where there is a choice or where the text may end, and the tokens that stand
 * for it whatever follows.
 */
final class ForcedText {
    private static final int MAX_BYTES = 1 << 16;
    /** The tokenizer is asked about so much at first, lest a text that it changes be cut anew after every token. */
    private static final int FIRST_BYTES = 256;

    private static final int[] NONE = {};

    private final Automaton automaton;
    private final TokenVocabulary vocabulary;
    private final StepBudget budget;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    /** The state after {@link #bytes}. */
    private State end;

    ForcedText(Automaton automaton, TokenVocabulary vocabulary, State start, StepBudget budget) {
        this.budget = budget;
        this.automaton = automaton;
        this.vocabulary = vocabulary;
        end = start;
    }

    /** {@return the text, not necessarily in whole characters} */
    byte[] bytes() {
        return bytes(MAX_BYTES);
    }

    /** About so many bytes of the text: the last character that begins among them is whole, if all of it must come next. */
    private byte[] bytes(int about) {
        int next = forcedByte(end);
        while (next >= 0 && (bytes.size() < about || isInsideCharacter(next))) {
            bytes.write(next);
            budget.lookUp(1);
            end = automaton.step(end, next, budget);
            next = forcedByte(end);
        }
        return bytes.toByteArray();
    }

    private static boolean isInsideCharacter(int utf8) {
        return (utf8 & 0xC0) == 0x80;
    }

    private int forcedByte(State state) {
        int byteClass = state.accepting || state.testsTokens ? -1 : state.onlyByteClass();
        return byteClass < 0 ? -1 : automaton.network().onlyByte[byteClass];
    }

    /** {@return the tokens, as far as they spell the text and could not be others for the sake of what follows it} */
    int[] tokens(Function<byte[], int[]> tokenizer) {
        int look = FIRST_BYTES;
        byte[] text = bytes(look);
        if (text.length == 0) {
            return NONE;
        }
        int[] tokens = tokenizer.apply(text);
        while (text.length >= look && look < MAX_BYTES && spells(tokens, text)) {
            look *= 4;
            text = bytes(look);
            tokens = tokenizer.apply(text);
        }
        return Arrays.copyOf(tokens, countUpTo(settled(text), tokens, text));
    }

    private boolean spells(int[] tokens, byte[] text) {
        int length = 0;
        for (int token : tokens) {
            length += vocabulary.text(token).length;
        }
        return length == text.length && countUpTo(length, tokens, text) == tokens.length;
    }

    /** How many of the tokens spell the text as it is and end at this place or before it. */
    private int countUpTo(int place, int[] tokens, byte[] text) {
        int position = 0;
        int count = 0;
        for (int token : tokens) {
            byte[] piece = vocabulary.text(token);
            int next = position + piece.length;
            if (piece.length == 0 || next > place || !Arrays.equals(text, position, next, piece, 0, piece.length)) {
                break;
            }
            position = next;
            count++;
        }
        return count;
    }

    /** The first place of the text at which a token can begin that goes on beyond its end. */
    private int settled(byte[] text) {
        int first = Math.max(0, text.length - vocabulary.trie().maxDepth + 1);
        while (first < text.length && !goesOn(vocabulary.trie().find(text, first))) {
            first++;
        }
        return first;
    }

    /** Whether a token that begins as this node spells may go on after the end of the text. */
    private boolean goesOn(int root) {
        if (root < 0) {
            return false;
        }
        TokenTrie trie = vocabulary.trie();
        State[] path = new State[trie.maxDepth + 1];
        path[trie.depth[root]] = end;
        int node = root + 1;
        while (node < trie.end[root]) {
            int depth = trie.depth[node];
            budget.lookUp(1);
            State next = automaton.step(path[depth - 1], trie.value[node], budget);
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
