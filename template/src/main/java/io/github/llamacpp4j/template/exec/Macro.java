package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Missing;
import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.PyCallable;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyTuple;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A macro with the variables around its definition. Lives within one rendering. */
final class Macro implements PyCallable {
    private final MacroNode node;
    private final Activation around;

    Macro(MacroNode node, Activation around) {
        this.node = node;
        this.around = around;
    }

    @Override
    public Object call(Env env, Arguments arguments) {
        env.budget().enter(node.weight);
        Activation a = new Activation(node.function.size(), around, around.scope, env);
        bind(a, arguments);
        node.enter.run(a);
        for (MacroNode.Parameter parameter : node.parameters) {
            if (a.slots[parameter.slot()] == null) {
                a.slots[parameter.slot()] = parameter.otherwise().eval(a);
            }
        }
        StrBuilder out = new StrBuilder();
        node.body.run(a, out);
        env.budget().leave(node.weight);
        return env.checked(out.toStr()).asMarkup(env.autoescape());
    }

    private void bind(Activation a, Arguments arguments) {
        int count = node.parameters.size();
        int given = Math.min(arguments.count(), count);
        for (int i = 0; i < given; i++) {
            a.slots[node.parameters.get(i).slot()] = arguments.get(i);
        }
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        boolean foundCaller = given == count && node.explicitCaller;
        for (int i = given; i < count; i++) {
            MacroNode.Parameter parameter = node.parameters.get(i);
            @Nullable Object value = named.remove(parameter.name());
            a.slots[parameter.slot()] = value;
            foundCaller |= parameter.name().equals("caller");
        }
        bindSpecial(a, arguments, named, foundCaller);
    }

    private void bindSpecial(Activation a, Arguments arguments, Map<String, Object> named, boolean foundCaller) {
        MacroNode.Special special = node.special;
        if (special.caller() >= 0 && !foundCaller) {
            Object caller = named.remove("caller");
            a.slots[special.caller()] =
                    caller == null || caller == None.NONE ? Undefined.because("No caller defined") : caller;
        }
        if (special.kwargs() >= 0) {
            PyDict kwargs = new PyDict();
            named.forEach((name, value) -> kwargs.put(Str.of(name), value));
            a.slots[special.kwargs()] = kwargs;
        } else if (!named.isEmpty()) {
            String surplus = named.keySet().iterator().next();
            throw PyError.runtime("macro " + quotedName() + " takes no keyword argument " + Text.quoted(surplus));
        }
        int count = node.parameters.size();
        if (special.varargs() >= 0) {
            Object[] rest = arguments.count() > count
                    ? Arrays.copyOfRange(arguments.positional(), count, arguments.count())
                    : new Object[0];
            a.slots[special.varargs()] = new PyTuple(rest);
        } else if (arguments.count() > count) {
            throw PyError.runtime("macro " + quotedName() + " takes not more than " + count + " argument(s)");
        }
    }

    private String quotedName() {
        return node.name.isEmpty() ? "None" : Text.quoted(node.name);
    }

    @Override
    public Object attribute(Env env, String name) {
        return switch (name) {
            case "name" -> node.name.isEmpty() ? None.NONE : Str.of(node.name);
            case "arguments" ->
                new PyTuple(node.parameters.stream()
                        .map(p -> (Object) Str.of(p.name()))
                        .toArray());
            case "catch_kwargs" -> node.special.kwargs() >= 0;
            case "catch_varargs" -> node.special.varargs() >= 0;
            case "caller" -> node.special.caller() >= 0;
            case "explicit_caller" -> node.explicitCaller;
            default -> Missing.MISSING;
        };
    }

    @Override
    public String typeName() {
        return "Macro";
    }

    @Override
    public String repr(Env env) {
        return "<Macro " + (node.name.isEmpty() ? "anonymous" : Text.quoted(node.name)) + ">";
    }
}
