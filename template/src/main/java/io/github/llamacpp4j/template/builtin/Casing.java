package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Characters;
import io.github.llamacpp4j.template.value.Str;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Python's case mappings and character class questions. */
final class Casing {
    private Casing() {}

    static Str upper(Str s) {
        return s.mapped(s.text().toUpperCase(Locale.ROOT));
    }

    static Str lower(Str s) {
        return s.mapped(lower(s.text(), 0));
    }

    /** The lower case of a text from a char on; Java looks at words to tell which sigma is the last, Unicode does not. */
    private static String lower(String text, int from) {
        if (text.indexOf('Σ', from) < 0) {
            return text.substring(from).toLowerCase(Locale.ROOT);
        }
        StringBuilder out = new StringBuilder(text.length());
        for (int i = from; i < text.length(); ) {
            int cp = text.codePointAt(i);
            out.append(lower(text, i, cp));
            i += Character.charCount(cp);
        }
        return out.toString();
    }

    private static String title(int cp) {
        int simple = Character.toTitleCase(cp);
        if (simple != cp || cp < 0x80) {
            return Character.toString(simple);
        }
        String upper = Character.toString(cp).toUpperCase(Locale.ROOT);
        int first = upper.offsetByCodePoints(0, 1);
        return first == upper.length()
                ? Character.toString(cp)
                : upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
    }

    static Str capitalize(Str s) {
        if (s.isEmpty()) {
            return s;
        }
        int first = s.text().codePointAt(0);
        int rest = Character.charCount(first);
        return s.mapped(title(first) + lower(s.text(), rest));
    }

    static Str title(Str s) {
        StringBuilder out = new StringBuilder(s.chars());
        boolean inWord = false;
        for (int i = 0; i < s.chars(); ) {
            int cp = s.text().codePointAt(i);
            out.append(inWord ? lower(s.text(), i, cp) : title(cp));
            inWord = Characters.isCased(cp);
            i += Character.charCount(cp);
        }
        return s.mapped(out.toString());
    }

    static Str swap(Str s) {
        StringBuilder out = new StringBuilder(s.chars());
        for (int i = 0; i < s.chars(); ) {
            int cp = s.text().codePointAt(i);
            if (Character.isUpperCase(cp)) {
                out.append(lower(s.text(), i, cp));
            } else {
                String one = Character.toString(cp);
                out.append(Character.isLowerCase(cp) ? one.toUpperCase(Locale.ROOT) : one);
            }
            i += Character.charCount(cp);
        }
        return s.mapped(out.toString());
    }

    /** The lower case of one code point of a text: a capital sigma looks at what stands around it. */
    private static String lower(String text, int at, int cp) {
        return cp == 'Σ' && isFinal(text, at) ? "ς" : Character.toString(cp).toLowerCase(Locale.ROOT);
    }

    private static boolean isFinal(String text, int sigma) {
        int before = sigma;
        while (before > 0 && isCaseIgnorable(text.codePointBefore(before))) {
            before -= Character.charCount(text.codePointBefore(before));
        }
        int after = sigma + 1;
        while (after < text.length() && isCaseIgnorable(text.codePointAt(after))) {
            after += Character.charCount(text.codePointAt(after));
        }
        return before > 0
                && Characters.isCased(text.codePointBefore(before))
                && (after == text.length() || !Characters.isCased(text.codePointAt(after)));
    }

    private static boolean isCaseIgnorable(int cp) {
        return switch (Character.getType(cp)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL -> true;
            default -> "'.:·͵·՚՝״‘’․‧︓﹒﹕＇．：".indexOf(cp) >= 0;
        };
    }

    static Str fold(Str s) {
        StringBuilder out = new StringBuilder(s.chars());
        s.text().codePoints().forEach(cp -> out.append(fold(cp)));
        return s.mapped(out.toString());
    }

    private static String fold(int cp) {
        String one = Character.toString(cp);
        if (cp == 0x131 || cp == 0x130) {
            return one.toLowerCase(Locale.ROOT);
        }
        return one.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).replace('ς', 'σ');
    }

    static boolean all(Str s, IntPredicate test) {
        return !s.isEmpty() && s.text().codePoints().allMatch(test);
    }

    static boolean isLower(Str s) {
        return s.text().codePoints().noneMatch(cp -> Character.isUpperCase(cp) || Character.isTitleCase(cp))
                && s.text().codePoints().anyMatch(Character::isLowerCase);
    }

    static boolean isUpper(Str s) {
        return s.text().codePoints().noneMatch(cp -> Character.isLowerCase(cp) || Character.isTitleCase(cp))
                && s.text().codePoints().anyMatch(Character::isUpperCase);
    }

    static boolean isTitle(Str s) {
        boolean inWord = false;
        boolean found = false;
        for (int cp : s.text().codePoints().toArray()) {
            if (Character.isUpperCase(cp) || Character.isTitleCase(cp)) {
                if (inWord) {
                    return false;
                }
                inWord = true;
                found = true;
            } else if (Character.isLowerCase(cp)) {
                if (!inWord) {
                    return false;
                }
                found = true;
            } else {
                inWord = false;
            }
        }
        return found;
    }

    static boolean isIdentifier(Str s) {
        if (s.isEmpty()) {
            return false;
        }
        int first = s.text().codePointAt(0);
        return (first == '_' || Character.isUnicodeIdentifierStart(first))
                && s.text()
                        .codePoints()
                        .allMatch(cp -> Character.isUnicodeIdentifierPart(cp) && !Character.isIdentifierIgnorable(cp));
    }
}
