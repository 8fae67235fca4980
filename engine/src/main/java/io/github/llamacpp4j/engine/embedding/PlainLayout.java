package io.github.llamacpp4j.engine.embedding;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** One sequence after another, without gaps. */
final class PlainLayout implements BatchLayout {

    private final int capacity;
    private final List<int[]> places = new ArrayList<>();
    private int size;

    PlainLayout(int capacity) {
        this.capacity = capacity;
    }

    @Override
    public boolean add(int length) {
        if (!places.isEmpty() && size + length > capacity) {
            return false;
        }
        places.add(IntStream.range(size, size + length).toArray());
        size += length;
        return true;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public List<int[]> places() {
        return places;
    }
}
