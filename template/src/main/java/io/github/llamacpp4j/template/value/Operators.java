package io.github.llamacpp4j.template.value;

import java.util.Iterator;
import java.util.Map;

/** Truth, equality, order, membership and iteration, as Python defines them. */
public final class Operators {
    private Operators() {}

    /** Python's {@code bool()}. */
    public static boolean truthy(Object o) {
        return switch (o) {
            case Boolean b -> b;
            case Str s -> !s.isEmpty();
            case None n -> false;
            case Long l -> l != 0;
            case Double d -> d != 0;
            case PyObject p -> p.truthy();
            default -> true;
        };
    }

    /** Python's {@code is}; also what its containers ask before {@code ==}. */
    @SuppressWarnings("ReferenceEquality")
    public static boolean identical(Object a, Object b) {
        return a == b;
    }

    /** Python's {@code ==}. */
    public static boolean equal(Env env, Object a, Object b) {
        return equal(env, a, b, 0);
    }

    private static boolean equal(Env env, Object a, Object b, int depth) {
        if (identical(a, b)) {
            return !Numbers.isNan(a);
        }
        if (a instanceof Str s) {
            return b instanceof Str t && s.equals(t);
        }
        if (Numbers.isNumber(a)) {
            return Numbers.isNumber(b) && !Numbers.isNan(a) && !Numbers.isNan(b) && Numbers.compare(a, b) == 0;
        }
        Env.checkDepth(depth);
        return switch (a) {
            case PyList l -> b instanceof PyList m && equal(env, l.items(), m.items(), depth);
            case PyTuple t -> b instanceof PyTuple u && equal(env, t.items(), u.items(), depth);
            case PyDict d -> b instanceof PyDict e && equal(env, d, e, depth);
            case Undefined u -> b instanceof Undefined;
            case PyRange r -> b instanceof PyRange q && Keys.canonical(r).equals(Keys.canonical(q));
            case PyBytes x -> b instanceof PyBytes y && java.util.Arrays.equals(x.bytes(), y.bytes());
            case DictView v -> PySet.isSetView(v) && PySet.isSetLike(b) && equalSets(env, v, b);
            case PySet s -> PySet.isSetLike(b) && equalSets(env, s, b);
            default -> false;
        };
    }

    private static boolean equal(Env env, Object[] a, Object[] b, int depth) {
        if (a.length != b.length) {
            return false;
        }
        env.budget().steps(a.length);
        for (int i = 0; i < a.length; i++) {
            if (!identical(a[i], b[i]) && !equal(env, a[i], b[i], depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean equal(Env env, PyDict a, PyDict b, int depth) {
        if (a.size() != b.size()) {
            return false;
        }
        env.budget().steps(a.size());
        for (Map.Entry<Object, Object> entry : a.canonicalMap().entrySet()) {
            Object other = b.canonicalMap().get(entry.getKey());
            if (other == null
                    || (!identical(other, entry.getValue()) && !equal(env, entry.getValue(), other, depth + 1))) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalSets(Env env, Object a, Object b) {
        return length(a) == length(b) && PySet.isSubset(env, a, b);
    }

    /** Python's {@code <}, {@code <=}, {@code >} or {@code >=}, given as its sign. */
    public static boolean ordered(Env env, Object a, Object b, String sign) {
        if (a instanceof Undefined u) {
            throw u.error();
        }
        if (b instanceof Undefined u) {
            throw u.error();
        }
        if ((Numbers.isNan(a) && Numbers.isNumber(b)) || (Numbers.isNan(b) && Numbers.isNumber(a))) {
            return false;
        }
        if (PySet.isSetLike(a) && PySet.isSetLike(b)) {
            return PySet.ordered(env, a, b, sign);
        }
        int order = compare(env, a, b, sign, 0);
        return switch (sign) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    /** The order of two values that can be ordered; fails for others, naming the operator. */
    public static int compare(Env env, Object a, Object b, String sign) {
        return compare(env, a, b, sign, 0);
    }

    private static int compare(Env env, Object a, Object b, String sign, int depth) {
        if (a instanceof Str s && b instanceof Str t) {
            return s.compareTo(t);
        }
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.compare(a, b);
        }
        Env.checkDepth(depth);
        if (a instanceof PyList l && b instanceof PyList m) {
            return compare(env, l.items(), m.items(), sign, depth);
        }
        if (a instanceof PyTuple t && b instanceof PyTuple u) {
            return compare(env, t.items(), u.items(), sign, depth);
        }
        if (a instanceof Undefined u) {
            throw u.error();
        }
        if (b instanceof Undefined u) {
            throw u.error();
        }
        throw PyError.runtime("'" + sign + "' not supported between instances of '" + Text.typeName(a) + "' and '"
                + Text.typeName(b) + "'");
    }

    private static int compare(Env env, Object[] a, Object[] b, String sign, int depth) {
        int shared = Math.min(a.length, b.length);
        env.budget().steps(shared);
        for (int i = 0; i < shared; i++) {
            if (!identical(a[i], b[i]) && !equal(env, a[i], b[i], depth + 1)) {
                return compare(env, a[i], b[i], sign, depth + 1);
            }
        }
        return Integer.compare(a.length, b.length);
    }

    /** Python's {@code in}. */
    public static boolean contains(Env env, Object container, Object item) {
        switch (container) {
            case Str s -> {
                if (!(item instanceof Str part)) {
                    throw PyError.runtime("'in <string>' requires string as left operand, not " + Text.typeName(item));
                }
                env.budget().steps(s.chars() >> 8);
                return Search.first(s.text(), part.text(), 0) >= 0;
            }
            case PyDict d -> {
                return d.get(item) != Missing.MISSING;
            }
            case PyList l -> {
                return contains(env, l.items(), item, 0);
            }
            case PyTuple t -> {
                return contains(env, t.items(), item, 0);
            }
            case DictView v -> {
                return v.part() == DictView.Part.KEYS
                        ? v.dict().get(item) != Missing.MISSING
                        : contains(env, v.items(), item, 0);
            }
            case PySet s -> {
                return s.contains(item);
            }
            case PyBytes b -> {
                if (!Numbers.isInt(item)) {
                    throw PyError.runtime("a bytes-like object is required, not '" + Text.typeName(item) + "'");
                }
            }
            default -> {}
        }
        if (!(container instanceof PyIterable iterable)) {
            throw PyError.runtime("argument of type '" + Text.typeName(container) + "' is not iterable");
        }
        Iterator<Object> items = iterable.iterator(env);
        while (items.hasNext()) {
            env.budget().step();
            Object next = items.next();
            if (identical(next, item) || equal(env, next, item)) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(Env env, Object[] items, Object item, int depth) {
        env.budget().steps(items.length);
        for (Object candidate : items) {
            if (identical(candidate, item) || equal(env, candidate, item, depth)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it can be iterated. */
    public static boolean isIterable(Object o) {
        return o instanceof Str || o instanceof PyIterable;
    }

    /** Python's {@code iter()}. */
    public static Iterator<Object> iterate(Env env, Object o) {
        if (o instanceof PyIterable iterable) {
            return iterable.iterator(env);
        }
        if (o instanceof Str s) {
            return new StrIterator(s.asPlain());
        }
        throw PyError.runtime("'" + Text.typeName(o) + "' object is not iterable");
    }

    /** Python's {@code list()}, as an array that must not be changed when the value is a list or tuple. */
    public static Object[] items(Env env, Object o) {
        return switch (o) {
            case PyList l -> l.items();
            case PyTuple t -> t.items();
            case PyDict d -> {
                env.budget().list(d.size());
                yield d.keys();
            }
            case DictView v -> {
                env.budget().list(v.size());
                yield v.items();
            }
            case PySet s -> {
                env.budget().list(s.size());
                yield s.items();
            }
            default -> {
                ItemBuffer buffer = new ItemBuffer(env);
                Iterator<Object> items = iterate(env, o);
                while (items.hasNext()) {
                    buffer.add(items.next());
                }
                yield buffer.toArray();
            }
        };
    }

    /** Python's {@code len()}, or -1 where there is none. */
    public static int length(Object o) {
        return switch (o) {
            case Str s -> s.length();
            case PySized sized -> sized.size();
            default -> -1;
        };
    }

    private static final class StrIterator implements Iterator<Object> {
        private final Str s;
        private int at;

        StrIterator(Str s) {
            this.s = s;
        }

        @Override
        public boolean hasNext() {
            return at < s.chars();
        }

        @Override
        public Object next() {
            int from = at;
            at += Character.charCount(s.text().codePointAt(from));
            return s.slice(from, at);
        }
    }
}
