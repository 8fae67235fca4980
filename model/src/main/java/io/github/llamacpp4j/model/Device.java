package io.github.llamacpp4j.model;

/**
 * A device on which a model can compute, as {@link Backends#devices()} lists it. Immutable and thread-safe; the memory
 * figures are those of the moment of listing.
 *
 * @param name the name by which llama.cpp knows it, such as {@code CPU} or {@code Vulkan0}
 * @param description the maker's name of it
 * @param type its kind
 * @param backend the name of the backend that drives it
 * @param freeMemoryBytes memory that is free, in bytes
 * @param totalMemoryBytes all of its memory, in bytes
 */
public record Device(
        String name,
        String description,
        DeviceType type,
        String backend,
        long freeMemoryBytes,
        long totalMemoryBytes) {}
