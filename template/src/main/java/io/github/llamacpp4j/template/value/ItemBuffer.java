package io.github.llamacpp4j.template.value;

import java.util.ArrayList;
import java.util.List;

/** Collects the items of a list to be, within the budget. Not thread-safe. */
public final class ItemBuffer {
    private final Env env;
    private final List<Object> items = new ArrayList<>();

    /** An empty buffer. */
    public ItemBuffer(Env env) {
        this.env = env;
    }

    /** Adds an item. */
    public void add(Object item) {
        env.budget().step();
        env.budget().charge(4);
        items.add(item);
    }

    /** How many there are. */
    public int size() {
        return items.size();
    }

    /** The items. */
    public Object[] toArray() {
        return items.toArray();
    }

    /** The items as a list that the template made. */
    public PyList toList() {
        return new PyList(items.toArray(), false);
    }
}
