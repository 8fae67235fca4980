package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Missing;
import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyObject;
import io.github.llamacpp4j.template.value.PyTuple;

/** Jinja's {@code cycler}: hands out its items in turn. Lives within one rendering. */
final class Cycler implements PyObject {
    private final Object[] items;
    private int position;

    Cycler(Arguments arguments) {
        if (!arguments.named().isEmpty()) {
            throw PyError.runtime("cycler takes no keyword arguments");
        }
        if (arguments.count() == 0) {
            throw PyError.runtime("at least one item has to be provided");
        }
        items = arguments.positional();
    }

    @Override
    public Object attribute(Env env, String name) {
        return switch (name) {
            case "current" -> items[position];
            case "items" -> new PyTuple(items);
            case "pos" -> (long) position;
            case "next" ->
                Function.of("next", "", (e, a) -> {
                    Object item = items[position];
                    position = (position + 1) % items.length;
                    return item;
                });
            case "reset" ->
                Function.of("reset", "", (e, a) -> {
                    position = 0;
                    return None.NONE;
                });
            default -> Missing.MISSING;
        };
    }

    @Override
    public String typeName() {
        return "Cycler";
    }
}
