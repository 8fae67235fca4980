package io.github.llamacpp4j.natives;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The table of pinned native sets, read from {@code natives.properties}. Immutable, safe for all threads.
 *
 * @param llamaReleases the releases of llama.cpp whose libraries may be loaded; the newest is the one that the bindings are
 *     generated from
 * @param ggmlReleases the releases of ggml inside them
 * @param all every pin; the first of a platform is its default
 */
public record NativePins(ReleaseRange llamaReleases, ReleaseRange ggmlReleases, List<NativePin> all) {

    /** Copies the list. */
    public NativePins {
        all = List.copyOf(all);
    }

    /** The table of this release of llamacpp4j. */
    public static NativePins load() {
        try (InputStream in = NativePins.class.getResourceAsStream("natives.properties")) {
            if (in == null) {
                throw new IllegalStateException("natives.properties is missing from the llamacpp4j-natives jar");
            }
            return read(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static NativePins read(Reader text) throws IOException {
        Properties properties = new Properties();
        properties.load(text);
        List<NativePin> pins = new ArrayList<>();
        for (NativePlatform platform : NativePlatform.values()) {
            for (String backend :
                    required(properties, platform.id() + ".backends").split(",", -1)) {
                String prefix = platform.id() + "." + backend.strip() + ".";
                pins.add(new NativePin(
                        platform,
                        backend.strip(),
                        required(properties, prefix + "release"),
                        required(properties, prefix + "package"),
                        required(properties, prefix + "version"),
                        Long.parseLong(required(properties, prefix + "bytes")),
                        required(properties, prefix + "integrity")));
            }
        }
        return new NativePins(range(properties, "llama.cpp"), range(properties, "ggml"), pins);
    }

    private static ReleaseRange range(Properties properties, String library) {
        return new ReleaseRange(required(properties, library + ".oldest"), required(properties, library + ".newest"));
    }

    /** The default set of a platform. */
    public NativePin defaultFor(NativePlatform platform) {
        return of(platform).getFirst();
    }

    /** The sets of a platform, its default first. */
    public List<NativePin> of(NativePlatform platform) {
        return all.stream().filter(pin -> pin.platform() == platform).toList();
    }

    /**
     * The set of a platform with a backend such as {@code cpu}.
     *
     * @throws NativeSetException when there is none
     */
    public NativePin find(NativePlatform platform, String backend) {
        return of(platform).stream()
                .filter(pin -> pin.backend().equals(backend))
                .findFirst()
                .orElseThrow(() -> new NativeSetException("There is no prebuilt \"" + backend + "\" set for "
                        + platform.id() + "; there is "
                        + of(platform).stream().map(NativePin::backend).collect(Collectors.joining(", ")) + "."));
    }

    private static String required(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException("natives.properties lacks " + key);
        }
        return value.strip();
    }
}
