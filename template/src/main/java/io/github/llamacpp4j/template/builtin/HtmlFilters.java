package io.github.llamacpp4j.template.builtin;

import static io.github.llamacpp4j.template.builtin.Params.soft;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Html;
import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyBytes;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;

/** Filters about HTML and URLs. */
final class HtmlFilters {
    private HtmlFilters() {}

    static void addTo(Map<String, Function> table) {
        add(table, "e", "s, /", (env, a) -> Html.escape(env, a[0]));
        add(table, "escape", "s, /", (env, a) -> Html.escape(env, a[0]));
        add(table, "forceescape", "value", (env, a) -> Html.escape(Text.str(env, a[0])));
        add(table, "safe", "value", (env, a) -> soft(env, a[0]).asMarkup());
        add(table, "striptags", "value", (env, a) -> Tags.strip(env, Text.str(env, a[0])));
        add(table, "urlencode", "value", HtmlFilters::urlEncode);
        add(
                table,
                "urlize",
                "value, trim_url_limit=None, nofollow=False, target=None, rel=None, extra_schemes=None",
                Urlize::apply);
        add(table, "xmlattr", "d, autospace=True", HtmlFilters::xmlAttributes);
    }

    private static void add(Map<String, Function> table, String name, String parameters, Function.Fixed body) {
        table.put(name, Function.of(name, parameters, body));
    }

    private static Object urlEncode(Env env, Object[] a) {
        if (a[0] instanceof Str || !Operators.isIterable(a[0]) || a[0] instanceof PyBytes) {
            return quote(env, a[0], false);
        }
        Object[] pairs = a[0] instanceof PyDict d ? d.pairs() : Operators.items(env, a[0]);
        StrBuilder out = new StrBuilder();
        for (int i = 0; i < pairs.length; i++) {
            Object[] pair = Operators.items(env, pairs[i]);
            if (pair.length != 2) {
                throw PyError.runtime(
                        pair.length > 2
                                ? "too many values to unpack (expected 2)"
                                : "not enough values to unpack (expected 2, got " + pair.length + ")");
            }
            if (i > 0) {
                out.append('&');
            }
            out.append(quote(env, pair[0], true)).append('=').append(quote(env, pair[1], true));
        }
        return env.checked(out.toStr());
    }

    private static Str quote(Env env, Object value, boolean query) {
        Str s = value instanceof PyBytes ? Str.EMPTY : soft(env, value);
        byte[] bytes = value instanceof PyBytes b ? b.bytes() : s.text().getBytes(StandardCharsets.UTF_8);
        env.budget().string(bytes.length * 3L);
        StringBuilder out = new StringBuilder(bytes.length + 16);
        for (byte b : bytes) {
            char c = (char) (b & 0xff);
            boolean plain =
                    (c < 0x80 && Character.isLetterOrDigit(c)) || "_.-~".indexOf(c) >= 0 || (c == '/' && !query);
            if (plain) {
                out.append(c);
            } else if (c == ' ' && query) {
                out.append('+');
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
                out.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return s.asPlain().derived(out.toString());
    }

    private static Object xmlAttributes(Env env, Object[] a) {
        if (!(a[0] instanceof PyDict dict)) {
            throw Params.noAttribute(a[0], "items");
        }
        StrBuilder out = new StrBuilder();
        Iterator<Object> keys = dict.iterator(env);
        boolean space = Operators.truthy(a[1]);
        while (keys.hasNext()) {
            Object key = keys.next();
            Object value = dict.get(key);
            if (value == None.NONE || value instanceof Undefined) {
                continue;
            }
            if (!(key instanceof Str name)) {
                throw PyError.runtime("expected string or bytes-like object, got '" + Text.typeName(key) + "'");
            }
            if (name.text()
                    .chars()
                    .anyMatch(c -> c == '/' || c == '>' || c == '=' || c == ' ' || (c >= 9 && c <= 13))) {
                throw PyError.runtime("Invalid character in attribute name: " + Text.quoted(name.text()));
            }
            if (space || out.chars() > 0) {
                out.append(' ');
            }
            out.append(Html.escape(name))
                    .append("=\"")
                    .append(Html.escape(env, value))
                    .append('"');
            env.budget().step();
        }
        return env.checked(out.toStr()).asMarkup(env.autoescape());
    }
}
