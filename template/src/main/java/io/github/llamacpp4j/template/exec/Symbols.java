package io.github.llamacpp4j.template.exec;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which names a scope reads and writes, and where each gets its first value: Jinja decides this before rendering, and a
 * few visible rules hang on it (a name that the template sets later is undefined before, also inside loops).
 */
final class Symbols {
    /** Where a variable gets its value when its scope is entered. */
    sealed interface Load {
        /** From the call: macro parameters, loop targets. */
        record Parameter() implements Load {}

        /** From the template's context. */
        record Resolve(String name) implements Load {}

        /** From the variable of an outer scope. */
        record Alias(Ref outer) implements Load {}

        /** From nowhere: set later. */
        record Undefined() implements Load {}
    }

    private final int level;
    private final @Nullable Symbols parent;
    private final @Nullable Symbols base;
    private final FunctionScope function;
    private final Map<String, Ref> refs = new HashMap<>();
    private final Map<Ref, Load> loads = new LinkedHashMap<>();
    private final Set<String> stores = new HashSet<>();

    private Symbols(int level, @Nullable Symbols parent, @Nullable Symbols base, FunctionScope function) {
        this.level = level;
        this.parent = parent;
        this.base = base;
        this.function = function;
    }

    static Symbols root(FunctionScope function) {
        return new Symbols(0, null, null, function);
    }

    Symbols inner(FunctionScope innerFunction) {
        return new Symbols(level + 1, this, null, innerFunction);
    }

    /** The same scope as one branch of an {@code if} sees it: holds only what the branch adds. */
    Symbols branch() {
        return new Symbols(level, parent, this, function);
    }

    Map<Ref, Load> loads() {
        return loads;
    }

    private Ref define(String name, Load load) {
        Ref ref = new Ref(name, function, function.slot(name, level));
        refs.put(name, ref);
        loads.put(ref, load);
        return ref;
    }

    @Nullable
    Ref find(String name) {
        for (Symbols s = this; s != null; s = s.parent) {
            Ref ref = s.own(name);
            if (ref != null) {
                return ref;
            }
        }
        return null;
    }

    private @Nullable Ref own(String name) {
        for (Symbols s = this; s != null; s = s.base) {
            Ref ref = s.refs.get(name);
            if (ref != null) {
                return ref;
            }
        }
        return null;
    }

    private boolean stored(String name) {
        boolean stored = false;
        for (Symbols s = this; s != null && !stored; s = s.base) {
            stored = s.stores.contains(name);
        }
        return stored;
    }

    void store(String name) {
        stores.add(name);
        if (own(name) != null) {
            return;
        }
        Ref outer = parent == null ? null : parent.find(name);
        define(name, outer == null ? new Load.Undefined() : new Load.Alias(outer));
    }

    Ref parameter(String name) {
        stores.add(name);
        return define(name, new Load.Parameter());
    }

    void load(String name) {
        if (find(name) == null) {
            define(name, new Load.Resolve(name));
        }
    }

    /** Takes over what the branches of an {@code if} did; what only some of them set may also come from outside. */
    void merge(List<Symbols> branches) {
        Set<String> stored = new HashSet<>();
        branches.forEach(branch -> stored.addAll(branch.stores));
        stored.removeIf(this::stored);
        for (Symbols branch : branches) {
            refs.putAll(branch.refs);
            loads.putAll(branch.loads);
            stores.addAll(branch.stores);
        }
        for (String name : stored) {
            Ref target = find(name);
            Ref outer = parent == null ? null : parent.find(name);
            if (target != null) {
                loads.put(target, outer == null ? new Load.Resolve(name) : new Load.Alias(outer));
            }
        }
    }

    /** The variables written in this scope and around it. */
    Map<String, Ref> stored() {
        Map<String, Ref> all = new TreeMap<>();
        for (Symbols s = this; s != null; s = s.parent) {
            for (String name : s.stores) {
                Ref ref = find(name);
                if (ref != null) {
                    all.putIfAbsent(name, ref);
                }
            }
        }
        return all;
    }
}
