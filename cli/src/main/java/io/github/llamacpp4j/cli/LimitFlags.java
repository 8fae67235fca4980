package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.server.ServerOptions;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a server puts up with. */
final class LimitFlags {

    @Option(names = "--max-connections", paramLabel = "N", description = "Most clients at a time (default 1024).")
    private @Nullable Integer maxConnections;

    @Option(names = "--max-body", paramLabel = "BYTES", description = "Largest body of a request (default 16777216).")
    private @Nullable Integer maxBodyBytes;

    @Option(
            names = "--max-headers",
            paramLabel = "BYTES",
            description = "Largest headers of a request (default 32768).")
    private @Nullable Integer maxHeaderBytes;

    @Option(names = "--max-json-depth", paramLabel = "N", description = "Deepest nesting of a body (default 128).")
    private @Nullable Integer maxJsonDepth;

    @Option(names = "--max-messages", paramLabel = "N", description = "Most messages of a conversation (default 4096).")
    private @Nullable Integer maxMessages;

    @Option(names = "--max-tools", paramLabel = "N", description = "Most tools of a request (default 128).")
    private @Nullable Integer maxTools;

    @Option(
            names = "--max-schema",
            paramLabel = "CHARACTERS",
            description = "Longest JSON schema or grammar (default 262144).")
    private @Nullable Integer maxSchemaCharacters;

    @Option(names = "--max-choices", paramLabel = "N", description = "Most answers to one prompt (default 16).")
    private @Nullable Integer maxChoices;

    @Option(
            names = "--max-request-tokens",
            paramLabel = "N",
            description = "Most tokens that a request may ask for (default 1048576).")
    private @Nullable Integer maxTokens;

    @Option(
            names = "--idle-timeout",
            paramLabel = "SECONDS",
            description = "Close a connection that is without a request for so long (default 75).")
    private @Nullable Integer idleTimeout;

    @Option(
            names = "--request-timeout",
            paramLabel = "SECONDS",
            description = "Drop a client that takes longer to send its request (default 60).")
    private @Nullable Integer requestTimeout;

    @Option(
            names = "--write-timeout",
            paramLabel = "SECONDS",
            description = "Drop a client that takes nothing of its answer for so long (default 60).")
    private @Nullable Integer writeTimeout;

    @Option(
            names = "--heartbeat",
            paramLabel = "SECONDS",
            description = "Send a comment into a stream that is silent for so long (default 5).")
    private @Nullable Integer heartbeat;

    /** Options with these flags. */
    ServerOptions.Builder fill(ServerOptions.Builder options) {
        Flags.set(maxConnections, options::maxConnections);
        Flags.set(maxBodyBytes, options::maxBodyBytes);
        Flags.set(maxHeaderBytes, options::maxHeaderBytes);
        Flags.set(maxJsonDepth, options::maxJsonDepth);
        Flags.set(maxMessages, options::maxMessages);
        Flags.set(maxTools, options::maxTools);
        Flags.set(maxSchemaCharacters, options::maxSchemaCharacters);
        Flags.set(maxChoices, options::maxChoices);
        Flags.set(maxTokens, options::maxTokens);
        setSeconds(idleTimeout, options::idleTimeout);
        setSeconds(requestTimeout, options::requestTimeout);
        setSeconds(writeTimeout, options::writeTimeout);
        setSeconds(heartbeat, options::heartbeat);
        return options;
    }

    private static void setSeconds(@Nullable Integer seconds, Consumer<Duration> setter) {
        Flags.set(seconds, value -> setter.accept(Duration.ofSeconds(value)));
    }
}
