package io.github.llamacpp4j.template.value;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A Python dict in insertion order. Filled once, then never changed: the sandbox forbids changing one.
 *
 * <p>Keys are kept in a canonical form in which keys that Python holds equal ({@code 1}, {@code 1.0}, {@code True}) are
 * equal in Java too; the few keys whose canonical form differs are kept beside the map as they were written.
 */
public final class PyDict implements PySized {
    private final LinkedHashMap<Object, Object> map;
    private final boolean fromValue;
    private @Nullable Map<Object, Object> written;

    /** An empty dict that the template makes. */
    public PyDict() {
        this(8, false);
    }

    /** An empty dict with room for so many entries. */
    public PyDict(int capacity, boolean fromValue) {
        map = LinkedHashMap.newLinkedHashMap(capacity);
        this.fromValue = fromValue;
    }

    /** Sets an entry while the dict is being made; a later equal key keeps the first one's place and spelling. */
    public PyDict put(Object key, Object value) {
        Object canonical = Keys.canonical(key);
        if (!Operators.identical(canonical, key) && !map.containsKey(canonical)) {
            Map<Object, Object> spellings = written;
            if (spellings == null) {
                spellings = new HashMap<>();
                written = spellings;
            }
            spellings.put(canonical, key);
        }
        map.put(canonical, value);
        return this;
    }

    /** Sets all entries of another dict. */
    public PyDict putAll(PyDict other) {
        other.forEach(this::put);
        return this;
    }

    /** The value of a key, or {@link Missing#MISSING}; fails for a key that cannot be hashed. */
    public Object get(Object key) {
        Object found = map.get(Keys.canonical(key));
        return found == null ? Missing.MISSING : found;
    }

    /** The value of a text key, or {@link Missing#MISSING}. */
    public Object get(Str key) {
        Object found = map.get(key);
        return found == null ? Missing.MISSING : found;
    }

    /** Visits the entries in order. */
    public void forEach(BiConsumer<Object, Object> action) {
        map.forEach((key, value) -> action.accept(spelling(key), value));
    }

    private Object spelling(Object canonical) {
        return written == null ? canonical : written.getOrDefault(canonical, canonical);
    }

    /** The keys in order. */
    public Object[] keys() {
        Object[] keys = map.keySet().toArray();
        if (written != null) {
            for (int i = 0; i < keys.length; i++) {
                keys[i] = spelling(keys[i]);
            }
        }
        return keys;
    }

    /** The values in order. */
    public Object[] values() {
        return map.values().toArray();
    }

    /** The entries in order, as pairs. */
    public Object[] pairs() {
        Object[] pairs = new Object[map.size()];
        int i = 0;
        for (Map.Entry<Object, Object> entry : map.entrySet()) {
            pairs[i++] = new PyTuple(spelling(entry.getKey()), entry.getValue());
        }
        return pairs;
    }

    Map<Object, Object> canonicalMap() {
        return map;
    }

    /** Whether the dict as a whole came from the context, so that its printed form is a value. */
    public boolean fromValue() {
        return fromValue;
    }

    @Override
    public int size() {
        return map.size();
    }

    @Override
    public Iterator<Object> iterator(Env env) {
        return java.util.Arrays.asList(keys()).iterator();
    }

    @Override
    public String typeName() {
        return "dict";
    }
}
