package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Html;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import io.github.llamacpp4j.template.value.Text;

/** Prints text and expressions. */
final class OutputNode extends StmtNode {
    /** When printed values are escaped. */
    enum Escape {
        /** Never. */
        OFF,
        /** Always. */
        ON,
        /** As the rendering's state says. */
        DYNAMIC
    }

    private final Object[] parts;
    private final int[] offsets;
    private final Escape escape;

    /** Parts are {@code String} for text and {@link ExprNode} for expressions. */
    OutputNode(Object[] parts, int[] offsets, Escape escape) {
        this.parts = parts;
        this.offsets = offsets;
        this.escape = escape;
    }

    @Override
    Outcome run(Activation a, StrBuilder out) {
        Env env = a.env;
        env.budget().steps(parts.length);
        for (int i = 0; i < parts.length; i++) {
            if (parts[i] instanceof String text) {
                out.append(text);
                continue;
            }
            try {
                Object value = ((ExprNode) parts[i]).eval(a);
                boolean safe = escape == Escape.ON || (escape == Escape.DYNAMIC && env.autoescape());
                out.append(safe ? Html.escape(env, value) : value instanceof Str s ? s : Text.str(env, value));
            } catch (PyError e) {
                throw e.at(offsets[i]);
            }
        }
        if (out.chars() > env.budget().maxStringChars()) {
            env.budget().string(out.chars());
        }
        return Outcome.NEXT;
    }
}
