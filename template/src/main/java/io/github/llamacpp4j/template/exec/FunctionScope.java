package io.github.llamacpp4j.template.exec;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables of one compiled function (template, block, macro, recursive loop): each name and level has a slot. */
final class FunctionScope {
    private final @Nullable FunctionScope outer;
    private final Map<String, Integer> slots = new HashMap<>();

    FunctionScope(@Nullable FunctionScope outer) {
        this.outer = outer;
    }

    int slot(String name, int level) {
        return slots.computeIfAbsent(level + " " + name, key -> slots.size());
    }

    /** A slot of its own for compiler-made values. */
    int freshSlot() {
        int slot = slots.size();
        slots.put("#" + slot, slot);
        return slot;
    }

    int size() {
        return slots.size();
    }

    /** How many functions out the owner of a variable is. */
    int distanceTo(FunctionScope owner) {
        int distance = 0;
        FunctionScope scope = this;
        while (scope != owner) {
            FunctionScope next = scope.outer;
            if (next == null) {
                throw new IllegalStateException("variable of a function that does not enclose its use");
            }
            scope = next;
            distance++;
        }
        return distance;
    }
}
