package io.github.llamacpp4j.template.value;

import java.util.LinkedHashMap;
import java.util.Map;

/** Jinja's {@code namespace}: attributes that a template may set. Lives within one rendering. */
public final class Namespace implements PyObject {
    private final Map<String, Object> attributes = new LinkedHashMap<>();

    /** Sets an attribute. */
    public void set(String name, Object value) {
        attributes.put(name, value);
    }

    /** Whether it has an attribute. */
    public boolean has(String name) {
        return attributes.containsKey(name);
    }

    @Override
    public String typeName() {
        return "Namespace";
    }

    @Override
    public Object attribute(Env env, String name) {
        return attributes.getOrDefault(name, Missing.MISSING);
    }

    @Override
    public String repr(Env env) {
        PyDict dict = new PyDict();
        attributes.forEach((name, value) -> dict.put(Str.of(name), value));
        return "<Namespace " + Text.repr(env, dict).text() + ">";
    }
}
