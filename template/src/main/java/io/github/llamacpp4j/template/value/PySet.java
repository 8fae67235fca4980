package io.github.llamacpp4j.template.value;

import java.util.Iterator;

/**
 * A Python set, as arithmetic on the views of dicts makes it; here its items keep the order they came in. Filled once,
 * then never changed: the sandbox forbids changing one.
 */
public final class PySet implements PySized {
    private final PyDict items = new PyDict();

    /** A set of what an iterable holds. */
    public static PySet of(Env env, Object iterable) {
        PySet set = new PySet();
        set.addAll(env, iterable);
        return set;
    }

    /** Adds what an iterable holds while the set is being made. */
    public PySet addAll(Env env, Object iterable) {
        for (Object item : Operators.items(env, iterable)) {
            items.put(item, None.NONE);
        }
        env.budget().list(items.size());
        return this;
    }

    /** Those items of an iterable that another holds too, or that it does not hold. */
    public static PySet filtered(Env env, Object iterable, Object other, boolean held) {
        PySet others = of(env, other);
        PySet set = new PySet();
        for (Object item : Operators.items(env, iterable)) {
            if (others.contains(item) == held) {
                set.items.put(item, None.NONE);
            }
        }
        return set;
    }

    /** Whether a value compares as a set does: a set, or a view of a dict's keys or items. */
    static boolean isSetLike(Object o) {
        return o instanceof PySet || isSetView(o);
    }

    /** Whether a value is a view of a dict's keys or items, which may be combined with any iterable. */
    static boolean isSetView(Object o) {
        return o instanceof DictView view && view.part() != DictView.Part.VALUES;
    }

    /** Whether every item of an iterable is in another set or view. */
    public static boolean isSubset(Env env, Object iterable, Object other) {
        for (Object item : Operators.items(env, iterable)) {
            if (!Operators.contains(env, other, item)) {
                return false;
            }
        }
        return true;
    }

    /** Python's {@code <}, {@code <=}, {@code >} or {@code >=} of sets: whether one is part of the other. */
    static boolean ordered(Env env, Object a, Object b, String sign) {
        int left = Operators.length(a);
        int right = Operators.length(b);
        return switch (sign) {
            case "<" -> left < right && isSubset(env, a, b);
            case "<=" -> left <= right && isSubset(env, a, b);
            case ">" -> left > right && isSubset(env, b, a);
            default -> left >= right && isSubset(env, b, a);
        };
    }

    /** Whether an item is in the set; fails for what cannot be hashed. */
    public boolean contains(Object item) {
        return items.get(item) != Missing.MISSING;
    }

    /** The items in order. */
    public Object[] items() {
        return items.keys();
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public Iterator<Object> iterator(Env env) {
        return items.iterator(env);
    }

    @Override
    public String typeName() {
        return "set";
    }
}
