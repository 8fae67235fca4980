package io.github.llamacpp4j.natives;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one directory under which llamacpp4j keeps what it stores on a machine: models, native sets, history. It need not
 * exist. Immutable, safe for all threads.
 *
 * @param directory absolute path
 */
public record LlamaCppHome(Path directory) {

    /** Environment variable that moves the directory. */
    public static final String VARIABLE = "LLAMACPP4J_HOME";

    /** System property that moves the directory; it goes before {@link #VARIABLE}. */
    public static final String PROPERTY = "llamacpp4j.home";

    /** Makes the path absolute and normal. */
    public LlamaCppHome {
        directory = directory.toAbsolutePath().normalize();
    }

    /**
     * The directory of this process: the system property {@value #PROPERTY}, else the variable {@value #VARIABLE}, else the
     * platform's own place: {@code $XDG_CACHE_HOME/llamacpp4j} or {@code ~/.cache/llamacpp4j} on Linux,
     * {@code ~/Library/Caches/llamacpp4j} on macOS, {@code %LOCALAPPDATA%\llamacpp4j} on Windows.
     */
    public static LlamaCppHome current() {
        return of(Surroundings.SYSTEM);
    }

    static LlamaCppHome of(Surroundings surroundings) {
        String chosen = surroundings.setting(PROPERTY, VARIABLE);
        return new LlamaCppHome(chosen != null ? Surroundings.path(chosen, VARIABLE) : platformDefault(surroundings));
    }

    private static Path platformDefault(Surroundings surroundings) {
        String userHome = surroundings.property("user.home");
        Path account = Surroundings.path(userHome == null ? "." : userHome, "user.home");
        String os = String.valueOf(surroundings.property("os.name")).toLowerCase(Locale.ROOT);
        // Java asks the user database for the account's home; a shell's ~ is $HOME.
        Path user = os.startsWith("windows") ? account : absoluteOr(surroundings.variable("HOME"), account);
        if (os.startsWith("mac")) {
            return user.resolve("Library").resolve("Caches").resolve("llamacpp4j");
        }
        if (os.startsWith("windows")) {
            return absoluteOr(
                            surroundings.variable("LOCALAPPDATA"),
                            user.resolve("AppData").resolve("Local"))
                    .resolve("llamacpp4j");
        }
        return absoluteOr(surroundings.variable("XDG_CACHE_HOME"), user.resolve(".cache"))
                .resolve("llamacpp4j");
    }

    /** The XDG specification says that a relative path is to be ignored. */
    private static Path absoluteOr(@Nullable String value, Path fallback) {
        return value != null && isAbsolute(value) ? Path.of(value) : fallback;
    }

    private static boolean isAbsolute(String value) {
        return Surroundings.path(value, "the platform's cache directory").isAbsolute();
    }

    /** Where native sets are installed and extracted, one directory per set. */
    public Path nativesDirectory() {
        return directory.resolve("natives");
    }

    /** Where models are kept. */
    public Path modelsDirectory() {
        return directory.resolve("models");
    }
}
