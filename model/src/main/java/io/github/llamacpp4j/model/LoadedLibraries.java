package io.github.llamacpp4j.model;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The llama.cpp libraries that this process uses. Immutable and thread-safe.
 *
 * @param directory where they lie
 * @param origin how that directory was found, in words
 * @param llamaVersion llama.cpp's version, such as {@code 0.5.0-dev}
 * @param ggmlVersion ggml's version and commit, such as {@code 0.25.1 (0ad4a86)}
 * @param cpuVariant the variant of the CPU backend that was chosen for this processor, such as {@code haswell}; empty when
 *     the libraries have only one
 */
public record LoadedLibraries(
        Path directory, String origin, String llamaVersion, String ggmlVersion, Optional<String> cpuVariant) {}
