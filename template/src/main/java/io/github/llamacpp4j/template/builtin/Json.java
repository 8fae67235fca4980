package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.FloatText;
import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.Numbers;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyList;
import io.github.llamacpp4j.template.value.PySequence;
import io.github.llamacpp4j.template.value.PyTuple;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import io.github.llamacpp4j.template.value.Text;
import java.math.BigInteger;

/** Python's {@code json.dumps}, as transformers lets templates call it. One instance writes once. */
final class Json {
    private static final int MAX_DEPTH = 400;

    private final Env env;
    private final boolean asciiOnly;
    private final boolean pretty;
    private final String indent;
    private final Str itemSeparator;
    private final Str keySeparator;
    private final boolean sortKeys;
    private final StrBuilder out = new StrBuilder();

    private Json(Env env, Object asciiOnly, Object indent, Object separators, Object sortKeys) {
        this.env = env;
        this.asciiOnly = Operators.truthy(asciiOnly);
        this.pretty = indent != None.NONE;
        this.indent = pretty ? indent(env, indent) : "";
        this.sortKeys = Operators.truthy(sortKeys);
        if (separators == None.NONE) {
            itemSeparator = Str.of(pretty ? "," : ", ");
            keySeparator = Str.of(": ");
        } else {
            Object[] pair = Operators.items(env, separators);
            if (pair.length != 2) {
                throw PyError.runtime("separators must be a pair of strings");
            }
            itemSeparator = Params.str(pair[0], "separators");
            keySeparator = Params.str(pair[1], "separators");
        }
    }

    private static String indent(Env env, Object indent) {
        if (indent instanceof Str s) {
            return s.text();
        }
        if (!Numbers.isInt(indent)) {
            throw PyError.runtime("can't multiply sequence by non-int of type '" + Text.typeName(indent) + "'");
        }
        int width = Math.max(Params.index(indent), 0);
        env.budget().string(width);
        return " ".repeat(width);
    }

    static Str dumps(Env env, Object value, Object asciiOnly, Object indent, Object separators, Object sortKeys) {
        Json json = new Json(env, asciiOnly, indent, separators, sortKeys);
        json.write(value, 0);
        return env.checked(json.out.toStr());
    }

    private void write(Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw PyError.recursion();
        }
        env.budget().step();
        if (out.chars() > env.budget().maxStringChars()) {
            env.budget().string(out.chars());
        }
        switch (value) {
            case Str s -> quote(s);
            case PyDict d -> dict(d, depth);
            case PyList l -> list(l, l.fromValue(), depth);
            case PyTuple t -> list(t, false, depth);
            case None n -> out.append("null");
            case Boolean b -> out.append(b ? "true" : "false");
            case Long l -> out.append(Long.toString(l));
            case BigInteger b -> out.append(Numbers.text(b));
            case Double d -> out.append(number(d));
            default -> throw PyError.runtime("Object of type " + Text.typeName(value) + " is not JSON serializable");
        }
    }

    private static String number(double d) {
        if (Double.isNaN(d)) {
            return "NaN";
        }
        return Double.isInfinite(d) ? (d > 0 ? "Infinity" : "-Infinity") : FloatText.repr(d);
    }

    private void newLine(int depth) {
        if (pretty) {
            env.budget().string((long) indent.length() * depth);
            out.append('\n').append(indent.repeat(depth));
        }
    }

    private void list(PySequence list, boolean fromValue, int depth) {
        if (list.size() == 0) {
            out.append("[]", fromValue);
            return;
        }
        int start = out.chars();
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) {
                out.append(itemSeparator);
            }
            newLine(depth + 1);
            write(list.item(i), depth + 1);
        }
        newLine(depth);
        out.append(']');
        if (fromValue) {
            out.markValue(start);
        }
    }

    private void dict(PyDict dict, int depth) {
        if (dict.size() == 0) {
            out.append("{}", dict.fromValue());
            return;
        }
        int start = out.chars();
        out.append('{');
        Object[] keys = dict.keys();
        if (sortKeys) {
            keys = Sorting.sorted(env, keys.clone(), keys, false);
        }
        for (int i = 0; i < keys.length; i++) {
            if (i > 0) {
                out.append(itemSeparator);
            }
            newLine(depth + 1);
            quote(key(keys[i]));
            out.append(keySeparator);
            write(dict.get(keys[i]), depth + 1);
        }
        newLine(depth);
        out.append('}');
        if (dict.fromValue()) {
            out.markValue(start);
        }
    }

    private static Str key(Object key) {
        return switch (key) {
            case Str s -> s;
            case None n -> Str.of("null");
            case Boolean b -> Str.of(b ? "true" : "false");
            case Double d -> Str.of(number(d));
            case Long l -> Str.of(Long.toString(l));
            case BigInteger b -> Str.of(Numbers.text(b));
            default -> throw PyError.runtime("keys must be str, int, float, bool or None, not " + Text.typeName(key));
        };
    }

    private void quote(Str s) {
        String text = s.text();
        out.append('"');
        int done = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\' || (asciiOnly && c > 0x7f)) {
                out.append(s, done, i).append(escape(c), s.isValueAt(i));
                done = i + 1;
            }
        }
        out.append(s, done, text.length()).append('"');
    }

    private static String escape(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\f' -> "\\f";
            case '\b' -> "\\b";
            default -> "\\u" + "0".repeat(4 - Integer.toHexString(c).length()) + Integer.toHexString(c);
        };
    }
}
