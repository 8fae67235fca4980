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

    TokenMask mask(State state, StepBudget budget) {
        TokenMask known = state.mask;
        if (known != null) {
            return known;
        }
        long[] words = new long[wordCount];
        Set<LocalSet> places = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<LocalSet> left = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < state.kernelSize; i++) {
            places.add(state.locals[i]);
            if (!state.frames[i].isBottom()) {
                left.add(state.locals[i]);
            }
        }
        budget.spend(state.kernelSize);
        for (LocalSet place : places) {
            long[] accepted = basis(place, budget).accepted();
            budget.lookUp(wordCount);
            for (int w = 0; w < wordCount; w++) {
                words[w] |= accepted[w];
            }
        }
        for (LocalSet place : left) {
            addUncertain(state, basis(place, budget), words, budget);
        }
        if (state.testsTokens) {
            addTested(state, words, budget);
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
    void prepare(Duration time, StepBudget budget) {
        long end = System.nanoTime() + time.toNanos();
        Set<LocalSet> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        ArrayDeque<LocalSet> work = new ArrayDeque<>();
        Set<LocalSet> entries = Collections.newSetFromMap(new IdentityHashMap<>());
        LocalSet start = automaton.closure(automaton.network().ruleEntry[0], budget);
        seen.add(start);
        work.add(start);
        while (!work.isEmpty() && System.nanoTime() - end < 0 && !automaton.isHalfFull()) {
            LocalSet local = work.poll();
            budget.nextToken();
            if (!entries.contains(local)) {
                basis(local, budget);
            }
            for (int i = 0; i < local.calls.length; i += 2) {
                LocalSet entry = automaton.closure(automaton.network().ruleEntry[local.calls[i]], budget);
                if (seen.add(entry)) {
                    entries.add(entry);
                    work.add(entry);
                }
                add(automaton.closure(local.calls[i + 1], budget), entries, seen, work);
            }
            for (int i = 0; i < local.tokens.length; i += 2) {
                add(automaton.closure(local.tokens[i + 1], budget), entries, seen, work);
            }
            for (int c = 0; c < automaton.network().classCount; c++) {
                if (local.readsByteClass(c)) {
                    add(automaton.localStep(local, c, budget), entries, seen, work);
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

    private void addUncertain(State state, MaskBasis basis, long[] words, StepBudget budget) {
        int[] tokens = basis.uncertain();
        State[] path = new State[vocabulary.trie().maxDepth + 1];
        path[0] = state;
        int valid = 0;
        boolean failed = false;
        for (int i = 0; i < tokens.length; i++) {
            int shared = basis.shared()[i];
            budget.lookUp(1);
            if (failed && shared > valid) {
                continue;
            }
            byte[] text = vocabulary.text(tokens[i]);
            valid = Math.min(valid, shared);
            failed = false;
            if (isSet(words, tokens[i])) {
                continue;
            }
            budget.lookUp(text.length - valid);
            while (valid < text.length) {
                State next = automaton.step(path[valid], text[valid], budget);
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

    private void addTested(State state, long[] words, StepBudget budget) {
        TokenTest[] tests = automaton.network().tokenTests;
        for (LocalSet local : state.locals) {
            budget.spend(local.tokens.length);
            for (int t = 0; t < local.tokens.length; t += 2) {
                TokenTest test = tests[local.tokens[t]];
                if (test.kind() == TokenTest.Kind.IS) {
                    for (int id : test.ids()) {
                        if (id < vocabulary.size()) {
                            set(words, id);
                        }
                    }
                } else {
                    budget.lookUp(vocabulary.size());
                    for (int id = 0; id < vocabulary.size(); id++) {
                        if (test.matches(id, vocabulary.text(id).length > 0) && !vocabulary.isEndOfGeneration(id)) {
                            set(words, id);
                        }
                    }
                }
            }
        }
    }

    private MaskBasis basis(LocalSet local, StepBudget budget) {
        MaskBasis known = local.basis;
        if (known != null) {
            return known;
        }
        MaskBasis basis = computeBasis(local, budget);
        local.basis = basis;
        automaton.charge(8L * wordCount + 8L * basis.uncertain().length);
        return basis;
    }

    private MaskBasis computeBasis(LocalSet local, StepBudget budget) {
        TokenTrie trie = vocabulary.trie();
        long[] accepted = new long[wordCount];
        IntArray uncertain = new IntArray();
        State[] path = new State[trie.maxDepth + 1];
        boolean[] escaped = new boolean[trie.maxDepth + 1];
        path[0] = automaton.atUnknownCaller(local, budget);
        int node = 1;
        while (node < trie.nodeCount) {
            int depth = trie.depth[node];
            budget.lookUp(1);
            State next = automaton.step(path[depth - 1], trie.value[node], budget);
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

    private static boolean isSet(long[] words, int token) {
        return (words[token >> 6] >>> token & 1) != 0;
    }

    private static void set(long[] words, int token) {
        words[token >> 6] |= 1L << token;
    }
}
