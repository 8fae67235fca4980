package io.github.llamacpp4j.template.value;

/** Python's {@code sequence[start:stop:step]}. */
public final class Slices {
    private Slices() {}

    /** Whether there are slices of a value. */
    public static boolean isSliceable(Object o) {
        return o instanceof Str || o instanceof PySequence;
    }

    /** The slice; bounds that are None take their defaults. */
    public static Object slice(Env env, Object o, Object start, Object stop, Object step) {
        if (o instanceof Undefined u) {
            throw u.error();
        }
        if (!isSliceable(o)) {
            throw PyError.runtime(
                    o instanceof PyDict
                            ? "unhashable type: 'slice'"
                            : "'" + Text.typeName(o) + "' object is not subscriptable");
        }
        int length = Operators.length(o);
        int by = step == None.NONE ? 1 : index(step);
        if (by == 0) {
            throw PyError.runtime("slice step cannot be zero");
        }
        boolean back = by < 0;
        int from = bound(start, length, back ? length - 1 : 0, back);
        int to = bound(stop, length, back ? -1 : length, back);
        int count = count(from, to, by);
        if (o instanceof Str s) {
            return slice(env, s, from, by, count);
        }
        env.budget().list(count);
        if (o instanceof PyRange r) {
            return new PyRange(r.start() + from * r.step(), r.start() + to * r.step(), r.step() * by, count);
        }
        if (o instanceof PyBytes b) {
            byte[] part = new byte[count];
            for (int i = 0; i < count; i++) {
                part[i] = b.bytes()[from + i * by];
            }
            return new PyBytes(part);
        }
        PySequence sequence = (PySequence) o;
        Object[] items = new Object[count];
        for (int i = 0; i < count; i++) {
            items[i] = sequence.item((int) (from + (long) i * by));
        }
        return o instanceof PyList l ? new PyList(items, l.fromValue()) : new PyTuple(items);
    }

    private static int count(int from, int to, int by) {
        long distance = by > 0 ? (long) to - from : (long) from - to;
        return distance <= 0 ? 0 : (int) ((distance - 1) / Math.abs((long) by) + 1);
    }

    private static Str slice(Env env, Str s, int from, int by, int count) {
        if (count == 0) {
            return s.slice(0, 0);
        }
        env.budget().string(count);
        if (by == 1) {
            return s.slice(s.offset(from), s.offset(from + count));
        }
        int[] codePoints = s.text().codePoints().toArray();
        int[] offsets = new int[codePoints.length + 1];
        for (int i = 0; i < codePoints.length; i++) {
            offsets[i + 1] = offsets[i] + Character.charCount(codePoints[i]);
        }
        StrBuilder out = new StrBuilder(count);
        for (int i = 0; i < count; i++) {
            int at = (int) (from + (long) i * by);
            out.append(s, offsets[at], offsets[at + 1]);
        }
        return out.toStr().asMarkup(s.isMarkup());
    }

    private static int bound(Object bound, int length, int otherwise, boolean back) {
        if (bound == None.NONE) {
            return otherwise;
        }
        int n = index(bound);
        if (n < 0) {
            n = n < -length ? -1 : n + length;
            return n < 0 ? (back ? -1 : 0) : n;
        }
        return n >= length ? (back ? length - 1 : length) : n;
    }

    private static int index(Object o) {
        if (!Numbers.isInt(o)) {
            throw PyError.runtime("slice indices must be integers or None or have an __index__ method");
        }
        int n = Numbers.index(o);
        return n == Integer.MIN_VALUE ? -Integer.MAX_VALUE : n;
    }
}
