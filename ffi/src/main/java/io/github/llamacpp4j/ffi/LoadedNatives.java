package io.github.llamacpp4j.ffi;

import io.github.llamacpp4j.natives.NativeSet;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The libraries that this process uses. Immutable, safe for all threads.
 *
 * @param set where they come from
 * @param llamaVersion {@code llama_version()}, for example {@code 0.5.0-dev}
 * @param ggmlVersion {@code ggml_version()}, for example {@code 0.25.1}
 * @param ggmlCommit {@code ggml_commit()}
 * @param plugins the file of each backend that was loaded as a plugin, by the name of its registry, such as {@code CPU}
 */
public record LoadedNatives(
        NativeSet set, String llamaVersion, String ggmlVersion, String ggmlCommit, Map<String, Path> plugins) {

    /** Copies the map. */
    public LoadedNatives {
        plugins = Map.copyOf(plugins);
    }

    /**
     * The CPU variant that ggml chose among the plugins, such as {@code haswell}; empty when there is no choice because the
     * CPU backend is linked in or there is only one.
     */
    public Optional<String> cpuVariant() {
        Path cpu = plugins.get("CPU");
        if (cpu == null) {
            return Optional.empty();
        }
        String name = String.valueOf(cpu.getFileName());
        int start = name.indexOf("ggml-cpu-");
        int end = name.lastIndexOf('.');
        return start < 0 || end < start
                ? Optional.empty()
                : Optional.of(name.substring(start + "ggml-cpu-".length(), end));
    }
}
