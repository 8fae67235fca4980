package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Missing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives the variables of a scope their first values, and takes all values away when the scope is left. Immutable. */
final class EnterScope {
    private record Resolve(int slot, String name) {}

    private record Alias(int slot, int distance, int outerSlot) {}

    private final Resolve[] resolves;
    private final Alias[] aliases;
    private final int[] undefined;
    private final int[] all;

    private EnterScope(Resolve[] resolves, Alias[] aliases, int[] undefined, int[] all) {
        this.resolves = resolves;
        this.aliases = aliases;
        this.undefined = undefined;
        this.all = all;
    }

    static EnterScope of(Symbols symbols, FunctionScope function) {
        List<Resolve> resolves = new ArrayList<>();
        List<Alias> aliases = new ArrayList<>();
        List<Integer> undefined = new ArrayList<>();
        List<Integer> all = new ArrayList<>();
        for (Map.Entry<Ref, Symbols.Load> load : symbols.loads().entrySet()) {
            int slot = load.getKey().slot();
            all.add(slot);
            switch (load.getValue()) {
                case Symbols.Load.Parameter p -> {}
                case Symbols.Load.Resolve r -> resolves.add(new Resolve(slot, r.name()));
                case Symbols.Load.Alias a ->
                    aliases.add(new Alias(
                            slot,
                            function.distanceTo(a.outer().owner()),
                            a.outer().slot()));
                case Symbols.Load.Undefined u -> undefined.add(slot);
            }
        }
        return new EnterScope(
                resolves.toArray(Resolve[]::new),
                aliases.toArray(Alias[]::new),
                undefined.stream().mapToInt(i -> i).toArray(),
                all.stream().mapToInt(i -> i).toArray());
    }

    void run(Activation a) {
        for (Resolve r : resolves) {
            Object value = a.scope.resolve(r.name);
            a.slots[r.slot] = value == Missing.MISSING ? null : value;
        }
        for (Alias alias : aliases) {
            @Nullable Object value = a.out(alias.distance).slots[alias.outerSlot];
            a.slots[alias.slot] = value;
        }
        for (int slot : undefined) {
            a.slots[slot] = null;
        }
    }

    void leave(Activation a) {
        for (int slot : all) {
            a.slots[slot] = null;
        }
    }
}
