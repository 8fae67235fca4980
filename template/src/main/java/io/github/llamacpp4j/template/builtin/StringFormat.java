package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.FormatSpec;
import io.github.llamacpp4j.template.value.Html;
import io.github.llamacpp4j.template.value.Missing;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import io.github.llamacpp4j.template.value.Text;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Python's {@code str.format} with the sandbox's access to fields. One instance formats once. */
final class StringFormat {
    private final Env env;
    private final Object[] positional;
    private final Function<String, Object> named;
    private final boolean escape;
    private int automatic;
    private boolean manual;

    private StringFormat(Env env, Object[] positional, Function<String, Object> named, boolean escape) {
        this.env = env;
        this.positional = positional;
        this.named = named;
        this.escape = escape;
    }

    static Str format(Env env, Str format, Arguments arguments) {
        Function<String, Object> named = name -> arguments.named().getOrDefault(name, Missing.MISSING);
        return new StringFormat(env, arguments.positional(), named, format.isMarkup()).run(format);
    }

    static Str formatMap(Env env, Str format, Object mapping) {
        Function<String, Object> named = name -> mapping instanceof PyDict dict
                ? dict.get(Str.of(name))
                : Attributes.requireItem(env, mapping, Str.of(name));
        return new StringFormat(env, new Object[0], named, format.isMarkup()).run(format);
    }

    private Str run(Str format) {
        return env.checked(expand(format, 2)).asMarkup(format.isMarkup());
    }

    private Str expand(Str format, int depth) {
        if (depth < 0) {
            throw PyError.runtime("Max string recursion exceeded");
        }
        String text = format.text();
        StrBuilder out = new StrBuilder(text.length() + 16);
        int at = 0;
        while (at < text.length()) {
            int brace = nextBrace(text, at);
            out.append(format, at, brace);
            if (brace == text.length()) {
                break;
            }
            char c = text.charAt(brace);
            boolean doubled = brace + 1 < text.length() && text.charAt(brace + 1) == c;
            if (doubled) {
                out.append(format, brace, brace + 1);
                at = brace + 2;
            } else if (c == '}') {
                throw PyError.runtime("Single '}' encountered in format string");
            } else {
                at = field(format, brace + 1, out, depth);
            }
            env.budget().step();
            env.budget().string(out.chars() >> 6);
        }
        return out.toStr();
    }

    private static int nextBrace(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) != '{' && text.charAt(i) != '}') {
            i++;
        }
        return i;
    }

    private int field(Str format, int start, StrBuilder out, int depth) {
        String text = format.text();
        int close = close(text, start);
        int nameEnd = start;
        boolean bracket = false;
        while (nameEnd < close) {
            char c = text.charAt(nameEnd);
            bracket = c == '[' || (bracket && c != ']');
            if (!bracket && (c == '!' || c == ':')) {
                break;
            }
            nameEnd++;
        }
        Object value = value(text.substring(start, nameEnd));
        int specStart = nameEnd;
        if (specStart < close && text.charAt(specStart) == '!') {
            if (specStart + 1 >= close) {
                throw PyError.runtime("end of string while looking for conversion specifier");
            }
            value = converted(value, text.charAt(specStart + 1));
            specStart += 2;
            if (specStart < close && text.charAt(specStart) != ':') {
                throw PyError.runtime("expected ':' after conversion specifier");
            }
        }
        String spec = specStart < close
                ? expand(format.slice(specStart + 1, close), depth - 1).text()
                : "";
        out.append(shown(value, spec));
        return close + 1;
    }

    private static int close(String text, int start) {
        int nesting = 1;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '[' && nesting == 1) {
                int end = text.indexOf(']', i);
                i = end < 0 ? i : end;
            } else if (c == '{') {
                nesting++;
            } else if (c == '}' && --nesting == 0) {
                return i;
            }
        }
        throw PyError.runtime(
                start >= text.length()
                        ? "Single '{' encountered in format string"
                        : "expected '}' before end of string");
    }

    private Object converted(Object value, char conversion) {
        return switch (conversion) {
            case 's' -> Text.str(env, value);
            case 'r' -> Text.repr(env, value);
            case 'a' ->
                io.github.llamacpp4j.template.value.PercentFormat.format(
                        env, Str.of("%a"), new io.github.llamacpp4j.template.value.PyTuple(value));
            default -> throw PyError.runtime("Unknown conversion specifier '" + conversion + "'");
        };
    }

    private Str shown(Object value, String spec) {
        if (!escape) {
            return FormatSpec.format(env, value, spec);
        }
        if (value instanceof Str s && s.isMarkup()) {
            if (!spec.isEmpty()) {
                throw PyError.runtime("Unsupported format specification for Markup.");
            }
            return s;
        }
        return Html.escape(FormatSpec.format(env, value, spec));
    }

    private Object value(String name) {
        int end = 0;
        while (end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
            end++;
        }
        Object value = first(name.substring(0, end), name.isEmpty());
        int at = end;
        while (at < name.length()) {
            if (name.charAt(at) == '.') {
                int stop = at + 1;
                while (stop < name.length() && name.charAt(stop) != '.' && name.charAt(stop) != '[') {
                    stop++;
                }
                if (stop == at + 1) {
                    throw PyError.runtime("Empty attribute in format string");
                }
                value = Attributes.attribute(env, value, name.substring(at + 1, stop));
                at = stop;
            } else {
                int stop = name.indexOf(']', at);
                if (name.charAt(at) != '[' || stop < 0) {
                    throw PyError.runtime("Missing ']' in format string");
                }
                String key = name.substring(at + 1, stop);
                Integer number = number(key);
                value = Attributes.item(env, value, number == null ? Str.of(key) : (Object) (long) number);
                at = stop + 1;
            }
        }
        return value;
    }

    private static @Nullable Integer number(String text) {
        boolean digits = !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? (Integer) Integer.parseInt(text) : null;
    }

    private Object first(String name, boolean auto) {
        Integer number = number(name);
        if (auto || number != null) {
            if (auto ? manual : automatic > 0) {
                throw PyError.runtime("cannot switch between manual field specification and automatic field numbering");
            }
            manual |= !auto;
            int index = number == null ? automatic++ : number;
            if (index >= positional.length) {
                throw PyError.runtime("Replacement index " + index + " out of range for positional args tuple");
            }
            return positional[index];
        }
        Object value = named.apply(name);
        if (value == Missing.MISSING) {
            throw PyError.runtime(Text.quoted(name));
        }
        return value;
    }
}
