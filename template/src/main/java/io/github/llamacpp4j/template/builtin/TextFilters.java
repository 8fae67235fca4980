package io.github.llamacpp4j.template.builtin;

import static io.github.llamacpp4j.template.builtin.Params.index;
import static io.github.llamacpp4j.template.builtin.Params.isNone;
import static io.github.llamacpp4j.template.builtin.Params.soft;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Arithmetic;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Html;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PercentFormat;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyTuple;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters that make text of text. */
final class TextFilters {
    private TextFilters() {}

    static void addTo(Map<String, Function> table) {
        add(table, "upper", "s", (env, a) -> env.checked(Casing.upper(soft(env, a[0]))));
        add(table, "lower", "s", (env, a) -> env.checked(Casing.lower(soft(env, a[0]))));
        add(table, "capitalize", "s", (env, a) -> env.checked(Casing.capitalize(soft(env, a[0]))));
        add(table, "title", "s", (env, a) -> env.checked(title(soft(env, a[0]))));
        add(table, "string", "s, /", (env, a) -> soft(env, a[0]));
        add(table, "trim", "value, chars=None", TextFilters::trim);
        add(table, "replace", "s, old, new, count=None", TextFilters::replace);
        add(
                table,
                "center",
                "value, width=80",
                (env, a) -> Strings.center(env, soft(env, a[0]), Params.size(a[1]), Str.of(" ")));
        add(table, "indent", "s, width=4, first=False, blank=False", TextFilters::indent);
        add(table, "truncate", "s, length=255, killwords=False, end='...', leeway=None", TextFilters::truncate);
        add(
                table,
                "tojson",
                "x, ensure_ascii=False, indent=None, separators=None, sort_keys=False",
                (env, a) -> Json.dumps(env, a[0], a[1], a[2], a[3], a[4]));
        add(table, "pprint", "value", (env, a) -> PrettyPrint.format(env, a[0]));
        table.put("format", Function.variadic("format", TextFilters::format));
    }

    private static void add(Map<String, Function> table, String name, String parameters, Function.Fixed body) {
        table.put(name, Function.of(name, parameters, body));
    }

    private static Str title(Str s) {
        String text = s.text();
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && !isWordBreak(text.charAt(end))) {
                end++;
            }
            if (end > at) {
                int first = at + Character.charCount(text.codePointAt(at));
                out.append(text.substring(at, first).toUpperCase(Locale.ROOT));
                out.append(text.substring(first, end).toLowerCase(Locale.ROOT));
            }
            while (end < text.length() && isWordBreak(text.charAt(end))) {
                out.append(text.charAt(end++));
            }
            at = end;
        }
        return s.mapped(out.toString()).asPlain();
    }

    private static boolean isWordBreak(char c) {
        return c == '-'
                || c == '('
                || c == '{'
                || c == '['
                || c == '<'
                || io.github.llamacpp4j.template.value.Characters.isSpace(c);
    }

    private static Object trim(Env env, Object[] a) {
        return StrMethods.strip(soft(env, a[0]), a[1], true, true);
    }

    private static Object replace(Env env, Object[] a) {
        int count = isNone(a[3]) ? -1 : Params.size(a[3]);
        if (!env.autoescape()) {
            return Strings.replace(env, Text.str(env, a[0]), Text.str(env, a[1]), Text.str(env, a[2]), count);
        }
        boolean escape = isMarkup(a[1]) || (isMarkup(a[2]) && !isMarkup(a[0]));
        Str s = escape ? Html.escape(env, a[0]) : soft(env, a[0]);
        Str replacement = soft(env, a[2]);
        return Strings.replace(env, s, soft(env, a[1]), s.isMarkup() ? Html.escape(replacement) : replacement, count);
    }

    static boolean isMarkup(Object o) {
        return o instanceof Str s && s.isMarkup();
    }

    private static Object format(Env env, Arguments arguments) {
        if (arguments.count() == 0) {
            throw PyError.runtime("format() missing 1 required positional argument: 'value'");
        }
        Arguments rest = arguments.drop(1);
        Object values = new PyTuple(rest.positional());
        if (!rest.named().isEmpty()) {
            if (rest.count() > 0) {
                throw PyError.runtime("can't handle positional and keyword arguments at the same time");
            }
            PyDict dict = new PyDict();
            rest.named().forEach((name, value) -> dict.put(Str.of(name), value));
            values = dict;
        }
        return PercentFormat.format(env, soft(env, arguments.get(0)), values);
    }

    private static Object indent(Env env, Object[] a) {
        boolean markup = isMarkup(a[0]);
        Str indention = a[1] instanceof Str s ? s : (Str) Arithmetic.multiply(env, Str.of(" "), a[1]);
        if (markup) {
            indention = indention.asMarkup();
        }
        if (!(a[0] instanceof Str)) {
            Arithmetic.add(env, a[0], Str.of("\n"));
            throw Params.noAttribute(a[0], "splitlines");
        }
        Str text = ((Str) a[0]).concat(Str.of("\n"));
        List<Object> lines = Strings.lines(env, text, false);
        boolean blank = Operators.truthy(a[3]);
        StrBuilder out = new StrBuilder(text.chars() + lines.size() * indention.chars());
        for (int i = 0; i < lines.size(); i++) {
            Str line = (Str) lines.get(i);
            if (i > 0) {
                out.append('\n');
            }
            if (i == 0 ? Operators.truthy(a[2]) : blank || !line.isEmpty()) {
                out.append(indention);
            }
            out.append(line);
            if (out.chars() > env.budget().maxStringChars()) {
                env.budget().string(out.chars());
            }
        }
        return env.checked(out.toStr()).asMarkup(markup);
    }

    private static Object truncate(Env env, Object[] a) {
        int length = index(a[1]);
        int leeway = isNone(a[4]) ? 5 : index(a[4]);
        int endLength = Operators.length(a[3]);
        if (endLength < 0) {
            throw PyError.runtime("object of type '" + Text.typeName(a[3]) + "' has no len()");
        }
        if (length < endLength) {
            throw PyError.runtime("expected length >= " + endLength + ", got " + length);
        }
        if (leeway < 0) {
            throw PyError.runtime("expected leeway >= 0, got " + leeway);
        }
        int size = Operators.length(a[0]);
        if (size < 0) {
            throw PyError.runtime("object of type '" + Text.typeName(a[0]) + "' has no len()");
        }
        if (size <= (long) length + leeway || a[0] instanceof Undefined) {
            return a[0];
        }
        if (!(a[0] instanceof Str s)) {
            throw PyError.runtime("can only truncate str (not \"" + Text.typeName(a[0]) + "\")");
        }
        Str head = s.slice(0, s.offset(length - endLength));
        if (!Operators.truthy(a[2])) {
            int space = head.text().lastIndexOf(' ');
            head = space < 0 ? head : head.slice(0, space);
        }
        return Arithmetic.add(env, head, a[3]);
    }
}
