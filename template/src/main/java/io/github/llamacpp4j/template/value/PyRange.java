package io.github.llamacpp4j.template.value;

import java.util.Iterator;

/** A Python range of at most the sandbox's number of items. Immutable. */
public final class PyRange implements PySequence {
    private final long start;
    private final long stop;
    private final long step;
    private final int size;

    /** A range whose size has been checked. */
    public PyRange(long start, long stop, long step, int size) {
        this.start = start;
        this.stop = stop;
        this.step = step;
        this.size = size;
    }

    /** The first item, if any. */
    public long start() {
        return start;
    }

    /** The bound. */
    public long stop() {
        return stop;
    }

    /** The distance between items. */
    public long step() {
        return step;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Object item(int index) {
        return start + index * step;
    }

    @Override
    public Iterator<Object> iterator(Env env) {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < size;
            }

            @Override
            public Object next() {
                return item(next++);
            }
        };
    }

    @Override
    public String typeName() {
        return "range";
    }

    @Override
    public Object attribute(Env env, String name) {
        return switch (name) {
            case "start" -> start;
            case "stop" -> stop;
            case "step" -> step;
            default -> Missing.MISSING;
        };
    }

    @Override
    public String repr(Env env) {
        return step == 1 ? "range(" + start + ", " + stop + ")" : "range(" + start + ", " + stop + ", " + step + ")";
    }
}
