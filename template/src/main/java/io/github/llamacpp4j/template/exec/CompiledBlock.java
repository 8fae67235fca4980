package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.StrBuilder;

/** A compiled {@code block}: a function of the context. Immutable after compilation. */
final class CompiledBlock {
    private final String name;
    private final FunctionScope function;
    private final EnterScope enter;
    private final StmtNode body;
    private final int selfSlot;
    private final int superSlot;
    private final int weight;

    CompiledBlock(
            String name,
            FunctionScope function,
            EnterScope enter,
            StmtNode body,
            int selfSlot,
            int superSlot,
            int weight) {
        this.name = name;
        this.function = function;
        this.enter = enter;
        this.body = body;
        this.selfSlot = selfSlot;
        this.superSlot = superSlot;
        this.weight = weight;
    }

    void run(Env env, Scope scope, StrBuilder out) {
        env.budget().enter(weight);
        Activation a = new Activation(function.size(), null, scope, env);
        if (selfSlot >= 0) {
            a.slots[selfSlot] = new SelfReference(scope);
        }
        if (superSlot >= 0) {
            a.slots[superSlot] = io.github.llamacpp4j.template.value.Undefined.because(
                    "there is no parent block called '" + name + "'.");
        }
        enter.run(a);
        body.run(a, out);
        env.budget().leave(weight);
    }
}
