package io.github.llamacpp4j.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Schemas that must all hold. A schema is a literal: twice its number in the {@link SchemaDocument}, plus one if it must
 * <em>not</em> hold. Literal 1 never holds. Immutable.
 */
record Conjunction(List<Integer> literals) {
    static final int FALSE_LITERAL = 1;
    static final Conjunction TRUE = new Conjunction(List.of());
    static final Conjunction FALSE = new Conjunction(List.of(FALSE_LITERAL));

    static Conjunction of(int literal) {
        return new Conjunction(List.of(literal));
    }

    Conjunction and(Conjunction other) {
        if (literals.isEmpty()) {
            return other;
        }
        if (other.literals.isEmpty()) {
            return this;
        }
        TreeSet<Integer> all = new TreeSet<>(literals);
        all.addAll(other.literals);
        return all.contains(FALSE_LITERAL) ? FALSE : new Conjunction(new ArrayList<>(all));
    }

    boolean isFalse() {
        return literals.contains(FALSE_LITERAL);
    }
}
