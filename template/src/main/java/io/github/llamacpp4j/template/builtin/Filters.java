package io.github.llamacpp4j.template.builtin;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Jinja's built-in filters, and transformers' {@code tojson}. */
public final class Filters {
    private static final Map<String, Function> ALL = table();

    private Filters() {}

    private static Map<String, Function> table() {
        Map<String, Function> table = new HashMap<>();
        TextFilters.addTo(table);
        WordFilters.addTo(table);
        HtmlFilters.addTo(table);
        NumberFilters.addTo(table);
        SequenceFilters.addTo(table);
        LazyFilters.addTo(table);
        return Map.copyOf(table);
    }

    /** The filter of that name, or null. */
    public static @Nullable Function named(String name) {
        return ALL.get(name);
    }

    static Set<String> names() {
        return ALL.keySet();
    }
}
