package io.github.llamacpp4j.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A compute backend that llama.cpp has loaded. Immutable and thread-safe.
 *
 * @param name its name, such as {@code CPU} or {@code CUDA}
 * @param devices its devices
 * @param features what it was built with or found, such as {@code AVX2} to {@code 1}, in its own order
 */
public record Backend(String name, List<Device> devices, Map<String, String> features) {

    /** Copies the collections. */
    public Backend {
        devices = List.copyOf(devices);
        features = Collections.unmodifiableMap(new LinkedHashMap<>(features));
    }
}
