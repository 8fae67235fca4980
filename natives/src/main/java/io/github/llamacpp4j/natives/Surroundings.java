package io.github.llamacpp4j.natives;

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

    private static @Nullable String present(@Nullable String value) {
        return value == null || value.isBlank() ? null : value;
    }
}
