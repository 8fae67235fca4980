package io.github.llamacpp4j.grammar;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Computes token masks. A mask is the union over the places of a state of what each place allows on its own
 * ({@link MaskBasis}, found once per place by walking the trie) and of the tokens that leave a rule and fit the actual
 * stack, which are walked one by one. Safe for use by several threads.
 */
final class MaskBuilder {
    private final Automaton automaton;
    private final TokenVocabulary vocabulary;
    private final int wordCount;

    MaskBuilder(Automaton automaton, TokenVocabulary vocabulary) {
        this.automaton = automaton;
        this.vocabulary = vocabulary;
        this.wordCount = (vocabulary.size() + 63) / 64;
    }

    TokenMask mask(State state) {
        TokenMask known = state.mask;
        if (known != null) {
            return known;
        }
        long[] words = new long[wordCount];
        for (int i = 0; i < state.kernelSize; i++) {
            MaskBasis basis = basis(state.locals[i]);
            long[] accepted = basis.accepted();
            for (int w = 0; w < wordCount; w++) {
                words[w] |= accepted[w];
            }
        }
        for (int i = 0; i < state.kernelSize; i++) {
            if (!state.frames[i].isBottom()) {
                addUncertain(state, basis(state.locals[i]), words);
            }
        }
        if (state.testsTokens) {
            addTested(state, words);
        }
        if (state.accepting) {
            for (int id = 0; id < vocabulary.size(); id++) {
                if (vocabulary.isEndOfGeneration(id)) {
                    set(words, id);
                }
            }
        }
        TokenMask mask = new TokenMask(words, vocabulary.size());
        state.mask = mask;
        automaton.charge(8L * wordCount);
        return mask;
    }

    /**
     * Looks at the places that a text can reach, those close to the start first, and finds out what they say about the vocabulary,
     * until the time is up or half of the memory is used.
     */
    void prepare(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        Set<LocalSet> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        ArrayDeque<LocalSet> work = new ArrayDeque<>();
        Set<LocalSet> entries = Collections.newSetFromMap(new IdentityHashMap<>());
        LocalSet start = automaton.closure(automaton.network().ruleEntry[0]);
        seen.add(start);
        work.add(start);
        while (!work.isEmpty() && System.nanoTime() - end < 0 && !automaton.isHalfFull()) {
            LocalSet local = work.poll();
            if (!entries.contains(local)) {
                basis(local);
            }
            for (int i = 0; i < local.calls.length; i += 2) {
                LocalSet entry = automaton.closure(automaton.network().ruleEntry[local.calls[i]]);
                if (seen.add(entry)) {
                    entries.add(entry);
                    work.add(entry);
                }
                add(automaton.closure(local.calls[i + 1]), entries, seen, work);
            }
            for (int i = 0; i < local.tokens.length; i += 2) {
                add(automaton.closure(local.tokens[i + 1]), entries, seen, work);
            }
            for (int c = 0; c < automaton.network().classCount; c++) {
                if (local.readsByteClass(c)) {
                    add(automaton.localStep(local, c), entries, seen, work);
                }
            }
        }
    }

    /** Notes a place at which a text may stand; where a rule is entered, none stands before a byte has been read. */
    private static void add(LocalSet local, Set<LocalSet> entries, Set<LocalSet> seen, ArrayDeque<LocalSet> work) {
        boolean onlyEntered = entries.remove(local);
        if (seen.add(local) || onlyEntered) {
            work.add(local);
        }
    }

    private void addUncertain(State state, MaskBasis basis, long[] words) {
        int[] tokens = basis.uncertain();
        State[] path = new State[vocabulary.trie().maxDepth + 1];
        path[0] = state;
        int valid = 0;
        boolean failed = false;
        for (int i = 0; i < tokens.length; i++) {
            int shared = basis.shared()[i];
            if (failed && shared > valid) {
                continue;
            }
            byte[] text = vocabulary.text(tokens[i]);
            valid = Math.min(valid, shared);
            failed = false;
            while (valid < text.length) {
                State next = automaton.step(path[valid], text[valid]);
                if (next == automaton.dead) {
                    failed = true;
                    break;
                }
                path[++valid] = next;
            }
            if (!failed) {
                set(words, tokens[i]);
            }
        }
    }

    private void addTested(State state, long[] words) {
        TokenTest[] tests = automaton.network().tokenTests;
        for (LocalSet local : state.locals) {
            for (int t = 0; t < local.tokens.length; t += 2) {
                TokenTest test = tests[local.tokens[t]];
                if (test.kind() == TokenTest.Kind.IS) {
                    for (int id : test.ids()) {
                        if (id < vocabulary.size()) {
                            set(words, id);
                        }
                    }
                } else {
                    for (int id = 0; id < vocabulary.size(); id++) {
                        if (test.matches(id, vocabulary.text(id).length > 0) && !vocabulary.isEndOfGeneration(id)) {
                            set(words, id);
                        }
                    }
                }
            }
        }
    }

    private MaskBasis basis(LocalSet local) {
        MaskBasis known = local.basis;
        if (known != null) {
            return known;
        }
        MaskBasis basis = computeBasis(local);
        local.basis = basis;
        automaton.charge(8L * wordCount + 8L * basis.uncertain().length);
        return basis;
    }

    private MaskBasis computeBasis(LocalSet local) {
        TokenTrie trie = vocabulary.trie();
        long[] accepted = new long[wordCount];
        IntArray uncertain = new IntArray();
        State[] path = new State[trie.maxDepth + 1];
        boolean[] escaped = new boolean[trie.maxDepth + 1];
        path[0] = automaton.atUnknownCaller(local);
        int node = 1;
        while (node < trie.nodeCount) {
            int depth = trie.depth[node];
            State next = automaton.step(path[depth - 1], trie.value[node]);
            if (next == automaton.dead) {
                if (escaped[depth - 1]) {
                    for (int t = trie.first[node]; t < trie.first[trie.end[node]]; t++) {
                        uncertain.add(trie.tokens[t]);
                    }
                }
                node = trie.end[node];
                continue;
            }
            path[depth] = next;
            escaped[depth] = escaped[depth - 1] || next.escapes;
            for (int t = trie.first[node]; t < trie.first[node + 1]; t++) {
                set(accepted, trie.tokens[t]);
            }
            node++;
        }
        int[] tokens = uncertain.toArray();
        int[] shared = new int[tokens.length];
        for (int i = 1; i < tokens.length; i++) {
            int mismatch = Arrays.mismatch(vocabulary.text(tokens[i - 1]), vocabulary.text(tokens[i]));
            shared[i] = mismatch < 0 ? vocabulary.text(tokens[i]).length : mismatch;
        }
        return new MaskBasis(accepted, tokens, shared);
    }

    private static void set(long[] words, int token) {
        words[token >> 6] |= 1L << token;
    }
}
