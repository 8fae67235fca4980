package io.github.llamacpp4j.engine;

import io.github.llamacpp4j.model.Tokenizer;
import java.util.Arrays;

/** Whether a draft model speaks the language of the model it guesses for. */
final class DraftVocabulary {

    /** Vocabularies are padded to different lengths at times; see {@code common/speculative.cpp}. */
    private static final int MOST_PADDING = 128;

    private DraftVocabulary() {}

    /** Throws if the same id may mean different tokens. */
    static void check(Tokenizer model, Tokenizer draft) {
        if (Math.abs(model.size() - draft.size()) > MOST_PADDING) {
            throw new IllegalArgumentException("the draft model must have the model's vocabulary of " + model.size()
                    + " tokens, got " + draft.size());
        }
        for (int token = 0; token < Math.min(model.size(), draft.size()); token++) {
            if (!Arrays.equals(model.piece(token, true), draft.piece(token, true))) {
                throw new IllegalArgumentException(
                        "the draft model must have the model's vocabulary, but token " + token + " is \""
                                + draft.spelling(token) + "\" there and \"" + model.spelling(token) + "\" here");
            }
        }
    }
}
