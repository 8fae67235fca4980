package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Namespace;
import io.github.llamacpp4j.template.value.Numbers;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyRange;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;
import java.math.BigInteger;
import java.util.Map;

/** The global functions: Jinja's, and the two that transformers adds. */
public final class Globals {
    /** What the sandbox allows a range to hold. */
    private static final int MAX_RANGE = 100_000;

    private static final Signature JOINER_PARAMETERS = Signature.of("joiner", "sep=', '");

    private static final Map<String, Object> ALL = Map.of(
            "range",
            Function.variadic("range", (env, arguments) -> range(arguments)),
            "dict",
            Function.type("dict", Globals::dict),
            "namespace",
            Function.type("jinja2.utils.Namespace", (env, arguments) -> {
                Namespace namespace = new Namespace();
                dict(env, arguments).forEach((key, value) -> {
                    if (key instanceof Str name) {
                        namespace.set(name.text(), value);
                    }
                });
                return namespace;
            }),
            "cycler",
            Function.type("jinja2.utils.Cycler", (env, arguments) -> new Cycler(arguments)),
            "joiner",
            Function.type(
                    "jinja2.utils.Joiner",
                    (env, arguments) -> new Joiner(JOINER_PARAMETERS.bind(arguments)[0])),
            "lipsum",
            Function.variadic("lipsum", (env, arguments) -> {
                throw PyError.runtime("lipsum is not available");
            }),
            "raise_exception",
            Function.of("raise_exception", "message", (env, a) -> {
                throw PyError.raise(Text.str(env, a[0]).text());
            }),
            "strftime_now",
            Function.of("strftime_now", "format", (env, a) -> Strftime.now(env, Params.str(a[0], "strftime"))));

    private Globals() {}

    /** The globals by name. */
    public static Map<String, Object> all() {
        return ALL;
    }

    private static Object range(Arguments arguments) {
        int count = arguments.count();
        if (count < 1 || count > 3 || !arguments.named().isEmpty()) {
            throw PyError.runtime("range expected 1 to 3 arguments, got " + count);
        }
        BigInteger start = count == 1 ? BigInteger.ZERO : integer(arguments.get(0));
        BigInteger stop = integer(arguments.get(count == 1 ? 0 : 1));
        BigInteger step = count == 3 ? integer(arguments.get(2)) : BigInteger.ONE;
        if (step.signum() == 0) {
            throw PyError.runtime("range() arg 3 must not be zero");
        }
        BigInteger distance = step.signum() > 0 ? stop.subtract(start) : start.subtract(stop);
        BigInteger size = distance.signum() <= 0
                ? BigInteger.ZERO
                : distance.subtract(BigInteger.ONE).divide(step.abs()).add(BigInteger.ONE);
        boolean fits = start.bitLength() < 64 && stop.bitLength() < 64 && step.bitLength() < 64;
        if (size.compareTo(BigInteger.valueOf(MAX_RANGE)) > 0 || !fits) {
            throw PyError.runtime(
                    "Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + MAX_RANGE + ").");
        }
        return new PyRange(start.longValue(), stop.longValue(), step.longValue(), size.intValue());
    }

    private static BigInteger integer(Object o) {
        if (!Numbers.isInt(o)) {
            throw PyError.runtime("'" + Text.typeName(o) + "' object cannot be interpreted as an integer");
        }
        return Numbers.big(o);
    }

    private static PyDict dict(Env env, Arguments arguments) {
        if (arguments.count() > 1) {
            throw PyError.runtime("dict expected at most 1 argument, got " + arguments.count());
        }
        PyDict dict = new PyDict();
        if (arguments.count() == 1) {
            if (arguments.get(0) instanceof Undefined undefined) {
                throw undefined.error();
            }
            if (arguments.get(0) instanceof PyDict source) {
                env.budget().list(source.size());
                dict.putAll(source);
            } else {
                pairs(env, arguments.get(0), dict);
            }
        }
        arguments.named().forEach((name, value) -> dict.put(Str.of(name), value));
        return dict;
    }

    private static void pairs(Env env, Object source, PyDict into) {
        Object[] pairs = Operators.items(env, source);
        for (int i = 0; i < pairs.length; i++) {
            if (!Operators.isIterable(pairs[i])) {
                throw PyError.runtime("cannot convert dictionary update sequence element #" + i + " to a sequence");
            }
            Object[] pair = Operators.items(env, pairs[i]);
            if (pair.length != 2) {
                throw PyError.runtime(
                        "dictionary update sequence element #" + i + " has length " + pair.length + "; 2 is required");
            }
            into.put(pair[0], pair[1]);
        }
    }
}
