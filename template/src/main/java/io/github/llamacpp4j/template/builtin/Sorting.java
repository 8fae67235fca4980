package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Operators;

/** Python's {@code sorted}: a stable merge sort that asks only {@code <}, so odd orders (NaN) do no harm. */
final class Sorting {
    private final Env env;
    private final Object[] keys;
    private final boolean reverse;

    private Sorting(Env env, Object[] keys, boolean reverse) {
        this.env = env;
        this.keys = keys;
        this.reverse = reverse;
    }

    /** The items in the order of their keys. */
    static Object[] sorted(Env env, Object[] items, Object[] keys, boolean reverse) {
        int[] order = new int[items.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        env.budget().list(items.length);
        new Sorting(env, keys, reverse).sort(order, new int[order.length], 0, order.length);
        Object[] sorted = new Object[items.length];
        for (int i = 0; i < order.length; i++) {
            sorted[i] = items[order[i]];
        }
        return sorted;
    }

    private boolean before(int a, int b) {
        env.budget().step();
        return reverse ? Operators.ordered(env, keys[b], keys[a], "<") : Operators.ordered(env, keys[a], keys[b], "<");
    }

    private void sort(int[] order, int[] spare, int from, int to) {
        if (to - from < 2) {
            return;
        }
        int middle = (from + to) >>> 1;
        sort(order, spare, from, middle);
        sort(order, spare, middle, to);
        if (!before(order[middle], order[middle - 1])) {
            return;
        }
        System.arraycopy(order, from, spare, from, to - from);
        int left = from;
        int right = middle;
        for (int i = from; i < to; i++) {
            boolean takeRight = left >= middle || (right < to && before(spare[right], spare[left]));
            order[i] = takeRight ? spare[right++] : spare[left++];
        }
    }
}
