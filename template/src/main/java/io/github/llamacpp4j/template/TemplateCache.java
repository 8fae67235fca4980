package io.github.llamacpp4j.template;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Parsed templates by source: the most recently used, up to a number. Sources that do not parse are not remembered.
 *
 * <p>Safe for use by many threads.
 */
public final class TemplateCache {
    private final TemplateOptions options;
    private final Map<String, Template> templates;

    /**
     * An empty cache.
     *
     * @param capacity how many templates to keep, at least 1
     * @param options the limits of all of them
     * @throws IllegalArgumentException if the capacity is not positive
     */
    public TemplateCache(int capacity, TemplateOptions options) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be positive, but is " + capacity);
        }
        this.options = Objects.requireNonNull(options, "options");
        this.templates = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Template> eldest) {
                return size() > capacity;
            }
        };
    }

    /**
     * The template of a source, parsed if it is not here yet. Two threads that ask for a new one at once may both parse it.
     *
     * @param source the template's text
     * @throws TemplateException of kind {@code PARSE} or {@code LIMIT}
     */
    public Template get(String source) {
        synchronized (templates) {
            Template known = templates.get(source);
            if (known != null) {
                return known;
            }
        }
        Template parsed = Template.parse(source, options);
        synchronized (templates) {
            templates.put(source, parsed);
        }
        return parsed;
    }

    /** How many templates are kept now. */
    public int size() {
        synchronized (templates) {
            return templates.size();
        }
    }
}
