package io.github.llamacpp4j.natives;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Environment variables and system properties, so that a test can set them. */
record Surroundings(UnaryOperator<@Nullable String> environment, UnaryOperator<@Nullable String> properties) {

    static final Surroundings SYSTEM = new Surroundings(
            name -> name == null ? null : System.getenv(name), name -> name == null ? null : System.getProperty(name));

    /** The value of an environment variable; null when it is absent or blank. */
    @Nullable
    String variable(String name) {
        return present(environment.apply(name));
    }

    /** The value of a system property; null when it is absent or blank. */
    @Nullable
    String property(String name) {
        return present(properties.apply(name));
    }

    /** The system property, else the environment variable, else null. */
    @Nullable
    String setting(String property, String variable) {
        String value = property(property);
        return value != null ? value : variable(variable);
    }

    /**
     * A path out of a setting.
     *
     * @throws NativeSetException when this Java cannot express it, usually because the locale has no UTF-8
     */
    static Path path(String value, String setting) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new NativeSetException(
                    "The path \"" + value + "\" (" + setting + ") cannot be used: " + e.getReason()
                            + ". Expected a path that the charset of file names, "
                            + System.getProperty("sun.jnu.encoding")
                            + ", can express; set LC_ALL to a UTF-8 locale such"
                            + " as C.UTF-8, or choose a path of ASCII characters.",
                    e);
        }
    }

    private static @Nullable String present(@Nullable String value) {
        return value == null || value.isBlank() ? null : value;
    }
}
