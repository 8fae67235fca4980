package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Str;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The parameters of a built-in function, written as in Python: {@code "value, chars=None, /"}. Defaults may be None, True,
 * False, ints and quoted text; a final {@code /} forbids naming arguments. Immutable.
 */
public final class Signature {
    private final String function;
    private final String[] names;
    private final Object[] defaults;
    private final int required;
    private final boolean positionalOnly;

    private Signature(String function, String[] names, Object[] defaults, int required, boolean positionalOnly) {
        this.function = function;
        this.names = names;
        this.defaults = defaults;
        this.required = required;
        this.positionalOnly = positionalOnly;
    }

    static Signature of(String function, String parameters) {
        List<String> parts = parameters.isEmpty() ? List.of() : Arrays.asList(parameters.split(", (?=[a-z/])", -1));
        boolean positionalOnly = !parts.isEmpty() && parts.getLast().equals("/");
        int count = positionalOnly ? parts.size() - 1 : parts.size();
        String[] names = new String[count];
        Object[] defaults = new Object[count];
        int required = count;
        for (int i = 0; i < count; i++) {
            int equals = parts.get(i).indexOf('=');
            names[i] = equals < 0 ? parts.get(i) : parts.get(i).substring(0, equals);
            defaults[i] = equals < 0 ? None.NONE : constant(parts.get(i).substring(equals + 1));
            if (equals >= 0) {
                required = Math.min(required, i);
            }
        }
        return new Signature(function, names, defaults, required, positionalOnly);
    }

    private static Object constant(String text) {
        return switch (text) {
            case "None" -> None.NONE;
            case "True" -> true;
            case "False" -> false;
            default ->
                text.startsWith("'")
                        ? Str.of(text.substring(1, text.length() - 1))
                        : text.indexOf('.') >= 0 ? (Object) Double.parseDouble(text) : (Object) Long.parseLong(text);
        };
    }

    /** How many parameters there are. */
    public int size() {
        return names.length;
    }

    /** The arguments in the order of the parameters, defaults filled in. */
    public Object[] bind(Arguments arguments) {
        int count = arguments.count();
        if (count > names.length) {
            throw PyError.runtime(tooMany(count));
        }
        Object[] bound = Arrays.copyOf(defaults, names.length);
        System.arraycopy(arguments.positional(), 0, bound, 0, count);
        boolean[] given = new boolean[names.length];
        Arrays.fill(given, 0, count, true);
        for (Map.Entry<String, Object> named : arguments.named().entrySet()) {
            int index = indexOf(named.getKey(), given);
            bound[index] = named.getValue();
        }
        for (int i = 0; i < required; i++) {
            if (!given[i]) {
                throw PyError.runtime(missing(i));
            }
        }
        return bound;
    }

    private int indexOf(String name, boolean[] given) {
        for (int i = 0; i < names.length && !positionalOnly; i++) {
            if (names[i].equals(name)) {
                if (given[i]) {
                    throw PyError.runtime(function + "() got multiple values for argument '" + name + "'");
                }
                given[i] = true;
                return i;
            }
        }
        throw PyError.runtime(
                positionalOnly
                        ? function + "() takes no keyword arguments"
                        : function + "() got an unexpected keyword argument '" + name + "'");
    }

    /** Whether so many arguments, all by position, fit. */
    public boolean fits(int positional) {
        return positional >= required && positional <= names.length;
    }

    /** The default of a parameter. */
    public Object defaultOf(int index) {
        return defaults[index];
    }

    private String tooMany(int given) {
        return function + "() takes "
                + (required < names.length ? "from " + required + " to " : "") + names.length
                + " positional arguments but " + given + " were given";
    }

    private String missing(int index) {
        return function + "() missing 1 required positional argument: '" + names[index] + "'";
    }
}
