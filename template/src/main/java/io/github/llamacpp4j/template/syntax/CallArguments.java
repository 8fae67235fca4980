package io.github.llamacpp4j.template.syntax;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call as written.
 *
 * @param positional by position
 * @param names of those by name
 * @param values of those by name
 * @param spread {@code *expression}
 * @param spreadNamed {@code **expression}
 */
public record CallArguments(
        List<Expr> positional,
        List<String> names,
        List<Expr> values,
        @Nullable Expr spread,
        @Nullable Expr spreadNamed) {
    /** No arguments. */
    public static final CallArguments NONE = new CallArguments(List.of(), List.of(), List.of(), null, null);

    /** All expressions in them, in source order. */
    public List<Expr> all() {
        List<Expr> all = new ArrayList<>(positional);
        all.addAll(values);
        if (spread != null) {
            all.add(spread);
        }
        if (spreadNamed != null) {
            all.add(spreadNamed);
        }
        return all;
    }
}
