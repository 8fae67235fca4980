package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyList;
import io.github.llamacpp4j.template.value.PyTuple;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import io.github.llamacpp4j.template.value.Text;
import java.util.ArrayList;
import java.util.List;

/** Python's {@code pprint.pformat}: dicts sorted by key, and one item a line where 80 columns do not suffice. */
final class PrettyPrint {
    private static final int WIDTH = 80;

    private final Env env;
    private final StrBuilder out = new StrBuilder();

    private PrettyPrint(Env env) {
        this.env = env;
    }

    static Str format(Env env, Object value) {
        PrettyPrint printer = new PrettyPrint(env);
        printer.write(sorted(env, value, 0), 0, 0);
        return env.checked(printer.out.toStr());
    }

    /** The value with the keys of all dicts in it sorted. */
    private static Object sorted(Env env, Object value, int depth) {
        if (depth > 200) {
            throw PyError.recursion();
        }
        env.budget().step();
        return switch (value) {
            case PyDict dict -> {
                Object[] keys = dict.keys();
                PyDict copy = new PyDict(keys.length, dict.fromValue());
                for (Object key : Sorting.sorted(env, keys, order(env, keys), false)) {
                    copy.put(key, sorted(env, dict.get(key), depth + 1));
                }
                yield copy;
            }
            case PyList list -> new PyList(sorted(env, list.items(), depth), list.fromValue());
            case PyTuple tuple -> new PyTuple(sorted(env, tuple.items(), depth));
            default -> value;
        };
    }

    private static Object[] sorted(Env env, Object[] items, int depth) {
        Object[] copy = new Object[items.length];
        for (int i = 0; i < items.length; i++) {
            copy[i] = sorted(env, items[i], depth + 1);
        }
        return copy;
    }

    /** Keys of one kind sort as they are, others by type name and text. */
    private static Object[] order(Env env, Object[] keys) {
        boolean text = true;
        boolean numbers = true;
        for (Object key : keys) {
            text &= key instanceof Str;
            numbers &= io.github.llamacpp4j.template.value.Numbers.isNumber(key);
        }
        if (text || numbers) {
            return keys;
        }
        Object[] order = new Object[keys.length];
        for (int i = 0; i < keys.length; i++) {
            order[i] = new PyTuple(Str.of(Text.typeName(keys[i])), Text.repr(env, keys[i]));
        }
        return order;
    }

    private void write(Object value, int indent, int allowance) {
        Str flat = Text.repr(env, value);
        if (flat.length() <= WIDTH - indent - allowance) {
            out.append(flat);
            return;
        }
        switch (value) {
            case PyDict dict -> dict(dict, indent, allowance);
            case PyList list -> items(list.items(), "[", "]", indent, allowance);
            case PyTuple tuple -> items(tuple.items(), "(", tuple.size() == 1 ? ",)" : ")", indent, allowance);
            case Str s -> {
                if (s.isMarkup()) {
                    out.append(flat);
                } else {
                    text(s, indent, allowance);
                }
            }
            default -> out.append(flat);
        }
    }

    private void newLine(int indent) {
        env.budget().string((long) out.chars() + indent);
        out.append(",\n").append(" ".repeat(indent));
    }

    private void dict(PyDict dict, int indent, int allowance) {
        out.append('{');
        Object[] keys = dict.keys();
        for (int i = 0; i < keys.length; i++) {
            boolean last = i == keys.length - 1;
            Str key = Text.repr(env, keys[i]);
            out.append(key).append(": ");
            write(dict.get(keys[i]), indent + 1 + key.length() + 2, last ? allowance + 1 : 1);
            if (!last) {
                newLine(indent + 1);
            }
        }
        out.append('}');
    }

    private void items(Object[] items, String open, String close, int indent, int allowance) {
        out.append(open);
        for (int i = 0; i < items.length; i++) {
            boolean last = i == items.length - 1;
            write(items[i], indent + 1, last ? allowance + close.length() : 1);
            if (!last) {
                newLine(indent + 1);
            }
        }
        out.append(close);
    }

    /** Long text becomes several literals, cut after white space, in parentheses at the outermost level. */
    private void text(Str s, int outerIndent, int outerAllowance) {
        boolean outermost = out.chars() == 0;
        int indent = outermost ? outerIndent + 1 : outerIndent;
        int allowance = outermost ? outerAllowance + 1 : outerAllowance;
        List<Str> chunks = new ArrayList<>();
        List<Object> lines = Strings.lines(env, s, true);
        for (int i = 0; i < lines.size(); i++) {
            Str line = (Str) lines.get(i);
            boolean lastLine = i == lines.size() - 1;
            int room = WIDTH - indent - (lastLine ? allowance : 0);
            Str literal = Text.repr(env, line);
            if (literal.length() <= room) {
                chunks.add(literal);
            } else {
                words(line, lastLine, WIDTH - indent, allowance, chunks);
            }
        }
        if (chunks.size() == 1) {
            out.append(Text.repr(env, s));
            return;
        }
        if (outermost) {
            out.append('(');
        }
        for (int i = 0; i < chunks.size(); i++) {
            if (i > 0) {
                out.append('\n').append(" ".repeat(indent));
            }
            out.append(chunks.get(i));
        }
        if (outermost) {
            out.append(')');
        }
    }

    private void words(Str line, boolean lastLine, int width, int allowance, List<Str> chunks) {
        int start = 0;
        int at = 0;
        String text = line.text();
        while (at < text.length()) {
            int end = wordEnd(text, at);
            boolean lastPart = end >= text.length();
            int room = width - (lastPart && lastLine ? allowance : 0);
            if (Text.repr(env, line.slice(start, end)).length() > room) {
                if (at > start) {
                    chunks.add(Text.repr(env, line.slice(start, at)));
                }
                start = at;
            }
            if (lastPart) {
                chunks.add(Text.repr(env, line.slice(start, end)));
            }
            env.budget().step();
            at = end;
        }
    }

    private static int wordEnd(String text, int from) {
        int i = from;
        while (i < text.length() && !io.github.llamacpp4j.template.value.Characters.isSpace(text.charAt(i))) {
            i++;
        }
        while (i < text.length() && io.github.llamacpp4j.template.value.Characters.isSpace(text.charAt(i))) {
            i++;
        }
        return i;
    }
}
