package io.github.llamacpp4j.template.value;

/** Python's classes of characters, where Java's differ. */
public final class Characters {
    private Characters() {}

    /** {@code str.isspace} of one code point; also what {@code strip} and {@code \s} mean. */
    public static boolean isSpace(int cp) {
        if (cp < 0x80) {
            return cp == ' ' || (cp >= 0x09 && cp <= 0x0d) || (cp >= 0x1c && cp <= 0x1f);
        }
        return switch (cp) {
            case 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
            default -> cp >= 0x2000 && cp <= 0x200a;
        };
    }

    /** Whether {@code splitlines} breaks at it. */
    public static boolean isLineBreak(char c) {
        return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /** {@code str.isprintable} of one code point. */
    public static boolean isPrintable(int cp) {
        if (cp < 0x7f) {
            return cp >= 0x20;
        }
        return switch (Character.getType(cp)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }

    /** {@code str.isalpha} of one code point. */
    public static boolean isAlpha(int cp) {
        return switch (Character.getType(cp)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER -> true;
            default -> false;
        };
    }

    /** {@code str.isdecimal} of one code point. */
    public static boolean isDecimal(int cp) {
        return Character.getType(cp) == Character.DECIMAL_DIGIT_NUMBER;
    }

    /** {@code str.isdigit} of one code point. */
    public static boolean isDigit(int cp) {
        return isDecimal(cp) || (cp > 0x7f && isOtherDigit(cp));
    }

    private static boolean isOtherDigit(int cp) {
        return cp == 0xb2
                || cp == 0xb3
                || cp == 0xb9
                || (cp >= 0x1369 && cp <= 0x1371)
                || cp == 0x19da
                || cp == 0x2070
                || (cp >= 0x2074 && cp <= 0x2079)
                || (cp >= 0x2080 && cp <= 0x2089)
                || (cp >= 0x2460 && cp <= 0x2468)
                || (cp >= 0x2474 && cp <= 0x247c)
                || (cp >= 0x2488 && cp <= 0x2490)
                || cp == 0x24ea
                || (cp >= 0x24f5 && cp <= 0x24fd)
                || cp == 0x24ff
                || (cp >= 0x2776 && cp <= 0x277e)
                || (cp >= 0x2780 && cp <= 0x2788)
                || (cp >= 0x278a && cp <= 0x2792)
                || (cp >= 0x10a40 && cp <= 0x10a43)
                || (cp >= 0x10e60 && cp <= 0x10e68)
                || (cp >= 0x11052 && cp <= 0x1105a)
                || (cp >= 0x1f100 && cp <= 0x1f10a);
    }

    /** {@code str.isnumeric} of one code point. */
    public static boolean isNumeric(int cp) {
        return switch (Character.getType(cp)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> cp >= 0x3400 && "一二三四五六七八九十百千万萬億兆〇零壹貳參肆伍陸柒捌玖拾佰仟".indexOf(cp) >= 0;
        };
    }

    /** Whether {@code \w} matches it. */
    public static boolean isWord(int cp) {
        return cp == '_' || isAlpha(cp) || isNumeric(cp) || isDigit(cp);
    }

    /** Whether it has case: upper, lower or title. */
    public static boolean isCased(int cp) {
        return Character.isUpperCase(cp) || Character.isLowerCase(cp) || Character.isTitleCase(cp);
    }
}
