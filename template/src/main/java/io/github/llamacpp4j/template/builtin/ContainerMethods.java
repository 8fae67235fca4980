package io.github.llamacpp4j.template.builtin;

import static io.github.llamacpp4j.template.builtin.Params.isNone;

import io.github.llamacpp4j.template.value.DictView;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Missing;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyBytes;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyList;
import io.github.llamacpp4j.template.value.PyObject;
import io.github.llamacpp4j.template.value.PyRange;
import io.github.llamacpp4j.template.value.PySequence;
import io.github.llamacpp4j.template.value.PySet;
import io.github.llamacpp4j.template.value.PyTuple;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.Text;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;

/** The methods of Python's containers that change nothing. */
final class ContainerMethods {
    static final Map<String, Function> DICT = Map.of(
            "get",
            Function.of("get", "self, key, default=None, /", (env, a) -> {
                Object value = ((PyDict) a[0]).get(a[1]);
                return value == Missing.MISSING ? a[2] : value;
            }),
            "keys",
            view("keys", DictView.Part.KEYS),
            "values",
            view("values", DictView.Part.VALUES),
            "items",
            view("items", DictView.Part.ITEMS),
            "copy",
            Function.of("copy", "self, /", (env, a) -> a[0]),
            "fromkeys",
            Function.of("fromkeys", "self, iterable, value=None, /", (env, a) -> {
                PyDict dict = new PyDict();
                for (Object key : Operators.items(env, a[1])) {
                    dict.put(key, a[2]);
                }
                return dict;
            }));

    private static final Function COUNT = Function.of("count", "self, value, /", (env, a) -> {
        long count = 0;
        for (Object item : items(env, a[0])) {
            count += Operators.identical(item, a[1]) || Operators.equal(env, item, a[1]) ? 1 : 0;
        }
        return count;
    });

    private static final Function INDEX =
            Function.of("index", "self, value, start=None, stop=None, /", ContainerMethods::index);

    private static final Map<String, Function> LIST =
            Map.of("count", COUNT, "index", INDEX, "copy", Function.of("copy", "self, /", (env, a) -> a[0]));
    private static final Map<String, Function> TUPLE = Map.of("count", COUNT, "index", INDEX);
    private static final Map<String, Function> BYTES = Map.of(
            "decode",
            Function.of(
                    "decode",
                    "self, encoding='utf-8', errors='strict'",
                    (env, a) ->
                            Encodings.decode((PyBytes) a[0], Params.str(a[1], "decode"), Params.str(a[2], "decode"))),
            "hex",
            Function.of("hex", "self, /", (env, a) -> Str.of(HexFormat.of().formatHex(((PyBytes) a[0]).bytes()))));
    private static final Function IS_DISJOINT = Function.of("isdisjoint", "self, other, /", (env, a) -> {
        Iterator<Object> others = Operators.iterate(env, a[1]);
        while (others.hasNext()) {
            if (Operators.contains(env, a[0], others.next())) {
                return false;
            }
        }
        return true;
    });
    private static final Map<String, Function> KEYS = Map.of("isdisjoint", IS_DISJOINT);
    private static final Map<String, Function> SET = Map.of(
            "isdisjoint",
            IS_DISJOINT,
            "copy",
            Function.of("copy", "self, /", (env, a) -> a[0]),
            "issubset",
            Function.of("issubset", "self, other, /", (env, a) -> PySet.isSubset(env, a[0], PySet.of(env, a[1]))),
            "issuperset",
            Function.of("issuperset", "self, other, /", (env, a) -> PySet.isSubset(env, a[1], a[0])),
            "union",
            combination("union", (env, a, b) -> PySet.of(env, a).addAll(env, b)),
            "intersection",
            combination("intersection", (env, a, b) -> PySet.filtered(env, a, b, true)),
            "difference",
            combination("difference", (env, a, b) -> PySet.filtered(env, a, b, false)),
            "symmetric_difference",
            Function.of(
                    "symmetric_difference",
                    "self, other, /",
                    (env, a) -> PySet.filtered(env, a[0], a[1], false)
                            .addAll(env, PySet.filtered(env, a[1], a[0], false))));

    /** Makes a set of a set and an iterable. */
    private interface Combination {
        PySet of(Env env, Object set, Object iterable);
    }

    private static Function combination(String name, Combination pair) {
        return Function.variadic(name, (env, arguments) -> {
            if (!arguments.named().isEmpty()) {
                throw PyError.runtime(name + "() takes no keyword arguments");
            }
            Object set = arguments.get(0);
            for (int i = 1; i < arguments.count(); i++) {
                set = pair.of(env, set, arguments.get(i));
            }
            return set;
        });
    }

    private ContainerMethods() {}

    private static Function view(String name, DictView.Part part) {
        return Function.of(name, "self, /", (env, a) -> new DictView((PyDict) a[0], part));
    }

    static Map<String, Function> of(PyObject object) {
        return switch (object) {
            case PyDict d -> DICT;
            case PyList l -> LIST;
            case PyTuple t -> TUPLE;
            case PyRange r -> TUPLE;
            case PyBytes b -> BYTES;
            case PySet s -> SET;
            case DictView v -> v.part() == DictView.Part.VALUES ? Map.of() : KEYS;
            default -> Map.of();
        };
    }

    private static Object[] items(Env env, Object sequence) {
        env.budget().steps(((PySequence) sequence).size());
        return Operators.items(env, sequence);
    }

    private static Object index(Env env, Object[] a) {
        Object[] items = items(env, a[0]);
        int from = isNone(a[2]) ? 0 : clamp(Params.index(a[2]), items.length);
        int to = isNone(a[3]) ? items.length : clamp(Params.index(a[3]), items.length);
        for (int i = from; i < to; i++) {
            if (Operators.identical(items[i], a[1]) || Operators.equal(env, items[i], a[1])) {
                return (long) i;
            }
        }
        throw PyError.runtime(Text.repr(env, a[1]).text() + " is not in " + Text.typeName(a[0]));
    }

    private static int clamp(int index, int size) {
        return Math.clamp(index < 0 ? (long) index + size : index, 0, size);
    }
}
