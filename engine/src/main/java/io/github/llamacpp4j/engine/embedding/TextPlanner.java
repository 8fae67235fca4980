package io.github.llamacpp4j.engine.embedding;

import io.github.llamacpp4j.model.Tokenizer;
import java.util.Arrays;
import java.util.List;

/** Tokenizes texts, and cuts what is too long without losing the special tokens around it. Thread-safe. */
final class TextPlanner {

    private static final String PROBE = "a";

    private final Tokenizer tokenizer;
    private final int maxTokens;
    private final LongTextPolicy policy;
    private final int[] beginning;
    private final int[] ending;

    TextPlanner(Tokenizer tokenizer, int maxTokens, LongTextPolicy policy) {
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
        this.policy = policy;
        int[] framed = tokenizer.encode(PROBE);
        int[] bare = tokenizer.encode(PROBE, false, false);
        int before = Math.max(0, indexOf(framed, bare));
        this.beginning = Arrays.copyOf(framed, before);
        this.ending = Arrays.copyOfRange(framed, Math.min(before + bare.length, framed.length), framed.length);
    }

    private static int indexOf(int[] whole, int[] part) {
        for (int start = 0; start + part.length <= whole.length; start++) {
            if (Arrays.equals(whole, start, start + part.length, part, 0, part.length)) {
                return start;
            }
        }
        return -1;
    }

    /**
     * The tokens of a text.
     *
     * @throws EmptyTextException if there are none
     * @throws TextTooLongException if there are too many
     */
    Plan plan(String text) {
        int[] tokens = tokenizer.encode(text);
        if (tokens.length == 0) {
            throw new EmptyTextException();
        }
        return fitted(tokens);
    }

    /**
     * Tokens as they are.
     *
     * @throws IllegalArgumentException if one is outside the vocabulary
     * @throws TextTooLongException if there are too many
     */
    Plan planTokens(EmbeddingInput.Tokens tokens) {
        int[] ids = tokens.ids().stream().mapToInt(Integer::intValue).toArray();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= tokenizer.size()) {
                throw new IllegalArgumentException("tokens[" + i + "]: expected the id of a token, 0 to "
                        + (tokenizer.size() - 1) + ", found " + ids[i]);
            }
        }
        return fitted(ids);
    }

    private Plan fitted(int[] tokens) {
        if (tokens.length <= maxTokens) {
            return new Plan(List.of(tokens), false);
        }
        FramedTokens framed = new FramedTokens(tokens, beginning, ending);
        int room = framed.room(maxTokens);
        if (policy == LongTextPolicy.ERROR || room < 1) {
            throw new TextTooLongException(tokens.length, maxTokens);
        }
        return policy == LongTextPolicy.TRUNCATE
                ? new Plan(List.of(framed.first(room)), true)
                : new Plan(framed.parts(room), false);
    }
}
