package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Arithmetic;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Keys;
import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.Numbers;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyCallable;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PySequence;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Jinja's built-in tests. */
public final class Tests {
    private static final Map<String, Function> ALL = new Tests().table;

    private final Map<String, Function> table = new HashMap<>();

    private Tests() {
        types();
        comparisons();
        add("odd", "value", (env, a) -> Operators.equal(env, Arithmetic.modulo(env, a[0], 2L), 1L));
        add("even", "value", (env, a) -> Operators.equal(env, Arithmetic.modulo(env, a[0], 2L), 0L));
        add("divisibleby", "value, num", (env, a) -> Operators.equal(env, Arithmetic.modulo(env, a[0], a[1]), 0L));
        add("lower", "value", (env, a) -> Casing.isLower(Text.str(env, a[0])));
        add("upper", "value", (env, a) -> Casing.isUpper(Text.str(env, a[0])));
        add("filter", "value", (env, a) -> isName(a[0], Filters.names()));
        add("test", "value", (env, a) -> isName(a[0], table.keySet()));
        add("sameas", "value, other", (env, a) -> same(a[0], a[1]));
        add("in", "value, seq", (env, a) -> Operators.contains(env, a[1], a[0]));
    }

    /** The test of that name, or null. */
    public static @org.jspecify.annotations.Nullable Function named(String name) {
        return ALL.get(name);
    }

    static Set<String> names() {
        return ALL.keySet();
    }

    private void add(String name, String parameters, Function.Fixed body) {
        table.put(name, Function.of(name, parameters, body));
    }

    private void type(String name, Predicate<Object> test) {
        add(name, "value", (env, a) -> test.test(a[0]));
    }

    private void types() {
        type("defined", o -> !(o instanceof Undefined));
        type("undefined", o -> o instanceof Undefined);
        type("none", o -> o == None.NONE);
        type("boolean", o -> o instanceof Boolean);
        type("false", o -> o instanceof Boolean b && !b);
        type("true", o -> o instanceof Boolean b && b);
        type("integer", o -> Numbers.isInt(o) && !(o instanceof Boolean));
        type("float", o -> o instanceof Double);
        type("string", o -> o instanceof Str);
        type("mapping", o -> o instanceof PyDict);
        type("number", Numbers::isNumber);
        type(
                "sequence",
                o -> o instanceof Str || o instanceof PySequence || o instanceof PyDict || o instanceof Undefined);
        type("iterable", Operators::isIterable);
        type("callable", o -> o instanceof PyCallable);
        type("escaped", o -> o instanceof Str s && s.isMarkup());
    }

    private void order(String sign, String... names) {
        for (String name : names) {
            add(name, "a, b, /", (env, a) -> Operators.ordered(env, a[0], a[1], sign));
        }
    }

    private void comparisons() {
        for (String name : new String[] {"==", "eq", "equalto"}) {
            add(name, "a, b, /", (env, a) -> Operators.equal(env, a[0], a[1]));
        }
        for (String name : new String[] {"!=", "ne"}) {
            add(name, "a, b, /", (env, a) -> !Operators.equal(env, a[0], a[1]));
        }
        order(">", ">", "gt", "greaterthan");
        order(">=", ">=", "ge");
        order("<", "<", "lt", "lessthan");
        order("<=", "<=", "le");
    }

    private static boolean isName(Object o, Set<String> names) {
        Keys.canonical(o);
        return o instanceof Str s && names.contains(s.text());
    }

    /** Identity; equal literals are one object in CPython, so equal scalars of one type count as the same. */
    private static boolean same(Object a, Object b) {
        boolean scalar = a instanceof Str || Numbers.isNumber(a);
        return Operators.identical(a, b) || (scalar && a.getClass() == b.getClass() && a.equals(b));
    }

    /** Whether a test holds. */
    static boolean holds(
            Env env, Function test, Object value, io.github.llamacpp4j.template.value.Arguments arguments) {
        return Operators.truthy(test.call(env, arguments.prepend(value)));
    }
}
