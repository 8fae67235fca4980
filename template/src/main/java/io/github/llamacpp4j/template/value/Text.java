package io.github.llamacpp4j.template.value;

import java.math.BigInteger;

/** Python's {@code str()} and {@code repr()}. */
public final class Text {
    private Text() {}

    /** The name of a value's Python type. */
    public static String typeName(Object o) {
        return switch (o) {
            case Str s -> s.isMarkup() ? "Markup" : "str";
            case Boolean b -> "bool";
            case Long l -> "int";
            case BigInteger b -> "int";
            case Double d -> "float";
            case None n -> "NoneType";
            case PyObject p -> p.typeName();
            default -> o.getClass().getSimpleName();
        };
    }

    /** Python's {@code str()}: the text a template prints. */
    public static Str str(Env env, Object o) {
        return switch (o) {
            case Str s -> s.asPlain();
            case Undefined u -> Str.EMPTY;
            case PyList l -> repr(env, l);
            case PyDict d -> repr(env, d);
            case PyTuple t -> repr(env, t);
            case DictView v -> repr(env, v);
            case PySet s -> repr(env, s);
            case PyObject p -> Str.of(p.repr(env));
            default -> Str.of(scalar(o));
        };
    }

    /** As {@link #str}, but a string stays as it is, HTML-safe or not. */
    public static Str soft(Env env, Object o) {
        return o instanceof Str s ? s : str(env, o);
    }

    /** The text of a number, boolean or None. */
    public static String scalar(Object o) {
        return switch (o) {
            case Long l -> Long.toString(l);
            case BigInteger b -> Numbers.text(b);
            case Double d -> FloatText.repr(d);
            case Boolean b -> b ? "True" : "False";
            default -> "None";
        };
    }

    /** Python's {@code repr()}. */
    public static Str repr(Env env, Object o) {
        StrBuilder out = new StrBuilder();
        repr(env, out, o, 0);
        return env.checked(out.toStr());
    }

    private static void repr(Env env, StrBuilder out, Object o, int depth) {
        Env.checkDepth(depth);
        if (out.chars() > env.budget().maxStringChars()) {
            env.budget().string(out.chars());
        }
        switch (o) {
            case Str s -> quote(out, s);
            case PyList l -> {
                int start = out.chars();
                items(env, out.append('['), l.items(), depth);
                out.append(']');
                if (l.fromValue()) {
                    out.markValue(start);
                }
            }
            case PyTuple t -> {
                items(env, out.append('('), t.items(), depth);
                out.append(t.size() == 1 ? ",)" : ")");
            }
            case PyDict d -> dict(env, out, d, depth);
            case DictView v -> {
                items(env, out.append(v.typeName()).append("(["), v.items(), depth);
                out.append("])");
            }
            case PySet set -> {
                if (set.size() == 0) {
                    out.append("set()");
                } else {
                    items(env, out.append('{'), set.items(), depth);
                    out.append('}');
                }
            }
            case PyObject p -> out.append(p.repr(env));
            default -> out.append(scalar(o));
        }
    }

    private static void items(Env env, StrBuilder out, Object[] items, int depth) {
        env.budget().steps(items.length);
        for (int i = 0; i < items.length; i++) {
            if (i > 0) {
                out.append(", ");
            }
            repr(env, out, items[i], depth + 1);
        }
    }

    private static void dict(Env env, StrBuilder out, PyDict d, int depth) {
        env.budget().steps(d.size());
        int start = out.chars();
        out.append('{');
        d.forEach((key, value) -> {
            if (out.chars() > start + 1) {
                out.append(", ");
            }
            repr(env, out, key, depth + 1);
            out.append(": ");
            repr(env, out, value, depth + 1);
        });
        out.append('}');
        if (d.fromValue()) {
            out.markValue(start);
        }
    }

    /** The {@code repr} of plain text, for messages. */
    public static String quoted(String text) {
        StrBuilder out = new StrBuilder();
        quote(out, Str.of(text));
        return out.toString();
    }

    private static void quote(StrBuilder out, Str s) {
        String text = s.text();
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        if (s.isMarkup()) {
            out.append("Markup(");
        }
        out.append(quote);
        int done = 0;
        int i = 0;
        while (i < text.length()) {
            int cp = text.codePointAt(i);
            int next = i + Character.charCount(cp);
            if (cp == quote || cp == '\\' || !Characters.isPrintable(cp)) {
                out.append(s, done, i);
                out.append(escape(cp), s.isValueAt(i));
                done = next;
            }
            i = next;
        }
        out.append(s, done, text.length()).append(quote);
        if (s.isMarkup()) {
            out.append(')');
        }
    }

    private static String escape(int cp) {
        return switch (cp) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\'', '"', '\\' -> "\\" + (char) cp;
            default -> {
                String hex = Integer.toHexString(cp);
                yield cp < 0x100 ? "\\x" + pad(hex, 2) : cp < 0x10000 ? "\\u" + pad(hex, 4) : "\\U" + pad(hex, 8);
            }
        };
    }

    private static String pad(String hex, int width) {
        return "0".repeat(width - hex.length()) + hex;
    }
}
