package io.github.llamacpp4j.grammar;

import java.util.HashMap;
import java.util.Map;

/** Writes sets of code points into a network as edges over the bytes of their UTF-8 form. */
final class Utf8 {
    private static final int[] LENGTH_BORDERS = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};

    private final NetworkBuilder network;

    Utf8(NetworkBuilder network) {
        this.network = network;
    }

    /** Adds edges that read one code point of the set. */
    void add(int from, int to, CodePointSet set) {
        Map<Integer, Integer> tails = new HashMap<>();
        for (int i = 0; i < set.rangeCount(); i++) {
            addRange(from, to, set.low(i), set.high(i), tails);
        }
    }

    private void addRange(int from, int to, int low, int high, Map<Integer, Integer> tails) {
        if (low <= 0xDFFF && high >= 0xD800) {
            if (low < 0xD800) {
                addRange(from, to, low, 0xD7FF, tails);
            }
            if (high > 0xDFFF) {
                addRange(from, to, 0xE000, high, tails);
            }
            return;
        }
        int first = low;
        for (int length = 1; length <= 4 && first <= high; length++) {
            int border = LENGTH_BORDERS[length - 1];
            if (first <= border) {
                int last = Math.min(high, border);
                addBytes(from, to, encode(first, length), encode(last, length), 0, tails);
                first = last + 1;
            }
        }
    }

    private static int[] encode(int codePoint, int length) {
        int[] bytes = new int[length];
        int rest = codePoint;
        for (int i = length - 1; i > 0; i--) {
            bytes[i] = 0x80 | (rest & 0x3F);
            rest >>= 6;
        }
        bytes[0] = length == 1 ? rest : (0xF00 >> length & 0xFF) | rest;
        return bytes;
    }

    private void addBytes(int from, int to, int[] low, int[] high, int index, Map<Integer, Integer> tails) {
        int rest = low.length - 1 - index;
        if (rest == 0) {
            network.bytes(from, low[index], high[index], to);
            return;
        }
        if (low[index] == high[index]) {
            int middle = network.newState();
            network.bytes(from, low[index], low[index], middle);
            addBytes(middle, to, low, high, index + 1, tails);
            return;
        }
        int first = low[index];
        int last = high[index];
        if (!allEqual(low, index + 1, 0x80)) {
            int middle = network.newState();
            network.bytes(from, first, first, middle);
            addBytes(middle, to, low, filled(low, index + 1, 0xBF), index + 1, tails);
            first++;
        }
        if (!allEqual(high, index + 1, 0xBF)) {
            int middle = network.newState();
            network.bytes(from, last, last, middle);
            addBytes(middle, to, filled(high, index + 1, 0x80), high, index + 1, tails);
            last--;
        }
        if (first <= last) {
            network.bytes(from, first, last, tail(to, rest, tails));
        }
    }

    /** A state from which any {@code length} continuation bytes lead to {@code to}. */
    private int tail(int to, int length, Map<Integer, Integer> tails) {
        if (length == 0) {
            return to;
        }
        Integer known = tails.get(length);
        if (known != null) {
            return known;
        }
        int state = network.newState();
        network.bytes(state, 0x80, 0xBF, tail(to, length - 1, tails));
        tails.put(length, state);
        return state;
    }

    private static boolean allEqual(int[] bytes, int start, int value) {
        for (int i = start; i < bytes.length; i++) {
            if (bytes[i] != value) {
                return false;
            }
        }
        return true;
    }

    private static int[] filled(int[] bytes, int start, int value) {
        int[] copy = bytes.clone();
        for (int i = start; i < copy.length; i++) {
            copy[i] = value;
        }
        return copy;
    }
}
