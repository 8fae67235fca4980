package io.github.llamacpp4j.template.builtin;

import static io.github.llamacpp4j.template.builtin.Params.soft;

import io.github.llamacpp4j.template.value.Characters;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Filters that see text as words: counting, and wrapping as Python's {@code textwrap} does. */
final class WordFilters {
    private WordFilters() {}

    static void addTo(Map<String, Function> table) {
        table.put(
                "wordcount",
                Function.of("wordcount", "s", (env, a) -> count(soft(env, a[0]).text())));
        table.put(
                "wordwrap",
                Function.of(
                        "wordwrap",
                        "s, width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True",
                        WordFilters::wrap));
    }

    private static Object count(String text) {
        long words = 0;
        boolean inWord = false;
        for (int i = 0; i < text.length(); ) {
            int cp = text.codePointAt(i);
            boolean word = Characters.isWord(cp);
            words += word && !inWord ? 1 : 0;
            inWord = word;
            i += Character.charCount(cp);
        }
        return words;
    }

    private static Object wrap(Env env, Object[] a) {
        if (!(a[0] instanceof Str s)) {
            throw Params.noAttribute(a[0], "splitlines");
        }
        int width = Params.index(a[1]);
        Str wrapString = a[3] == None.NONE ? Str.of("\n") : Params.str(a[3], "wordwrap");
        boolean breakLong = Operators.truthy(a[2]);
        boolean hyphens = Operators.truthy(a[4]);
        List<Object> wrapped = new ArrayList<>();
        for (Object line : Strings.lines(env, s, false)) {
            if (width <= 0) {
                throw PyError.runtime("invalid width " + width + " (must be > 0)");
            }
            List<Object> lines = new Wrapper(env, width, breakLong, hyphens).lines(((Str) line).asPlain());
            wrapped.add(Strings.join(env, wrapString.asPlain(), lines.toArray()));
        }
        return Strings.join(env, wrapString.asPlain(), wrapped.toArray());
    }

    /** Python's {@code textwrap.TextWrapper} for one paragraph. */
    private static final class Wrapper {
        private final Env env;
        private final int width;
        private final boolean breakLong;
        private final boolean hyphens;
        private final Deque<Str> chunks = new ArrayDeque<>();
        private final List<Object> lines = new ArrayList<>();

        Wrapper(Env env, int width, boolean breakLong, boolean hyphens) {
            this.env = env;
            this.width = width;
            this.breakLong = breakLong;
            this.hyphens = hyphens;
        }

        List<Object> lines(Str paragraph) {
            split(paragraph);
            while (!chunks.isEmpty()) {
                line();
            }
            return lines;
        }

        private void line() {
            List<Str> line = new ArrayList<>();
            int used = 0;
            if (!lines.isEmpty() && isBlank(chunks.getFirst())) {
                chunks.removeFirst();
            }
            while (!chunks.isEmpty() && used + chunks.getFirst().length() <= width) {
                used += chunks.getFirst().length();
                line.add(chunks.removeFirst());
            }
            if (!chunks.isEmpty() && chunks.getFirst().length() > width) {
                breakLong(line, width - used);
            }
            if (!line.isEmpty() && isBlank(line.getLast())) {
                line.removeLast();
            }
            if (!line.isEmpty()) {
                StrBuilder out = new StrBuilder();
                line.forEach(out::append);
                lines.add(env.checked(out.toStr()));
            }
            env.budget().step();
        }

        private void breakLong(List<Str> line, int room) {
            if (breakLong) {
                Str chunk = chunks.removeFirst();
                int end = chunk.offset(Math.min(room, chunk.length()));
                if (hyphens && chunk.length() > room) {
                    int hyphen = chunk.text().lastIndexOf('-', end - 1);
                    if (hyphen > 0 && !chunk.text().substring(0, hyphen).chars().allMatch(c -> c == '-')) {
                        end = hyphen + 1;
                    }
                }
                env.budget().charge((chunk.chars() - end) >> 4);
                line.add(chunk.slice(0, end));
                chunks.addFirst(chunk.slice(end, chunk.chars()));
            } else if (line.isEmpty()) {
                line.add(chunks.removeFirst());
            }
        }

        private static boolean isBlank(Str s) {
            return s.text().codePoints().allMatch(Characters::isSpace);
        }

        private void split(Str s) {
            int at = 0;
            while (at < s.chars()) {
                int end = hyphens ? chunkEnd(s.text(), at) : simpleEnd(s.text(), at);
                chunks.add(s.slice(at, end));
                env.budget().step();
                at = end;
            }
        }

        private static char at(String s, int i) {
            return i >= 0 && i < s.length() ? s.charAt(i) : 0;
        }

        private static boolean isWrapSpace(char c) {
            return c == ' ' || (c >= '\t' && c <= '\r');
        }

        private static boolean isLetter(char c) {
            return Characters.isWord(c) && !Characters.isDecimal(c);
        }

        private static boolean isWordOrPunctuation(char c) {
            return c != 0 && (Characters.isWord(c) || "!\"'&.,?".indexOf(c) >= 0);
        }

        private static int simpleEnd(String s, int from) {
            boolean space = isWrapSpace(s.charAt(from));
            int i = from;
            while (i < s.length() && isWrapSpace(s.charAt(i)) == space) {
                i++;
            }
            return i;
        }

        private static int dashes(String s, int from) {
            int i = from;
            while (at(s, i) == '-') {
                i++;
            }
            return i - from >= 2 && Characters.isWord(at(s, i)) && at(s, i) != 0 ? i : -1;
        }

        private static int chunkEnd(String s, int from) {
            if (isWrapSpace(s.charAt(from))) {
                return simpleEnd(s, from);
            }
            if (isWordOrPunctuation(at(s, from - 1))) {
                int end = dashes(s, from);
                if (end >= 0) {
                    return end;
                }
            }
            for (int j = from + 1; ; j++) {
                if (isHyphen(s, j)) {
                    return j + 1;
                }
                if (j >= s.length() || isWrapSpace(s.charAt(j))) {
                    return j;
                }
                if (isWordOrPunctuation(at(s, j - 1)) && dashes(s, j) >= 0) {
                    return j;
                }
            }
        }

        private static boolean isHyphen(String s, int i) {
            if (at(s, i) != '-') {
                return false;
            }
            boolean before = isLetter(at(s, i - 1))
                    && (isLetter(at(s, i - 2)) || (at(s, i - 2) == '-' && isLetter(at(s, i - 3))));
            int next = at(s, i + 2) == '-' ? i + 3 : i + 2;
            return before && isLetter(at(s, i + 1)) && isLetter(at(s, next));
        }
    }
}
