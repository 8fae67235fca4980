package io.github.llamacpp4j.template.value;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** The canonical form of hashable values: equal in Java exactly when Python holds them equal. */
public final class Keys {
    private Keys() {}

    private record Tuple(List<Object> items) {}

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
                List<Object> items = new ArrayList<>(t.size());
                for (Object item : t.items()) {
                    items.add(canonical(item, depth + 1));
                }
                yield new Tuple(items);
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
