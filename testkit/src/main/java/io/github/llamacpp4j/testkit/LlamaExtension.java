package io.github.llamacpp4j.testkit;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.engine.Engine;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Does what {@link LlamaTest} promises. Thread-safe, also where tests run in parallel. */
public final class LlamaExtension implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(LlamaExtension.class);

    /** Made by JUnit. */
    public LlamaExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Llama.class || (type == Engine.class && parameter.isAnnotated(Scripted.class));
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Optional<Scripted> scripted = parameter.findAnnotation(Scripted.class);
        if (scripted.isEmpty()) {
            return context.getRoot()
                    .getStore(NAMESPACE)
                    .computeIfAbsent(Llama.class, type -> TestLlamas.tinychat(), Llama.class);
        }
        Script script = Script.inTurn(scripted.get().value());
        AutoCloseable made = parameter.getParameter().getType() == Engine.class
                ? TestLlamas.scriptedEngine(script)
                : TestLlamas.scripted(script);
        context.getStore(NAMESPACE).put(parameter.getParameter(), made); // closed with the test
        return made;
    }
}
