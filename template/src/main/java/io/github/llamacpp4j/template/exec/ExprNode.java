package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Operators;

/** A compiled expression. Immutable, shared by all renderings. */
abstract class ExprNode {
    /** Its value. */
    abstract Object eval(Activation a);

    /** Whether its value counts as true. */
    boolean test(Activation a) {
        return Operators.truthy(eval(a));
    }
}
