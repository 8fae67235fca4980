package io.github.llamacpp4j.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory that holds the libraries of one llama.cpp release: an installed set, or a plain llama.cpp
 * {@code build/bin}. Immutable, safe for all threads.
 *
 * @param directory absolute path
 * @param origin how the directory was found
 * @param base the library {@code ggml-base}
 * @param ggml the library {@code ggml}, with the backend registry
 * @param llama the library {@code llama}
 * @param backends the libraries of backends, plugins or linked, sorted by name
 * @param manifest what the installer wrote beside the libraries; empty for a plain build
 */
public record NativeSet(
        Path directory,
        Origin origin,
        Path base,
        Path ggml,
        Path llama,
        List<Path> backends,
        Optional<NativeSetManifest> manifest) {

    /** How a native set was found. */
    public enum Origin {
        /** The caller named the directory. */
        EXPLICIT("the directory that was asked for"),
        /** The system property or environment variable named it. */
        SETTING(NativeSets.DIRECTORY_VARIABLE),
        /** A natives jar on the class path carried it. */
        CLASS_PATH("a natives jar on the class path"),
        /** It was installed under {@link LlamaCppHome}. */
        INSTALLED("llamacpp4j natives install");

        private final String title;

        Origin(String title) {
            this.title = title;
        }

        /** What to do about a directory that was found in this way and is no native set. */
        String remedy() {
            return switch (this) {
                case EXPLICIT -> "Name a directory with the libraries of llama.cpp v0.4.0 to v0.5.0.";
                case SETTING ->
                    "Correct " + NativeSets.DIRECTORY_VARIABLE + ", or unset it to use the installed libraries"
                            + " (llamacpp4j natives install).";
                case CLASS_PATH, INSTALLED -> "Delete the directory and run \"llamacpp4j natives install\".";
            };
        }

        @Override
        public String toString() {
            return title;
        }
    }

    /** {@code .v0.5.0}, and before it the flavor of a GPU set, as in {@code libllama.vulkan.v0.5.0.so}. */
    private static final String RELEASE = "(?:(?:\\.[a-z0-9_]+)?\\.(?<release>v\\d+\\.\\d+\\.\\d+))?";

    private static final String SUFFIX = "(?:\\.so(?:\\.\\d+)*|(?:\\.\\d+)*\\.dylib|\\.dll)";
    private static final Pattern BASE = Pattern.compile("(?:lib)?ggml-base" + SUFFIX);
    private static final Pattern GGML = Pattern.compile("(?:lib)?ggml" + RELEASE + SUFFIX);
    private static final Pattern LLAMA = Pattern.compile("(?:lib)?llama" + RELEASE + SUFFIX);
    private static final Pattern BACKEND =
            Pattern.compile("(?:lib)?ggml-(?!base\\b)[A-Za-z0-9_.-]+(?:\\.so|\\.dylib|\\.dll)");

    /** Copies the list. */
    public NativeSet {
        backends = List.copyOf(backends);
    }

    /**
     * The native set in a directory.
     *
     * @throws NativeSetException when the directory or one of its libraries is missing
     */
    public static NativeSet in(Path directory, Origin origin) {
        Path absolute = directory.toAbsolutePath().normalize();
        if (!Files.isDirectory(absolute)) {
            throw new NativeSetException("The native library directory " + absolute + " ("
                    + origin + ") " + (Files.exists(absolute) ? "is not a directory" : "does not exist") + ". "
                    + origin.remedy());
        }
        List<Path> files = files(absolute);
        return new NativeSet(
                absolute,
                origin,
                only(absolute, origin, files, BASE, "ggml-base"),
                only(absolute, origin, files, GGML, "ggml"),
                only(absolute, origin, files, LLAMA, "llama"),
                files.stream().filter(file -> matches(file, BACKEND)).toList(),
                NativeSetManifest.in(absolute));
    }

    /** The llama.cpp release that the manifest or the library's name tells; empty for a plain build. */
    public Optional<String> release() {
        if (manifest.isPresent()) {
            return Optional.of(manifest.get().release());
        }
        Matcher matcher = LLAMA.matcher(name(llama));
        return matcher.matches() ? Optional.ofNullable(matcher.group("release")) : Optional.empty();
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new NativeSetException("The native library directory " + directory + " cannot be listed: " + e, e);
        }
    }

    /** The shortest of the names that a library has; a second library beside one that names its release is refused. */
    private static Path only(Path directory, Origin origin, List<Path> files, Pattern pattern, String library) {
        List<Path> found = new ArrayList<>(
                files.stream().filter(file -> matches(file, pattern)).toList());
        if (found.isEmpty()) {
            throw new NativeSetException(
                    "The directory " + directory + " has no " + library + " library (a file such as "
                            + exampleName(library) + "), so it is not a llama.cpp native set. " + origin.remedy());
        }
        found.sort(Comparator.comparingInt((Path file) -> name(file).length()).thenComparing(Path::compareTo));
        long releases = found.stream()
                .filter(file -> name(file).matches(".*\\.v\\d+\\.\\d+\\.\\d+\\.[a-z]+"))
                .count();
        if (releases > 0 && found.stream().map(NativeSet::real).distinct().count() > 1) {
            throw new NativeSetException("The directory " + directory + " holds more than one " + library + " library: "
                    + found.stream().map(NativeSet::name).toList()
                    + ". Expected one llama.cpp release per directory; remove all but one.");
        }
        return found.getFirst();
    }

    private static String exampleName(String library) {
        String os = System.getProperty("os.name", "");
        return os.startsWith("Windows")
                ? library + ".dll"
                : "lib" + library + (os.startsWith("Mac") ? ".dylib" : ".so");
    }

    private static boolean matches(Path file, Pattern pattern) {
        return pattern.matcher(name(file)).matches();
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file;
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
