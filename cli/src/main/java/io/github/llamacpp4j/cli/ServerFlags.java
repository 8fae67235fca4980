package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a server listens and whom it answers. */
final class ServerFlags {

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "Listen on this address (default 127.0.0.1: for this machine only).")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "N", description = "Listen on this port; 0 picks a free one (default 8080).")
    private @Nullable Integer port;

    @Option(
            names = "--api-key",
            split = ",",
            paramLabel = "KEY",
            description = "Ask clients for one of these keys. Others can read a command line: prefer a file.")
    private List<String> apiKeys = new ArrayList<>();

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "Ask clients for one of the keys in this file, one per line.")
    private @Nullable Path apiKeyFile;

    @Option(names = "--insecure", description = "Listen to other machines although no key is asked for.")
    private boolean insecure;

    @Option(
            names = "--cors-origin",
            split = ",",
            paramLabel = "ORIGIN",
            description = "Let web pages of this origin use the server, such as https://chat.example; * for all.")
    private List<String> corsOrigins = new ArrayList<>();

    @Option(names = "--strict", description = "Refuse requests with unknown fields instead of warning of them.")
    private boolean strict;

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            description = "Longest time for one request, waiting included (default 3600).")
    private @Nullable Integer deadlineSeconds;

    @Option(
            names = "--drain-timeout",
            paramLabel = "SECONDS",
            description = "On SIGTERM, wait so long for running requests to end (default 60).")
    private int drainSeconds = 60;

    @Option(
            names = "--no-warmup",
            description =
                    "Serve a second and a half earlier, without made-up requests that save the first real ones time.")
    private boolean cold;

    private @Nullable List<String> keysOfFile;

    /** Whether the first requests shall be as fast as later ones. */
    boolean warmUp() {
        return !cold;
    }

    /** How long running requests may go on after the server was told to end. */
    Duration drainTimeout() {
        return Duration.ofSeconds(drainSeconds);
    }

    /**
     * Options with these flags.
     *
     * @throws CommandFailure if a value is wrong that the options do not hold
     */
    ServerOptions.Builder fill(ServerOptions.Builder options) throws IOException {
        Flags.requireRange("--drain-timeout", drainSeconds, 0, Integer.MAX_VALUE);
        options.apiKeys(keys()).insecure(insecure).corsOrigins(corsOrigins).strict(strict);
        Flags.set(host, options::host);
        Flags.set(port, options::port);
        Flags.set(deadlineSeconds, seconds -> options.deadline(Duration.ofSeconds(seconds)));
        return options;
    }

    private List<String> keys() throws IOException {
        List<String> keys = new ArrayList<>(apiKeys);
        if (apiKeyFile != null) {
            keys.addAll(keysOf(apiKeyFile));
        }
        return keys;
    }

    /** Reads the file once: it may be a pipe. */
    private List<String> keysOf(Path file) throws IOException {
        if (keysOfFile == null) {
            keysOfFile = TextFile.read(file)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        }
        if (keysOfFile.isEmpty()) {
            throw new CommandFailure("request", "expected an API key in " + file + ", found none");
        }
        return keysOfFile;
    }
}
