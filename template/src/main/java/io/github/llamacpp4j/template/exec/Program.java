package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Missing;
import io.github.llamacpp4j.template.value.StrBuilder;
import java.util.Map;
import java.util.function.Function;

/** A compiled template. Immutable: any number of threads may run it at once. */
public final class Program {
    private final FunctionScope function;
    private final EnterScope enter;
    private final BodyNode body;
    private final Map<String, CompiledBlock> blocks;
    private final int selfSlot;
    private final int weight;

    Program(
            FunctionScope function,
            EnterScope enter,
            BodyNode body,
            Map<String, CompiledBlock> blocks,
            int selfSlot,
            int weight) {
        this.function = function;
        this.enter = enter;
        this.body = body;
        this.blocks = blocks;
        this.selfSlot = selfSlot;
        this.weight = weight;
    }

    /**
     * Renders once.
     *
     * @param env what the rendering may use
     * @param variables the value of a variable by name, or {@link Missing#MISSING}
     * @param out what is printed
     */
    public void run(Env env, Function<String, Object> variables, StrBuilder out) {
        env.budget().enter(weight);
        Scope scope = new Scope(variables, blocks);
        Activation a = new Activation(function.size(), null, scope, env);
        if (selfSlot >= 0) {
            a.slots[selfSlot] = new SelfReference(scope);
        }
        enter.run(a);
        body.run(a, out);
        out.check();
        env.budget().leave(weight);
    }
}
