package io.github.llamacpp4j.grammar;

import java.util.function.IntPredicate;

/** The character classes of regular expressions, in the ASCII reading and in the one that takes in all of Unicode. */
final class CharacterClasses {
    static final CodePointSet DIGIT = CodePointSet.range('0', '9');
    static final CodePointSet WORD = DIGIT.union(CodePointSet.range('a', 'z'))
            .union(CodePointSet.range('A', 'Z'))
            .union(CodePointSet.of('_'));
    static final CodePointSet SPACE = CodePointSet.range('\t', '\r').union(CodePointSet.of(' '));
    static final CodePointSet NEWLINES = CodePointSet.ofChars("\n\r\u2028\u2029");

    private CharacterClasses() {}

    /** Computed on first use, since it looks at every code point. */
    private static final class Unicode {
        static final CodePointSet DIGIT = collect(c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER);
        static final CodePointSet WORD = CharacterClasses.WORD.union(collect(c -> Character.isLetter(c)
                || Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER
                || Character.getType(c) == Character.LETTER_NUMBER
                || Character.getType(c) == Character.OTHER_NUMBER));
        static final CodePointSet SPACE = CharacterClasses.SPACE
                .union(collect(c -> Character.isSpaceChar(c) || Character.isWhitespace(c)))
                .union(CodePointSet.of(0x85))
                .union(CodePointSet.of(0xFEFF));

        private static CodePointSet collect(IntPredicate member) {
            CodePointSet.Builder builder = new CodePointSet.Builder();
            int start = -1;
            for (int c = 0; c <= CodePointSet.MAX + 1; c++) {
                boolean in = c <= CodePointSet.MAX && member.test(c);
                if (in && start < 0) {
                    start = c;
                } else if (!in && start >= 0) {
                    builder.add(start, c - 1);
                    start = -1;
                }
            }
            return builder.build();
        }
    }

    /** The class that an escape letter names ({@code dDwWsS}), in the given reading. */
    static CodePointSet named(int letter, Regex.Reading reading) {
        boolean negated = letter < 'a';
        boolean unicode = (reading == Regex.Reading.WIDE) != negated;
        CodePointSet set = switch (letter | 0x20) {
            case 'd' -> unicode ? Unicode.DIGIT : DIGIT;
            case 'w' -> unicode ? Unicode.WORD : WORD;
            default -> unicode ? Unicode.SPACE : SPACE;
        };
        return negated ? set.complement() : set;
    }

    /** What a dot matches. */
    static CodePointSet dot(Regex.Reading reading) {
        return reading == Regex.Reading.WIDE ? CodePointSet.of('\n').complement() : NEWLINES.complement();
    }
}
