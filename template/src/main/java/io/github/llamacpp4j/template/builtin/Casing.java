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
        return s.mapped(s.text().toLowerCase(Locale.ROOT));
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
        return s.mapped(title(first) + s.text().substring(rest).toLowerCase(Locale.ROOT));
    }

    static Str title(Str s) {
        StringBuilder out = new StringBuilder(s.chars());
        boolean inWord = false;
        String lower = s.text().toLowerCase(Locale.ROOT);
        boolean aligned = lower.length() == s.chars();
        for (int i = 0; i < s.chars(); ) {
            int cp = s.text().codePointAt(i);
            int next = i + Character.charCount(cp);
            if (!inWord) {
                out.append(title(cp));
            } else if (aligned) {
                out.append(lower, i, next);
            } else {
                out.append(Character.toString(cp).toLowerCase(Locale.ROOT));
            }
            inWord = Characters.isCased(cp);
            i = next;
        }
        return s.mapped(out.toString());
    }

    static Str swap(Str s) {
        StringBuilder out = new StringBuilder(s.chars());
        s.text().codePoints().forEach(cp -> {
            String one = Character.toString(cp);
            out.append(
                    Character.isUpperCase(cp)
                            ? one.toLowerCase(Locale.ROOT)
                            : Character.isLowerCase(cp) ? one.toUpperCase(Locale.ROOT) : one);
        });
        return s.mapped(out.toString());
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
                        .allMatch(cp -> Characters.isWord(cp)
                                || (Character.isUnicodeIdentifierPart(cp) && !Character.isIdentifierIgnorable(cp)));
    }
}
