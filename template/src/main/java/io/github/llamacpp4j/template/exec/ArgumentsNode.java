package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The compiled arguments of a call. Immutable. */
final class ArgumentsNode {
    private final ExprNode[] positional;
    private final String[] names;
    private final ExprNode[] values;
    private final @Nullable ExprNode spread;
    private final @Nullable ExprNode spreadNamed;

    ArgumentsNode(
            ExprNode[] positional,
            String[] names,
            ExprNode[] values,
            @Nullable ExprNode spread,
            @Nullable ExprNode spreadNamed) {
        this.positional = positional;
        this.names = names;
        this.values = values;
        this.spread = spread;
        this.spreadNamed = spreadNamed;
    }

    /** Whether all are by position and known in number. */
    boolean isPlain() {
        return names.length == 0 && spread == null && spreadNamed == null;
    }

    /** The values of plain arguments after a first one. */
    Object[] evalAfter(Object first, Activation a) {
        Object[] all = new Object[positional.length + 1];
        all[0] = first;
        for (int i = 0; i < positional.length; i++) {
            all[i + 1] = positional[i].eval(a);
        }
        return all;
    }

    Arguments eval(Activation a) {
        Object[] all = ValueNodes.evalAll(positional, a);
        if (spread != null) {
            Object[] more = Operators.items(a.env, spread.eval(a));
            int count = all.length;
            all = Arrays.copyOf(all, count + more.length);
            System.arraycopy(more, 0, all, count, more.length);
        }
        if (names.length == 0 && spreadNamed == null) {
            return all.length == 0 ? Arguments.NONE : new Arguments(all, Collections.emptyMap());
        }
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < names.length; i++) {
            named.put(names[i], values[i].eval(a));
        }
        if (spreadNamed != null) {
            spread(spreadNamed.eval(a), named);
        }
        return new Arguments(all, named);
    }

    private static void spread(Object mapping, Map<String, Object> named) {
        if (mapping instanceof Undefined u) {
            throw u.error();
        }
        if (!(mapping instanceof PyDict dict)) {
            throw PyError.runtime("argument after ** must be a mapping, not " + Text.typeName(mapping));
        }
        dict.forEach((key, value) -> {
            if (!(key instanceof Str name)) {
                throw PyError.runtime("keywords must be strings");
            }
            if (named.put(name.text(), value) != null) {
                throw PyError.runtime("got multiple values for keyword argument '" + name.text() + "'");
            }
        });
    }
}
