package io.github.llamacpp4j.engine;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How an engine shares its decoder among requests.
 *
 * <p>Immutable and thread-safe.
 */
public final class EngineOptions {

    private static final EngineOptions DEFAULTS = builder().build();

    private final Builder values;

    private EngineOptions(Builder values) {
        this.values = values;
    }

    /** The defaults; see the builder's methods. */
    public static EngineOptions defaults() {
        return DEFAULTS;
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /** How many sequences are generated at the same time. */
    public int parallelSequences() {
        return values.parallelSequences;
    }

    /** How many finished sequences may stay in the memory for their prefixes. */
    public int retainedSequences() {
        return values.retainedSequences;
    }

    /** How many cells finished sequences may occupy while others are in work; absent means {@link Builder#cacheCells}'s default. */
    public OptionalInt cacheCells() {
        return values.cacheCells < 0 ? OptionalInt.empty() : OptionalInt.of(values.cacheCells);
    }

    /**
     * How many bytes outside the Java heap finished sequences may occupy that had to leave the memory; 0 is off. {@link
     * Builder#hostCacheBytes} tells what may come on top.
     */
    public long hostCacheBytes() {
        return values.hostCacheBytes;
    }

    /** How many requests may wait. */
    public int queueCapacity() {
        return values.queueCapacity;
    }

    /** How many events of one request may wait for its reader before its sequence pauses. */
    public int eventCapacity() {
        return values.eventCapacity;
    }

    /** How long a token may wait for the next ones, so that its reader wakes once for several. */
    public Duration deliveryInterval() {
        return values.deliveryInterval;
    }

    /** How long one step may take while sequences are generating; prompts are read in pieces that fit. */
    public Duration prefillTargetTime() {
        return values.prefillTargetTime;
    }

    /** How long one step may take while nothing but prompts is in work. */
    public Duration soloPrefillTargetTime() {
        return values.soloPrefillTargetTime;
    }

    /** How many cells a request without a limit reserves for its answer at admission. */
    public int openEndedReserve() {
        return values.openEndedReserve;
    }

    /** After how long a paused request counts as abandoned. */
    public Duration abandonedAfter() {
        return values.abandonedAfter;
    }

    /** After how long without work finished sequences are dropped; zero means never. */
    public Duration dropCacheAfter() {
        return values.dropCacheAfter;
    }

    /** After how long a step is reported as stuck. */
    public Duration stuckAfter() {
        return values.stuckAfter;
    }

    /** How many tokens to guess ahead per step for requests that leave it open; 0 is off. */
    public int speculativeTokens() {
        return values.speculativeTokens;
    }

    /** How the sequences divide the context among them. */
    public CacheLayout cacheLayout() {
        return values.cacheLayout;
    }

    /** Whether a request's output must not depend on its neighbours, at the price of speed. */
    public boolean deterministic() {
        return values.deterministic;
    }

    /** Who is told what the engine does. */
    public List<EngineListener> listeners() {
        return List.copyOf(values.listeners);
    }

    /** Collects options; {@link #build} checks them. Not thread-safe. */
    public static final class Builder {

        private int parallelSequences = 4;
        private int retainedSequences = 16;
        private int cacheCells = -1;
        private long hostCacheBytes = Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8);
        private int queueCapacity = 256;
        private int eventCapacity = 256;
        private Duration deliveryInterval = Duration.ofMillis(25);
        private Duration prefillTargetTime = Duration.ofMillis(250);
        private Duration soloPrefillTargetTime = Duration.ofSeconds(4);
        private int openEndedReserve = 256;
        private Duration abandonedAfter = Duration.ofMinutes(1);
        private Duration dropCacheAfter = Duration.ZERO;
        private Duration stuckAfter = Duration.ofSeconds(60);
        private int speculativeTokens;
        private CacheLayout cacheLayout = CacheLayout.UNIFIED;
        private boolean deterministic;
        private final List<EngineListener> listeners = new ArrayList<>();

        private Builder() {}

        private Builder(Builder from) {
            parallelSequences = from.parallelSequences;
            retainedSequences = from.retainedSequences;
            cacheCells = from.cacheCells;
            hostCacheBytes = from.hostCacheBytes;
            queueCapacity = from.queueCapacity;
            eventCapacity = from.eventCapacity;
            deliveryInterval = from.deliveryInterval;
            prefillTargetTime = from.prefillTargetTime;
            soloPrefillTargetTime = from.soloPrefillTargetTime;
            openEndedReserve = from.openEndedReserve;
            abandonedAfter = from.abandonedAfter;
            dropCacheAfter = from.dropCacheAfter;
            stuckAfter = from.stuckAfter;
            speculativeTokens = from.speculativeTokens;
            cacheLayout = from.cacheLayout;
            deterministic = from.deterministic;
            listeners.addAll(from.listeners);
        }

        /** Sets how many sequences are generated at the same time, 1 to 256 with the retained ones. Default 4. */
        public Builder parallelSequences(int value) {
            parallelSequences = value;
            return this;
        }

        /** Sets how many finished sequences may stay for their prefixes. Default 16. */
        public Builder retainedSequences(int value) {
            retainedSequences = value;
            return this;
        }

        /**
         * Sets how many cells finished sequences may occupy while others are in work. In a common memory every token of every
         * sequence looks at all cells in use, so idle ones cost time. Default: a quarter of all cells, at most 1024; where the
         * host memory of {@link #hostCacheBytes} takes them, only as many as cost no time.
         */
        public Builder cacheCells(int value) {
            if (value < 0) {
                throw new IllegalArgumentException("cacheCells must not be negative, got " + value);
            }
            cacheCells = value;
            return this;
        }

        /**
         * Sets how many bytes outside the Java heap finished sequences may occupy that had to leave the memory; 0 is off. Beside them a
         * context keeps memory that such copies had, for the next ones: up to 16 MiB, or a quarter of what is in use where that is
         * more. Default: 256 MiB, or an eighth of the largest Java heap where that is less.
         */
        public Builder hostCacheBytes(long value) {
            hostCacheBytes = value;
            return this;
        }

        /** Sets how many requests may wait; at least 1. Default 256. */
        public Builder queueCapacity(int value) {
            queueCapacity = value;
            return this;
        }

        /** Sets how many events of one request may wait for its reader; at least 1. Default 256. */
        public Builder eventCapacity(int value) {
            eventCapacity = value;
            return this;
        }

        /**
         * Sets how long a token may wait for the next ones, so that its reader wakes once for several: a thread that wakes for each
         * token takes a core from the model. The first token and the end never wait, and none waits for a prompt. Zero wakes the
         * reader for each token. Default 25 ms.
         */
        public Builder deliveryInterval(Duration value) {
            deliveryInterval = requireNonNull(value, "deliveryInterval");
            return this;
        }

        /** Sets how long a step may take while sequences are generating. Default 250 ms. */
        public Builder prefillTargetTime(Duration value) {
            prefillTargetTime = requireNonNull(value, "prefillTargetTime");
            return this;
        }

        /** Sets how long a step may take while nothing but prompts is in work. Default 4 s. */
        public Builder soloPrefillTargetTime(Duration value) {
            soloPrefillTargetTime = requireNonNull(value, "soloPrefillTargetTime");
            return this;
        }

        /** Sets how many cells a request without a limit reserves for its answer. Default 256. */
        public Builder openEndedReserve(int value) {
            openEndedReserve = value;
            return this;
        }

        /** Sets after how long a paused request counts as abandoned. Default 1 minute. */
        public Builder abandonedAfter(Duration value) {
            abandonedAfter = requireNonNull(value, "abandonedAfter");
            return this;
        }

        /** Sets after how long without work finished sequences are dropped. Default zero, which means never. */
        public Builder dropCacheAfter(Duration value) {
            dropCacheAfter = requireNonNull(value, "dropCacheAfter");
            return this;
        }

        /** Sets after how long a step is reported as stuck. Default 60 s. */
        public Builder stuckAfter(Duration value) {
            stuckAfter = requireNonNull(value, "stuckAfter");
            return this;
        }

        /**
         * Sets how many tokens to guess ahead per step, 0 to 64, for requests that leave it open; 0 is off. What is guessed is checked, so
         * answers stay as they are; guessing stops by itself where it does not pay. Default 0.
         */
        public Builder speculativeTokens(int value) {
            speculativeTokens = value;
            return this;
        }

        /** Sets how the sequences divide the context among them. Default {@link CacheLayout#UNIFIED}; without effect if {@link #deterministic}. */
        public Builder cacheLayout(CacheLayout value) {
            cacheLayout = requireNonNull(value, "cacheLayout");
            return this;
        }

        /**
         * Sets whether a request's output must not depend on its neighbours: every sequence then has cells of its own, is decoded by
         * itself, in pieces of fixed length, and shares no prefix. Default false.
         */
        public Builder deterministic(boolean value) {
            deterministic = value;
            return this;
        }

        /** Adds one that is told what the engine does, after those that were added before. Default nobody is told. */
        public Builder addListener(EngineListener value) {
            listeners.add(requireNonNull(value, "listener"));
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names it
         */
        public EngineOptions build() {
            within("parallelSequences", parallelSequences, 1, 256);
            within("retainedSequences", retainedSequences, 0, 256 - parallelSequences);
            within("queueCapacity", queueCapacity, 1, 1 << 20);
            within("eventCapacity", eventCapacity, 1, 1 << 20);
            within("openEndedReserve", openEndedReserve, 0, 1 << 24);
            within("speculativeTokens", speculativeTokens, 0, 64);
            positive("prefillTargetTime", prefillTargetTime);
            positive("soloPrefillTargetTime", soloPrefillTargetTime);
            positive("abandonedAfter", abandonedAfter);
            positive("stuckAfter", stuckAfter);
            if (hostCacheBytes < 0) {
                throw new IllegalArgumentException("hostCacheBytes must not be negative, got " + hostCacheBytes);
            }
            notNegative("deliveryInterval", deliveryInterval);
            notNegative("dropCacheAfter", dropCacheAfter);
            return new EngineOptions(new Builder(this));
        }

        private static void within(String name, int value, int lowest, int highest) {
            if (value < lowest || value > highest) {
                throw new IllegalArgumentException(name + " must be " + lowest + " to " + highest + ", got " + value);
            }
        }

        private static void notNegative(String name, Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException(name + " must not be negative, got " + value);
            }
        }

        private static void positive(String name, Duration value) {
            if (!value.isPositive()) {
                throw new IllegalArgumentException(name + " must be longer than zero, got " + value);
            }
        }
    }
}
