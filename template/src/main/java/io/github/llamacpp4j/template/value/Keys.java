package io.github.llamacpp4j.template.value;

import java.math.BigDecimal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The canonical form of hashable values: equal in Java exactly when Python holds them equal. */
public final class Keys {
    private Keys() {}

    private static final int MOST_ITEMS = 100_000;

    /** A tuple whose hash, depth and number of items, those of the tuples in it too, are known. */
    static final class Tuple {
        private final Object[] items;
        private final int hash;
        private final int depth;
        private final int size;

        private Tuple(Object[] items) {
            this.items = items;
            hash = Arrays.hashCode(items);
            int deepest = 0;
            long all = items.length;
            for (Object item : items) {
                if (item instanceof Tuple inner) {
                    deepest = Math.max(deepest, inner.depth);
                    all += inner.size;
                }
            }
            depth = deepest + 1;
            Env.checkDepth(depth);
            if (all > MOST_ITEMS) {
                throw PyError.limit("a key of more than " + MOST_ITEMS + " items");
            }
            size = (int) all;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || (other instanceof Tuple that && hash == that.hash && Arrays.equals(items, that.items));
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private record Span(long start, long length, long step) {}

    /** The canonical form; fails for what Python cannot hash. */
    public static Object canonical(Object key) {
        return key instanceof Str ? key : canonical(key, 0);
    }

    private static Object canonical(Object key, int depth) {
        Env.checkDepth(depth);
        return switch (key) {
            case Boolean b -> b ? 1L : 0L;
            case Double d -> ofFloat(d);
            case PyTuple t -> {
                Tuple known = t.canonical();
                yield known == null ? t.canonical(tuple(t.items(), depth + 1)) : known;
            }
            case PyRange r -> new Span(r.size() == 0 ? 0 : r.start(), r.size(), r.size() < 2 ? 0 : r.step());
            case PyList l -> throw unhashable(l);
            case PyDict d -> throw unhashable(d);
            case PySet s -> throw unhashable(s);
            case DictView v -> {
                if (v.part() != DictView.Part.VALUES) {
                    throw unhashable(v);
                }
                yield v;
            }
            case Undefined u -> Undefined.class;
            default -> key;
        };
    }

    private static Tuple tuple(Object[] items, int depth) {
        Object[] canonical = new Object[items.length];
        for (int i = 0; i < items.length; i++) {
            canonical[i] = canonical(items[i], depth);
        }
        return new Tuple(canonical);
    }

    private static Object ofFloat(double d) {
        if (d != Math.rint(d) || Double.isInfinite(d)) {
            return d;
        }
        return Math.abs(d) < 0x1p62 ? (Object) (long) d : Numbers.normal(new BigDecimal(d).toBigInteger());
    }

    private static PyError unhashable(PyObject o) {
        return PyError.runtime("unhashable type: '" + o.typeName() + "'");
    }
}
