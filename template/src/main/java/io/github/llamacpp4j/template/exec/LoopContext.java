package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.ItemBuffer;
import io.github.llamacpp4j.template.value.Missing;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyCallable;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PySized;
import io.github.llamacpp4j.template.value.PyTuple;
import io.github.llamacpp4j.template.value.Undefined;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Jinja's {@code loop}: the walk itself, which looks ahead only when asked. Lives within one rendering. */
final class LoopContext implements PyCallable, PySized {
    private final Env env;
    private final @Nullable Recursion recursion;
    private final int depth0;
    private Iterator<Object> source;
    private int length;
    private int index0 = -1;
    private @Nullable Object ahead;
    private @Nullable Object current;
    private @Nullable Object previous;
    private @Nullable PyTuple lastSeen;

    /** Renders the loop again for nested items. */
    interface Recursion {
        Object render(Object iterable, int depth0);
    }

    LoopContext(Env env, Iterator<Object> source, int knownLength, @Nullable Recursion recursion, int depth0) {
        this.env = env;
        this.source = source;
        this.length = knownLength;
        this.recursion = recursion;
        this.depth0 = depth0;
    }

    boolean hasNext() {
        return ahead != null || source.hasNext();
    }

    Object next() {
        Object item = ahead == null ? source.next() : ahead;
        ahead = null;
        index0++;
        previous = current;
        current = item;
        return item;
    }

    private boolean peek() {
        if (ahead == null && source.hasNext()) {
            ahead = source.next();
        }
        return ahead != null;
    }

    @Override
    public int size() {
        if (length < 0) {
            ItemBuffer rest = new ItemBuffer(env);
            while (source.hasNext()) {
                rest.add(source.next());
            }
            source = Arrays.asList(rest.toArray()).iterator();
            length = rest.size() + index0 + 1 + (ahead == null ? 0 : 1);
        }
        return length;
    }

    @Override
    public Object attribute(Env unused, String name) {
        return switch (name) {
            case "index" -> index0 + 1L;
            case "index0" -> (long) index0;
            case "first" -> index0 == 0;
            case "last" -> !peek();
            case "length" -> (long) size();
            case "revindex" -> (long) size() - index0;
            case "revindex0" -> (long) size() - index0 - 1;
            case "depth" -> depth0 + 1L;
            case "depth0" -> (long) depth0;
            case "previtem" ->
                index0 == 0 || previous == null ? Undefined.because("there is no previous item") : previous;
            case "nextitem" -> peek() && ahead != null ? ahead : Undefined.because("there is no next item");
            case "cycle" -> new Method("cycle", this::cycle);
            case "changed" -> new Method("changed", this::changed);
            default -> Missing.MISSING;
        };
    }

    private Object cycle(Env e, Arguments arguments) {
        if (arguments.count() == 0) {
            throw PyError.runtime("no items for cycling given");
        }
        return arguments.get(index0 % arguments.count());
    }

    private Object changed(Env e, Arguments arguments) {
        PyTuple seen = new PyTuple(arguments.positional());
        boolean changed = lastSeen == null || !Operators.equal(env, lastSeen, seen);
        lastSeen = seen;
        return changed;
    }

    @Override
    public Object call(Env e, Arguments arguments) {
        if (arguments.count() != 1 || !arguments.named().isEmpty()) {
            throw PyError.runtime("loop() takes 1 positional argument");
        }
        if (recursion == null) {
            throw PyError.runtime("The loop must have the 'recursive' marker to be called recursively.");
        }
        return recursion.render(arguments.get(0), depth0 + 1);
    }

    @Override
    public Iterator<Object> iterator(Env e) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return LoopContext.this.hasNext();
            }

            @Override
            public Object next() {
                return new PyTuple(LoopContext.this.next(), LoopContext.this);
            }
        };
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }

    @Override
    public String repr(Env e) {
        return "<LoopContext " + (index0 + 1) + "/" + size() + ">";
    }

    private record Method(String name, io.github.llamacpp4j.template.builtin.Function.Variadic body)
            implements PyCallable {
        @Override
        public Object call(Env env, Arguments arguments) {
            if (!arguments.named().isEmpty()) {
                throw PyError.runtime(name + "() got an unexpected keyword argument");
            }
            return body.call(env, arguments);
        }

        @Override
        public String typeName() {
            return "method";
        }
    }
}
