package io.github.llamacpp4j.server;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.GenerationOptions;
import java.time.Duration;
import java.util.List;

/** Where a {@link Server} listens, whom it answers and what it puts up with. Immutable and thread-safe. */
public final class ServerOptions {

    private static final Duration LONGEST = Duration.ofDays(365);
    private static final ServerOptions DEFAULTS = builder().build();

    private final Builder values;

    private ServerOptions(Builder values) {
        this.values = values;
    }

    /** The defaults; see the builder's methods. */
    public static ServerOptions defaults() {
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

    /** The name or address to listen on. */
    public String host() {
        return values.host;
    }

    /** The port to listen on; 0 for a free one. */
    public int port() {
        return values.port;
    }

    /** The keys of which each request must show one; empty means that none is asked for. */
    public List<String> apiKeys() {
        return values.apiKeys;
    }

    /** Whether to listen to other machines without asking for a key. */
    public boolean insecure() {
        return values.insecure;
    }

    /** The origins whose web pages may use the server from a browser; {@code *} means all. */
    public List<String> corsOrigins() {
        return values.corsOrigins;
    }

    /** Whether unknown fields of a request are errors; otherwise they are named in the {@code warnings} header. */
    public boolean strict() {
        return values.strict;
    }

    /** What a request for text does where it says nothing else. */
    public GenerationOptions generation() {
        return values.generation;
    }

    /** How many bytes the body of a request may have. */
    public int maxBodyBytes() {
        return values.maxBodyBytes;
    }

    /** How many bytes the headers of a request may have. */
    public int maxHeaderBytes() {
        return values.maxHeaderBytes;
    }

    /** How deep the JSON of a request may be nested. */
    public int maxJsonDepth() {
        return values.maxJsonDepth;
    }

    /** How many messages a conversation may have. */
    public int maxMessages() {
        return values.maxMessages;
    }

    /** How many tools a request may offer. */
    public int maxTools() {
        return values.maxTools;
    }

    /** How many characters a JSON schema or grammar may have. */
    public int maxSchemaCharacters() {
        return values.maxSchemaCharacters;
    }

    /** How many answers to one prompt a request may ask for. */
    public int maxChoices() {
        return values.maxChoices;
    }

    /** How many tokens a request may ask for. */
    public int maxTokens() {
        return values.maxTokens;
    }

    /** How many clients may be connected at the same time. */
    public int maxConnections() {
        return values.maxConnections;
    }

    /** How long a connection may be without a request. */
    public Duration idleTimeout() {
        return values.idleTimeout;
    }

    /** How long a client may take to send a request. */
    public Duration requestTimeout() {
        return values.requestTimeout;
    }

    /** How long a client may take to accept what is sent to it. */
    public Duration writeTimeout() {
        return values.writeTimeout;
    }

    /** How long a stream may be silent before a comment is sent. */
    public Duration heartbeat() {
        return values.heartbeat;
    }

    /** How long a request may take from its arrival to its end. */
    public Duration deadline() {
        return values.deadline;
    }

    /** Collects options; {@link #build} checks them. Not thread-safe. */
    public static final class Builder {

        private String host = "127.0.0.1";
        private int port = 8080;
        private List<String> apiKeys = List.of();
        private boolean insecure;
        private List<String> corsOrigins = List.of();
        private boolean strict;
        private GenerationOptions generation = GenerationOptions.defaults();
        private int maxBodyBytes = 16 << 20;
        private int maxHeaderBytes = 32 << 10;
        private int maxJsonDepth = 128;
        private int maxMessages = 4096;
        private int maxTools = 128;
        private int maxSchemaCharacters = 1 << 18;
        private int maxChoices = 16;
        private int maxTokens = 1 << 20;
        private int maxConnections = 1024;
        private Duration idleTimeout = Duration.ofSeconds(75);
        private Duration requestTimeout = Duration.ofSeconds(60);
        private Duration writeTimeout = Duration.ofMinutes(1);
        private Duration heartbeat = Duration.ofSeconds(5);
        private Duration deadline = Duration.ofHours(1);

        private Builder() {}

        private Builder(Builder from) {
            host = from.host;
            port = from.port;
            apiKeys = from.apiKeys;
            insecure = from.insecure;
            corsOrigins = from.corsOrigins;
            strict = from.strict;
            generation = from.generation;
            maxBodyBytes = from.maxBodyBytes;
            maxHeaderBytes = from.maxHeaderBytes;
            maxJsonDepth = from.maxJsonDepth;
            maxMessages = from.maxMessages;
            maxTools = from.maxTools;
            maxSchemaCharacters = from.maxSchemaCharacters;
            maxChoices = from.maxChoices;
            maxTokens = from.maxTokens;
            maxConnections = from.maxConnections;
            idleTimeout = from.idleTimeout;
            requestTimeout = from.requestTimeout;
            writeTimeout = from.writeTimeout;
            heartbeat = from.heartbeat;
            deadline = from.deadline;
        }

        /** Sets the name or address to listen on. Default {@code 127.0.0.1}: this machine only. */
        public Builder host(String value) {
            host = requireNonNull(value, "host");
            return this;
        }

        /** Sets the port; 0 picks a free one. Default 8080. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /** Asks each request for one of these keys. Default none. */
        public Builder apiKeys(List<String> values) {
            apiKeys = List.copyOf(values);
            return this;
        }

        /** Sets whether to listen to other machines without asking for a key. Default false. */
        public Builder insecure(boolean value) {
            insecure = value;
            return this;
        }

        /** Sets which origins may use the server from a browser, such as {@code https://chat.example}; {@code *} for all. Default none. */
        public Builder corsOrigins(List<String> values) {
            corsOrigins = List.copyOf(values);
            return this;
        }

        /** Sets whether unknown fields of a request are errors. Default false. */
        public Builder strict(boolean value) {
            strict = value;
            return this;
        }

        /** Sets what a request for text does where it says nothing else. Default {@link GenerationOptions#defaults()}. */
        public Builder generation(GenerationOptions value) {
            generation = requireNonNull(value, "generation");
            return this;
        }

        /** Sets how many bytes a body may have. Default 16 MiB. */
        public Builder maxBodyBytes(int value) {
            maxBodyBytes = value;
            return this;
        }

        /** Sets how many bytes the headers may have. Default 32 KiB. */
        public Builder maxHeaderBytes(int value) {
            maxHeaderBytes = value;
            return this;
        }

        /** Sets how deep JSON may be nested, 1 to 1000. Default 128. */
        public Builder maxJsonDepth(int value) {
            maxJsonDepth = value;
            return this;
        }

        /** Sets how many messages a conversation may have. Default 4096. */
        public Builder maxMessages(int value) {
            maxMessages = value;
            return this;
        }

        /** Sets how many tools a request may offer. Default 128. */
        public Builder maxTools(int value) {
            maxTools = value;
            return this;
        }

        /** Sets how many characters a JSON schema or grammar may have. Default 262,144. */
        public Builder maxSchemaCharacters(int value) {
            maxSchemaCharacters = value;
            return this;
        }

        /** Sets how many answers to one prompt a request may ask for. Default 16. */
        public Builder maxChoices(int value) {
            maxChoices = value;
            return this;
        }

        /** Sets how many tokens a request may ask for. Default 1,048,576: the context is the limit that matters. */
        public Builder maxTokens(int value) {
            maxTokens = value;
            return this;
        }

        /** Sets how many clients may be connected. Default 1024. */
        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        /** Sets how long a connection may be without a request. Default 75 s. */
        public Builder idleTimeout(Duration value) {
            idleTimeout = requireNonNull(value, "idleTimeout");
            return this;
        }

        /** Sets how long a client may take to send a request. Default 60 s. */
        public Builder requestTimeout(Duration value) {
            requestTimeout = requireNonNull(value, "requestTimeout");
            return this;
        }

        /** Sets how long a client may take to accept what is sent to it. Default 1 minute. */
        public Builder writeTimeout(Duration value) {
            writeTimeout = requireNonNull(value, "writeTimeout");
            return this;
        }

        /** Sets how long a stream may be silent before a comment is sent. Default 5 s. */
        public Builder heartbeat(Duration value) {
            heartbeat = requireNonNull(value, "heartbeat");
            return this;
        }

        /** Sets how long a request may take in all. Default 1 hour. */
        public Builder deadline(Duration value) {
            deadline = requireNonNull(value, "deadline");
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names it
         */
        public ServerOptions build() {
            check(!host.isBlank(), "host must be a name or an address, found nothing");
            check(port >= 0 && port <= 65_535, "port must be 0 to 65535, got " + port);
            for (String key : apiKeys) {
                check(
                        !key.isBlank() && key.chars().allMatch(c -> c > ' ' && c < 127),
                        "an API key must be visible ASCII characters without blanks");
            }
            for (String origin : corsOrigins) {
                check(
                        origin.equals("*") || origin.matches("[a-z][a-z0-9+.-]*://[^/\\s]+"),
                        "an origin is * or like https://chat.example:8443, without a path; found " + origin);
            }
            atLeastOne("maxBodyBytes", maxBodyBytes);
            check(maxHeaderBytes >= 1024, "maxHeaderBytes must be at least 1024, got " + maxHeaderBytes);
            check(maxJsonDepth >= 1 && maxJsonDepth <= 1000, "maxJsonDepth must be 1 to 1000, got " + maxJsonDepth);
            atLeastOne("maxMessages", maxMessages);
            atLeastOne("maxTools", maxTools);
            atLeastOne("maxSchemaCharacters", maxSchemaCharacters);
            atLeastOne("maxChoices", maxChoices);
            atLeastOne("maxTokens", maxTokens);
            atLeastOne("maxConnections", maxConnections);
            positive("idleTimeout", idleTimeout);
            positive("requestTimeout", requestTimeout);
            positive("writeTimeout", writeTimeout);
            positive("heartbeat", heartbeat);
            positive("deadline", deadline);
            return new ServerOptions(new Builder(this));
        }

        private static void atLeastOne(String name, int value) {
            check(value >= 1, name + " must be at least 1, got " + value);
        }

        private static void positive(String name, Duration value) {
            check(
                    value.isPositive() && value.compareTo(LONGEST) <= 0,
                    name + " must be longer than 0 s and at most " + LONGEST.toSeconds() + " s, got "
                            + value.toSeconds() + " s");
        }

        private static void check(boolean condition, String message) {
            if (!condition) {
                throw new IllegalArgumentException(message);
            }
        }
    }
}
