package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Missing;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Jinja's context: the variables given to a rendering, over the globals, and under what the template sets at its top level
 * (which blocks see). Lives within one rendering.
 */
final class Scope {
    private final Function<String, Object> given;
    private final Map<String, Object> exported = new HashMap<>();
    private final Map<String, CompiledBlock> blocks;

    /** A context whose variables a function gives: the value, or {@link Missing#MISSING}. */
    Scope(Function<String, Object> given, Map<String, CompiledBlock> blocks) {
        this.given = given;
        this.blocks = blocks;
    }

    Object resolve(String name) {
        Object set = exported.get(name);
        return set == null ? given.apply(name) : set;
    }

    void export(String name, Object value) {
        exported.put(name, value);
    }

    Map<String, CompiledBlock> blocks() {
        return blocks;
    }

    /** This context with local variables over it. */
    Scope derived(Map<String, Object> locals) {
        Scope inner = new Scope(this::resolve, blocks);
        inner.exported.putAll(locals);
        return inner;
    }
}
