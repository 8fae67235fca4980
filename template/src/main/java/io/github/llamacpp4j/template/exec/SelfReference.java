package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.builtin.Attributes;
import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Missing;
import io.github.llamacpp4j.template.value.PyCallable;
import io.github.llamacpp4j.template.value.PyObject;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;

/** Jinja's {@code self}: the template's blocks, to be called by name. */
record SelfReference(Scope scope) implements PyObject, Attributes.Subscriptable {
    @Override
    public Object item(Object key) {
        CompiledBlock block = key instanceof Str name ? scope.blocks().get(name.text()) : null;
        return block == null ? Missing.MISSING : new Reference(block, scope);
    }

    @Override
    public String typeName() {
        return "TemplateReference";
    }

    @Override
    public String repr(Env env) {
        return "<TemplateReference None>";
    }

    private record Reference(CompiledBlock block, Scope scope) implements PyCallable {
        @Override
        public Object call(Env env, Arguments arguments) {
            StrBuilder out = new StrBuilder();
            block.run(env, scope, out);
            return env.checked(out.toStr()).asMarkup(env.autoescape());
        }

        @Override
        public String typeName() {
            return "BlockReference";
        }
    }
}
