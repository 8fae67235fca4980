package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Characters;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Search;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;

/** Python's string operations on tracked text: cutting, joining, replacing, padding. */
final class Strings {
    private Strings() {}

    static Str strip(Str s, IntPredicate drop, boolean left, boolean right) {
        String text = s.text();
        int from = 0;
        int to = text.length();
        while (left && from < to) {
            int cp = text.codePointAt(from);
            if (!drop.test(cp)) {
                break;
            }
            from += Character.charCount(cp);
        }
        while (right && from < to) {
            int cp = text.codePointBefore(to);
            if (!drop.test(cp)) {
                break;
            }
            to -= Character.charCount(cp);
        }
        return s.slice(from, to);
    }

    static IntPredicate dropping(Str chars) {
        String set = chars.text();
        return cp -> set.indexOf(cp) >= 0;
    }

    static List<Object> split(Env env, Str s, int max) {
        List<Object> parts = new ArrayList<>();
        String text = s.text();
        int at = skip(text, 0, true);
        while (at < text.length()) {
            if (max >= 0 && parts.size() >= max) {
                parts.add(s.slice(at, text.length()));
                break;
            }
            int end = skip(text, at, false);
            parts.add(s.slice(at, end));
            at = skip(text, end, true);
        }
        env.budget().list(parts.size());
        return parts;
    }

    private static int skip(String text, int from, boolean space) {
        int i = from;
        while (i < text.length() && Characters.isSpace(text.charAt(i)) == space) {
            i++;
        }
        return i;
    }

    static List<Object> rsplit(Env env, Str s, int max) {
        List<Object> parts = new ArrayList<>();
        String text = s.text();
        int end = skipBack(text, text.length(), true);
        while (end > 0) {
            if (max >= 0 && parts.size() >= max) {
                parts.add(s.slice(0, end));
                break;
            }
            int start = skipBack(text, end, false);
            parts.add(s.slice(start, end));
            end = skipBack(text, start, true);
        }
        env.budget().list(parts.size());
        Collections.reverse(parts);
        return parts;
    }

    private static int skipBack(String text, int from, boolean space) {
        int i = from;
        while (i > 0 && Characters.isSpace(text.charAt(i - 1)) == space) {
            i--;
        }
        return i;
    }

    static List<Object> split(Env env, Str s, Str separator, int max) {
        checkSeparator(separator);
        List<Object> parts = new ArrayList<>();
        String text = s.text();
        int at = 0;
        while (max < 0 || parts.size() < max) {
            int found = Search.first(text, separator.text(), at);
            if (found < 0) {
                break;
            }
            parts.add(s.slice(at, found));
            at = found + separator.chars();
        }
        parts.add(s.slice(at, text.length()));
        env.budget().list(parts.size());
        env.budget().charge(text.length());
        return parts;
    }

    static List<Object> rsplit(Env env, Str s, Str separator, int max) {
        checkSeparator(separator);
        List<Object> parts = new ArrayList<>();
        String text = s.text();
        int end = text.length();
        while (max < 0 || parts.size() < max) {
            int found = Search.last(text, separator.text(), end - separator.chars());
            if (found < 0 || end < separator.chars()) {
                break;
            }
            parts.add(s.slice(found + separator.chars(), end));
            end = found;
        }
        parts.add(s.slice(0, end));
        env.budget().list(parts.size());
        env.budget().charge(text.length());
        Collections.reverse(parts);
        return parts;
    }

    static void checkSeparator(Str separator) {
        if (separator.isEmpty()) {
            throw PyError.runtime("empty separator");
        }
    }

    static List<Object> lines(Env env, Str s, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        String text = s.text();
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && !Characters.isLineBreak(text.charAt(end))) {
                end++;
            }
            int next = Math.min(end + 1, text.length());
            if (text.startsWith("\r\n", end)) {
                next = end + 2;
            }
            lines.add(s.slice(at, keepEnds ? next : end));
            at = next;
        }
        env.budget().list(lines.size());
        env.budget().charge(text.length());
        return lines;
    }

    static Str replace(Env env, Str s, Str old, Str replacement, int max) {
        if (max == 0 || (old.isEmpty() && s.isEmpty() && max == 0)) {
            return s;
        }
        if (old.isEmpty()) {
            return interleave(env, s, replacement, max);
        }
        String text = s.text();
        int found = Search.first(text, old.text(), 0);
        if (found < 0) {
            return s;
        }
        StrBuilder out = new StrBuilder(text.length() + 16);
        int at = 0;
        int count = 0;
        while (found >= 0 && (max < 0 || count < max)) {
            out.append(s, at, found).append(replacement);
            env.budget().step();
            env.budget().string(out.chars() >> 6);
            checkLength(env, out);
            at = found + old.chars();
            count++;
            found = Search.first(text, old.text(), at);
        }
        return env.checked(out.append(s, at, text.length()).toStr()).asMarkup(s.isMarkup());
    }

    private static void checkLength(Env env, StrBuilder out) {
        if (out.chars() > env.budget().maxStringChars()) {
            env.budget().string(out.chars());
        }
    }

    private static Str interleave(Env env, Str s, Str piece, int max) {
        StrBuilder out = new StrBuilder();
        int count = 0;
        int at = 0;
        while (true) {
            if (max >= 0 && count >= max) {
                out.append(s, at, s.chars());
                break;
            }
            out.append(piece);
            count++;
            env.budget().step();
            checkLength(env, out);
            if (at >= s.chars()) {
                break;
            }
            int next = at + Character.charCount(s.text().codePointAt(at));
            out.append(s, at, next);
            at = next;
        }
        return env.checked(out.toStr()).asMarkup(s.isMarkup());
    }

    static Str pad(Env env, Str s, int before, int after, Str fill) {
        if (before <= 0 && after <= 0) {
            return s;
        }
        int left = Math.max(before, 0);
        int right = Math.max(after, 0);
        env.budget().string((long) s.chars() + ((long) left + right) * fill.chars());
        StrBuilder out = new StrBuilder(s.chars() + (left + right) * fill.chars());
        if (fill.hasValue()) {
            for (int i = 0; i < left; i++) {
                out.append(fill);
            }
            out.append(s);
            for (int i = 0; i < right; i++) {
                out.append(fill);
            }
        } else {
            out.append(fill.text().repeat(left)).append(s).append(fill.text().repeat(right));
        }
        return out.toStr().asMarkup(s.isMarkup());
    }

    static Str center(Env env, Str s, int width, Str fill) {
        long room = (long) width - s.length();
        if (room <= 0) {
            return s;
        }
        env.budget().string(room);
        int left = (int) (room / 2 + (room & width & 1));
        return pad(env, s, left, (int) room - left, fill);
    }

    static Str join(Env env, Str separator, Object[] items) {
        StrBuilder out = new StrBuilder();
        for (int i = 0; i < items.length; i++) {
            if (i > 0) {
                out.append(separator);
            }
            if (!(items[i] instanceof Str s)) {
                throw PyError.runtime("sequence item " + i + ": expected str instance, "
                        + io.github.llamacpp4j.template.value.Text.typeName(items[i]) + " found");
            }
            out.append(s);
            checkLength(env, out);
        }
        env.budget().steps(items.length);
        return env.checked(out.toStr());
    }
}
