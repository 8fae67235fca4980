package io.github.llamacpp4j.template;

import java.time.Clock;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What a rendering takes besides its context.
 *
 * <p>Immutable; safe to share between threads if the random source is.
 */
public final class RenderOptions {
    private static final RenderOptions DEFAULTS = new Builder().build();

    private final Clock clock;
    private final RandomGenerator random;
    private final Map<String, Object> globals;
    private final Set<String> trustedVariables;

    private RenderOptions(Builder builder) {
        clock = builder.clock;
        random = builder.random;
        globals = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(builder.globals));
        trustedVariables = Set.copyOf(builder.trustedVariables);
    }

    /** The defaults. */
    public static RenderOptions defaults() {
        return DEFAULTS;
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        return new Builder().clock(clock).random(random).globals(globals).trustedVariables(trustedVariables);
    }

    /** The clock of {@code strftime_now}, in its own zone; default: the system's. */
    public Clock clock() {
        return clock;
    }

    /** The source of the {@code random} filter; default: one per thread. */
    public RandomGenerator random() {
        return random;
    }

    /** Further variables under those of the context: the same types, none by default. */
    public Map<String, Object> globals() {
        return globals;
    }

    /** The variables whose text counts as the template's own when provenance is tracked; none by default. */
    public Set<String> trustedVariables() {
        return trustedVariables;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private Clock clock = Clock.system(ZoneId.systemDefault());
        private RandomGenerator random = new ThreadRandom();
        private Map<String, Object> globals = Map.of();
        private Set<String> trustedVariables = Set.of();

        private Builder() {}

        /** Sets {@link RenderOptions#clock()}. */
        public Builder clock(Clock newClock) {
            clock = newClock;
            return this;
        }

        /** Sets {@link RenderOptions#random()}. */
        public Builder random(RandomGenerator newRandom) {
            random = newRandom;
            return this;
        }

        /** Sets {@link RenderOptions#globals()}. */
        public Builder globals(Map<String, ?> newGlobals) {
            globals = new LinkedHashMap<>(newGlobals);
            return this;
        }

        /** Sets {@link RenderOptions#trustedVariables()}. */
        public Builder trustedVariables(Set<String> names) {
            trustedVariables = names;
            return this;
        }

        /** The options. */
        public RenderOptions build() {
            return new RenderOptions(this);
        }
    }

    private static final class ThreadRandom implements RandomGenerator {
        @Override
        public long nextLong() {
            return java.util.concurrent.ThreadLocalRandom.current().nextLong();
        }
    }
}
