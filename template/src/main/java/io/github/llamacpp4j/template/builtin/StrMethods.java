package io.github.llamacpp4j.template.builtin;

import static io.github.llamacpp4j.template.builtin.Params.index;
import static io.github.llamacpp4j.template.builtin.Params.isNone;
import static io.github.llamacpp4j.template.builtin.Params.size;
import static io.github.llamacpp4j.template.builtin.Params.str;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Characters;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Html;
import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.Numbers;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyList;
import io.github.llamacpp4j.template.value.PyTuple;
import io.github.llamacpp4j.template.value.Search;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import io.github.llamacpp4j.template.value.Text;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** The methods of Python's {@code str}; on HTML-safe text they return HTML-safe text and escape what they add. */
final class StrMethods {
    static final Map<String, Function> ALL = new StrMethods().table;

    /** Those of text that is HTML-safe. */
    static final Map<String, Function> MARKUP = new StrMethods().markup().table;

    private final Map<String, Function> table = new HashMap<>();

    private StrMethods() {
        casing();
        questions();
        cutting();
        searching();
        padding();
        making();
    }

    private void add(String name, String parameters, Function.Fixed body) {
        table.put(name, Function.of(name, parameters, body));
    }

    private static Str self(Object[] a) {
        return (Str) a[0];
    }

    private void casing() {
        add("upper", "self, /", (env, a) -> env.checked(Casing.upper(self(a))));
        add("lower", "self, /", (env, a) -> env.checked(Casing.lower(self(a))));
        add("title", "self, /", (env, a) -> env.checked(Casing.title(self(a))));
        add("capitalize", "self, /", (env, a) -> env.checked(Casing.capitalize(self(a))));
        add("swapcase", "self, /", (env, a) -> env.checked(Casing.swap(self(a))));
        add("casefold", "self, /", (env, a) -> env.checked(Casing.fold(self(a))));
    }

    private void question(String name, IntPredicate test) {
        add(name, "self, /", (env, a) -> Casing.all(self(a), test));
    }

    private void questions() {
        question("isalnum", cp -> Characters.isAlpha(cp) || Characters.isDigit(cp) || Characters.isNumeric(cp));
        question("isalpha", Characters::isAlpha);
        question("isdecimal", Characters::isDecimal);
        question("isdigit", Characters::isDigit);
        question("isnumeric", cp -> Characters.isNumeric(cp) || Characters.isDigit(cp));
        question("isspace", Characters::isSpace);
        add("isascii", "self, /", (env, a) -> self(a).text().chars().allMatch(c -> c < 0x80));
        add("isprintable", "self, /", (env, a) -> self(a).text().codePoints().allMatch(Characters::isPrintable));
        add("isidentifier", "self, /", (env, a) -> Casing.isIdentifier(self(a)));
        add("islower", "self, /", (env, a) -> Casing.isLower(self(a)));
        add("isupper", "self, /", (env, a) -> Casing.isUpper(self(a)));
        add("istitle", "self, /", (env, a) -> Casing.isTitle(self(a)));
    }

    static Str strip(Str s, Object chars, boolean left, boolean right) {
        IntPredicate drop = isNone(chars) ? Characters::isSpace : Strings.dropping(characters(chars));
        return Strings.strip(s, drop, left, right);
    }

    private static Str characters(Object chars) {
        if (chars instanceof Str s) {
            return s;
        }
        throw PyError.runtime("strip arg must be None or str");
    }

    private void cutting() {
        add("strip", "self, chars=None, /", (env, a) -> strip(self(a), a[1], true, true));
        add("lstrip", "self, chars=None, /", (env, a) -> strip(self(a), a[1], true, false));
        add("rstrip", "self, chars=None, /", (env, a) -> strip(self(a), a[1], false, true));
        add("split", "self, sep=None, maxsplit=-1", (env, a) -> split(env, a, false));
        add("rsplit", "self, sep=None, maxsplit=-1", (env, a) -> split(env, a, true));
        add(
                "splitlines",
                "self, keepends=False",
                (env, a) -> PyList.of(Strings.lines(env, self(a), Operators.truthy(a[1]))));
        add("partition", "self, sep, /", (env, a) -> partition(self(a), str(a[1], "partition"), false));
        add("rpartition", "self, sep, /", (env, a) -> partition(self(a), str(a[1], "rpartition"), true));
        add("removeprefix", "self, prefix, /", (env, a) -> {
            Str prefix = str(a[1], "removeprefix");
            return self(a).text().startsWith(prefix.text()) ? self(a).slice(prefix.chars(), self(a).chars()) : self(a);
        });
        add("removesuffix", "self, suffix, /", (env, a) -> {
            Str suffix = str(a[1], "removesuffix");
            return self(a).text().endsWith(suffix.text())
                    ? self(a).slice(0, self(a).chars() - suffix.chars())
                    : self(a);
        });
    }

    private static PyList split(Env env, Object[] a, boolean fromRight) {
        int max = size(a[2]);
        if (isNone(a[1])) {
            return PyList.of(fromRight ? Strings.rsplit(env, self(a), max) : Strings.split(env, self(a), max));
        }
        if (!(a[1] instanceof Str separator)) {
            throw PyError.runtime("must be str or None, not " + Text.typeName(a[1]));
        }
        List<Object> parts =
                fromRight ? Strings.rsplit(env, self(a), separator, max) : Strings.split(env, self(a), separator, max);
        return PyList.of(parts);
    }

    private static PyTuple partition(Str s, Str separator, boolean last) {
        Strings.checkSeparator(separator);
        int at =
                last ? Search.last(s.text(), separator.text(), s.chars()) : Search.first(s.text(), separator.text(), 0);
        Str none = s.slice(0, 0);
        if (at < 0) {
            return last ? new PyTuple(none, none, s) : new PyTuple(s, none, none);
        }
        int after = at + separator.chars();
        return new PyTuple(s.slice(0, at), s.slice(at, after), s.slice(after, s.chars()));
    }

    private void searching() {
        add("find", "self, sub, start=None, end=None, /", (env, a) -> (long) find(a, "find", false));
        add("rfind", "self, sub, start=None, end=None, /", (env, a) -> (long) find(a, "rfind", true));
        add("index", "self, sub, start=None, end=None, /", (env, a) -> found(find(a, "index", false)));
        add("rindex", "self, sub, start=None, end=None, /", (env, a) -> found(find(a, "rindex", true)));
        add("count", "self, sub, start=None, end=None, /", (env, a) -> count(a));
        add("startswith", "self, prefix, start=None, end=None, /", (env, a) -> affix(a, "startswith", true));
        add("endswith", "self, suffix, start=None, end=None, /", (env, a) -> affix(a, "endswith", false));
    }

    private static Object found(int at) {
        if (at < 0) {
            throw PyError.runtime("substring not found");
        }
        return (long) at;
    }

    private static int bound(Object bound, int length, int otherwise) {
        if (isNone(bound)) {
            return otherwise;
        }
        int n = index(bound);
        return n < 0 ? Math.max(n + length, 0) : n;
    }

    private static int find(Object[] a, String function, boolean last) {
        Str s = self(a);
        Str part = str(a[1], function);
        int from = bound(a[2], s.length(), 0);
        int to = Math.min(bound(a[3], s.length(), s.length()), s.length());
        if (from > to) {
            return -1;
        }
        int start = s.offset(from);
        int end = s.offset(to);
        int at = last
                ? Search.last(s.text(), part.text(), end - part.chars())
                : Search.first(s.text(), part.text(), start);
        boolean inside = at >= start && at + part.chars() <= end;
        return inside ? s.index(at) : -1;
    }

    private static Object count(Object[] a) {
        Str s = self(a);
        Str part = str(a[1], "count");
        int from = bound(a[2], s.length(), 0);
        int to = Math.min(bound(a[3], s.length(), s.length()), s.length());
        if (from > to) {
            return 0L;
        }
        if (part.isEmpty()) {
            return (long) to - from + 1;
        }
        long count = 0;
        int end = s.offset(to);
        int at = Search.first(s.text(), part.text(), s.offset(from));
        while (at >= 0 && at + part.chars() <= end) {
            count++;
            at = Search.first(s.text(), part.text(), at + part.chars());
        }
        return count;
    }

    private static Object affix(Object[] a, String function, boolean start) {
        Str s = self(a);
        int from = bound(a[2], s.length(), 0);
        int to = Math.min(bound(a[3], s.length(), s.length()), s.length());
        Object[] affixes = a[1] instanceof PyTuple t ? t.items() : new Object[] {a[1]};
        for (Object affix : affixes) {
            if (!(affix instanceof Str part)) {
                throw PyError.runtime(
                        function + " first arg must be str or a tuple of str, not " + Text.typeName(affix));
            }
            if (from <= to && part.length() <= to - from) {
                int at = start ? s.offset(from) : s.offset(to) - part.chars();
                if (s.text().startsWith(part.text(), at)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Str fill(Object[] a) {
        Str fill = self(a).isMarkup() ? Html.escape(str(a[2], "fill")) : str(a[2], "fill");
        if (fill.length() != 1) {
            throw PyError.runtime("The fill character must be exactly one character long");
        }
        return fill;
    }

    private void padding() {
        add("ljust", "self, width, fillchar=' ', /", (env, a) -> {
            int room = room(env, a);
            return Strings.pad(env, self(a), 0, room, fill(a));
        });
        add("rjust", "self, width, fillchar=' ', /", (env, a) -> {
            int room = room(env, a);
            return Strings.pad(env, self(a), room, 0, fill(a));
        });
        add("center", "self, width, fillchar=' ', /", (env, a) -> {
            room(env, a);
            return Strings.center(env, self(a), size(a[1]), fill(a));
        });
        add("zfill", "self, width, /", (env, a) -> {
            Str s = self(a);
            int room = room(env, a);
            boolean signed = s.text().startsWith("-") || s.text().startsWith("+");
            Str head = s.slice(0, signed ? 1 : 0);
            Str zeros = Strings.pad(env, head, 0, room, Str.of("0"));
            return zeros.concat(s.slice(head.chars(), s.chars())).asMarkup(s.isMarkup());
        });
        add("expandtabs", "self, tabsize=8", (env, a) -> expandTabs(env, self(a), size(a[1])));
    }

    private static int room(Env env, Object[] a) {
        long room = Math.max((long) size(a[1]) - self(a).length(), 0);
        env.budget().string(room);
        return (int) room;
    }

    private static Str expandTabs(Env env, Str s, int size) {
        StrBuilder out = new StrBuilder(s.chars());
        int column = 0;
        for (int i = 0; i < s.chars(); ) {
            int cp = s.text().codePointAt(i);
            int next = i + Character.charCount(cp);
            if (cp == '\t') {
                int spaces = size <= 0 ? 0 : size - column % size;
                env.budget().string((long) out.chars() + spaces);
                out.append(" ".repeat(spaces), s.isValueAt(i));
                column += spaces;
            } else {
                out.append(s, i, next);
                column = cp == '\n' || cp == '\r' ? 0 : column + 1;
            }
            i = next;
        }
        return env.checked(out.toStr()).asMarkup(s.isMarkup());
    }

    private void making() {
        add("replace", "self, old, new, count=-1, /", (env, a) -> {
            Str replacement = str(a[2], "replace");
            Str shown = self(a).isMarkup() ? Html.escape(replacement) : replacement;
            return Strings.replace(env, self(a), str(a[1], "replace"), shown, size(a[3]));
        });
        add("join", "self, iterable, /", (env, a) -> join(env, self(a), a[1]));
        add(
                "encode",
                "self, encoding='utf-8', errors='strict'",
                (env, a) -> Encodings.encode(env, self(a), str(a[1], "encode"), str(a[2], "encode")));
        add("translate", "self, table, /", (env, a) -> translate(env, self(a), a[1]));
        add("maketrans", "self, x, y=None, z=None, /", (env, a) -> makeTable(env, a));
        table.put(
                "format",
                Function.variadic(
                        "format",
                        (env, arguments) -> StringFormat.format(env, (Str) arguments.get(0), arguments.drop(1))));
        table.put("format_map", Function.variadic("format_map", StrMethods::formatMap));
    }

    private StrMethods markup() {
        add("striptags", "self, /", (env, a) -> Tags.strip(env, self(a).asPlain()));
        add("unescape", "self, /", (env, a) -> env.checked(Tags.unescape(self(a).asPlain())));
        add("escape", "self, s, /", (env, a) -> Html.escape(env, a[1]));
        return this;
    }

    private static Object formatMap(Env env, Arguments arguments) {
        if (arguments.count() != 2 || !arguments.named().isEmpty()) {
            throw PyError.runtime("format_map() takes exactly one argument");
        }
        return StringFormat.formatMap(env, (Str) arguments.get(0), arguments.get(1));
    }

    private static Str join(Env env, Str separator, Object iterable) {
        if (!Operators.isIterable(iterable)) {
            throw PyError.runtime("can only join an iterable");
        }
        Object[] items = Operators.items(env, iterable);
        if (!separator.isMarkup()) {
            return Strings.join(env, separator, items);
        }
        Object[] safe = new Object[items.length];
        for (int i = 0; i < items.length; i++) {
            safe[i] = Html.escape(env, items[i]);
        }
        return Strings.join(env, separator, safe).asMarkup();
    }

    private static Str translate(Env env, Str s, Object table) {
        StrBuilder out = new StrBuilder(s.chars());
        for (int i = 0; i < s.chars(); ) {
            int cp = s.text().codePointAt(i);
            int next = i + Character.charCount(cp);
            switch (Attributes.lookup(env, table, (long) cp)) {
                case None none -> {}
                case Str piece -> out.append(piece);
                case Long other ->
                    out.append(Character.toString(Math.clamp(other, 0, Character.MAX_CODE_POINT)), s.isValueAt(i));
                default -> out.append(s, i, next);
            }
            env.budget().step();
            i = next;
        }
        return env.checked(out.toStr()).asMarkup(s.isMarkup());
    }

    private static Object makeTable(Env env, Object[] a) {
        PyDict table = new PyDict();
        if (isNone(a[2])) {
            if (!(a[1] instanceof PyDict source)) {
                throw PyError.runtime("if you give only one argument to maketrans it must be a dict");
            }
            source.forEach((key, value) -> table.put(
                    key instanceof Str s && s.length() == 1
                            ? (Object) (long) s.text().codePointAt(0)
                            : Numbers.plain(key),
                    value));
            return table;
        }
        int[] from = str(a[1], "maketrans").text().codePoints().toArray();
        int[] to = str(a[2], "maketrans").text().codePoints().toArray();
        if (from.length != to.length) {
            throw PyError.runtime("the first two maketrans arguments must have equal length");
        }
        env.budget().list(from.length);
        for (int i = 0; i < from.length; i++) {
            table.put((long) from[i], (long) to[i]);
        }
        if (!isNone(a[3])) {
            str(a[3], "maketrans").text().codePoints().forEach(cp -> table.put((long) cp, None.NONE));
        }
        return table;
    }
}
