package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Missing;
import io.github.llamacpp4j.template.value.Namespace;
import io.github.llamacpp4j.template.value.Numbers;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyList;
import io.github.llamacpp4j.template.value.PyObject;
import io.github.llamacpp4j.template.value.PySequence;
import io.github.llamacpp4j.template.value.PySet;
import io.github.llamacpp4j.template.value.PySized;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;
import java.util.Map;
import java.util.Set;

/**
 * How templates reach into objects: {@code a.b} tries the attribute, then the item; {@code a['b']} the other way round. What
 * starts with an underscore, and what would change a list or dict, exists but is kept away.
 */
public final class Attributes {
    private static final Set<String> LIST_MUTATORS =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static final Set<String> DICT_MUTATORS = Set.of("clear", "pop", "popitem", "setdefault", "update");
    private static final Set<String> SET_MUTATORS = Set.of(
            "add", "clear", "difference_update", "discard", "pop", "remove", "symmetric_difference_update", "update");
    private static final Set<String> OBJECT_INTERNALS = Set.of(
            "__class__",
            "__delattr__",
            "__dir__",
            "__doc__",
            "__eq__",
            "__format__",
            "__ge__",
            "__getattribute__",
            "__getstate__",
            "__gt__",
            "__hash__",
            "__init__",
            "__init_subclass__",
            "__le__",
            "__lt__",
            "__ne__",
            "__new__",
            "__reduce__",
            "__reduce_ex__",
            "__repr__",
            "__setattr__",
            "__sizeof__",
            "__str__",
            "__subclasshook__");
    private static final Set<String> CONTAINER_INTERNALS =
            Set.of("__len__", "__iter__", "__contains__", "__getitem__", "__add__", "__mul__", "__rmul__");
    private static final Set<String> MARKUP_INTERNALS = Set.of("__html__", "__html_format__", "__radd__");
    private static final Set<String> FUNCTION_INTERNALS = Set.of(
            "__call__",
            "__name__",
            "__qualname__",
            "__self__",
            "__module__",
            "__globals__",
            "__code__",
            "__dict__",
            "__closure__",
            "__defaults__",
            "__func__",
            "__wrapped__");

    private Attributes() {}

    /** {@code object.name}. */
    public static Object attribute(Env env, Object object, String name) {
        Object found = own(env, object, name);
        if (found != Missing.MISSING) {
            return found;
        }
        if (object instanceof Undefined u) {
            throw u.error();
        }
        Object item = lookup(env, object, Str.of(name));
        return item == Missing.MISSING ? Undefined.attribute(object, name) : item;
    }

    /** {@code object[key]}. */
    public static Object item(Env env, Object object, Object key) {
        Object found = lookup(env, object, key);
        if (found == Missing.MISSING && key instanceof Str name) {
            found = own(env, object, name.text());
        }
        return found == Missing.MISSING ? Undefined.item(object, key) : found;
    }

    /** The attribute itself, without falling back to an item: undefined where unsafe, missing where there is none. */
    static Object own(Env env, Object object, String name) {
        if (name.startsWith("_")) {
            return isInternal(object, name) ? Undefined.unsafe(object, name) : Missing.MISSING;
        }
        if (object instanceof PyObject o) {
            Object value = o.attribute(env, name);
            if (value != Missing.MISSING) {
                return value;
            }
            if (changes(o, name)) {
                return Undefined.unsafe(o, name);
            }
        } else if (Numbers.isNumber(object)) {
            Object value = NumberMethods.property(object, name);
            if (value != Missing.MISSING) {
                return value;
            }
        }
        Function method = methods(object).get(name);
        return method == null ? Missing.MISSING : new BoundMethod(object, method);
    }

    private static boolean changes(PyObject object, String method) {
        return switch (object) {
            case PyDict d -> DICT_MUTATORS.contains(method);
            case PyList l -> LIST_MUTATORS.contains(method);
            case PySet s -> SET_MUTATORS.contains(method);
            default -> false;
        };
    }

    /** The methods of a value's type. */
    public static Map<String, Function> methods(Object object) {
        return switch (object) {
            case Str s -> s.isMarkup() ? StrMethods.MARKUP : StrMethods.ALL;
            case PyObject o -> ContainerMethods.of(o);
            case Double d -> NumberMethods.FLOAT;
            case Boolean b -> NumberMethods.INT;
            case Number n -> NumberMethods.INT;
            default -> Map.of();
        };
    }

    /** Whether {@code dict.name} is more than the item of that name. */
    public static boolean isDictAttribute(String name) {
        return ContainerMethods.DICT.containsKey(name) || DICT_MUTATORS.contains(name);
    }

    private static boolean isInternal(Object object, String name) {
        if (object instanceof Namespace namespace) {
            return name.equals("__class__") || namespace.has(name);
        }
        if (OBJECT_INTERNALS.contains(name)) {
            return true;
        }
        if (object instanceof io.github.llamacpp4j.template.value.PyCallable && !(object instanceof Undefined)) {
            return FUNCTION_INTERNALS.contains(name);
        }
        if (object instanceof Str s && s.isMarkup() && MARKUP_INTERNALS.contains(name)) {
            return true;
        }
        return (object instanceof Str || object instanceof PySized) && CONTAINER_INTERNALS.contains(name);
    }

    /** Python's own {@code object[key]}, or missing where that fails; undefined objects fail here. */
    static Object lookup(Env env, Object object, Object key) {
        return switch (object) {
            case PyDict dict -> key instanceof Str s ? dict.get(s) : hashed(dict, key);
            case Undefined u -> throw u.error();
            case PySequence sequence -> {
                int index = position(key, sequence.size());
                yield index < 0 ? Missing.MISSING : sequence.item(index);
            }
            case Str s -> {
                int index = position(key, s.length());
                yield index < 0 ? Missing.MISSING : s.at(index);
            }
            case Subscriptable subscriptable -> subscriptable.item(key);
            default -> Missing.MISSING;
        };
    }

    /** An object of the engine that has items by key. */
    public interface Subscriptable {
        /** The item, or {@link Missing#MISSING}. */
        Object item(Object key);
    }

    private static Object hashed(PyDict dict, Object key) {
        boolean hashable = !(key instanceof PyList) && !(key instanceof PyDict);
        return hashable ? dict.get(key) : Missing.MISSING;
    }

    private static int position(Object key, int size) {
        if (!Numbers.isInt(key)) {
            return -1;
        }
        int index = Numbers.index(key);
        int at = index < 0 ? index + size : index;
        return at >= 0 && at < size ? at : -1;
    }

    /** Python's own {@code object[key]}, failing as Python does. */
    static Object requireItem(Env env, Object object, Object key) {
        Object found = lookup(env, object, key);
        if (found == Missing.MISSING) {
            throw PyError.runtime("'" + Text.typeName(object) + "' object has no item "
                    + Text.repr(env, key).text());
        }
        return found;
    }
}
