package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Undefined;
import java.util.List;

/** A compiled macro, call block or generation block: what is common to all macros made from it. Immutable. */
final class MacroNode {
    /** One parameter: where its value goes, and the default that may read the parameters before it. */
    record Parameter(String name, int slot, ExprNode otherwise) {}

    /**
     * Where the special variables go; -1 for those that the body does not use.
     *
     * @param caller of the body of a call block
     * @param kwargs of surplus arguments by name
     * @param varargs of surplus arguments by position
     */
    record Special(int caller, int kwargs, int varargs) {}

    final String name;
    final List<Parameter> parameters;
    final Special special;
    final boolean explicitCaller;
    final FunctionScope function;
    final EnterScope enter;
    final StmtNode body;
    final int weight;

    MacroNode(
            String name,
            List<Parameter> parameters,
            Special special,
            FunctionScope function,
            EnterScope enter,
            StmtNode body,
            int weight) {
        this.name = name;
        this.parameters = parameters;
        this.special = special;
        this.explicitCaller = parameters.stream().anyMatch(p -> p.name().equals("caller"));
        this.function = function;
        this.enter = enter;
        this.body = body;
        this.weight = weight;
    }

    /** The default of a parameter without one. */
    static ExprNode notProvided(String parameter) {
        return new ValueNodes.Constant(Undefined.because("parameter '" + parameter + "' was not provided"));
    }
}
