package io.github.llamacpp4j.grammar;

import java.util.List;

/** A parsed regular expression. Nesting is limited by the parser, so walking it recursively is safe. */
sealed interface Regex {
    /** One code point of a set. */
    record Chars(CodePointSet set) implements Regex {}

    /** All parts in order. */
    record Sequence(List<Regex> parts) implements Regex {}

    /** Any option. */
    record Choice(List<Regex> options) implements Regex {}

    /** Repetition; {@code max} -1 is no upper bound. */
    record Repeat(Regex body, int min, int max) implements Regex {}

    /** The start of the text. */
    record Begin() implements Regex {}

    /** The end of the text. */
    record End() implements Regex {}

    /**
     * How to read the parts on which ECMA-262 and Python disagree, such as which digits {@code \d} means: so that every
     * text that matches does so in both, or so that every text that matches in either does.
     */
    enum Reading {
        /** Only texts that match in both dialects. */
        NARROW,
        /** All texts that match in one of them. */
        WIDE
    }
}
