package io.github.llamacpp4j.model;

import java.util.OptionalInt;

/**
 * The tokens of a vocabulary that have a role instead of a text; empty where the model has none. Immutable and
 * thread-safe.
 *
 * @param beginning begins a text ({@code bos}); also the classification token of BERT models
 * @param end ends a text ({@code eos})
 * @param endOfTurn ends one speaker's turn ({@code eot})
 * @param separator separates two sentences ({@code sep})
 * @param newline a line feed ({@code nl})
 * @param padding fills up ({@code pad})
 * @param mask stands for a hidden token ({@code mask})
 * @param fillPrefix stands before the text in front of a gap ({@code fim_pre})
 * @param fillSuffix stands before the text behind a gap ({@code fim_suf})
 * @param fillMiddle stands before the text of the gap ({@code fim_mid})
 * @param fillPadding fills up ({@code fim_pad})
 * @param fillRepository stands before a repository's name ({@code fim_rep})
 * @param fillSeparator stands between files ({@code fim_sep})
 */
public record SpecialTokens(
        OptionalInt beginning,
        OptionalInt end,
        OptionalInt endOfTurn,
        OptionalInt separator,
        OptionalInt newline,
        OptionalInt padding,
        OptionalInt mask,
        OptionalInt fillPrefix,
        OptionalInt fillSuffix,
        OptionalInt fillMiddle,
        OptionalInt fillPadding,
        OptionalInt fillRepository,
        OptionalInt fillSeparator) {

    /** Whether text can be filled into a gap: prefix, suffix and middle are there. */
    public boolean canFillInTheMiddle() {
        return fillPrefix.isPresent() && fillSuffix.isPresent() && fillMiddle.isPresent();
    }
}
