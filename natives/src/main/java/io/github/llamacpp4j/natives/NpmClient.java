package io.github.llamacpp4j.natives;

import io.github.llamacpp4j.natives.InstallListener.Step;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The npm command line client, which knows the user's registry, proxy and credentials. It runs with a cache of its own, so
 * that the growth of that cache tells how far a download is.
 */
final class NpmClient {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final Duration STALL_LIMIT = Duration.ofMinutes(5);
    /** Logs and metadata that npm writes before the tarball arrives. */
    private static final long OVERHEAD_BYTES = 64 * 1024;

    private static final int MESSAGE_CHARACTERS = 1500;

    private final Surroundings surroundings;
    private final Duration stallLimit;

    NpmClient(Surroundings surroundings) {
        this(surroundings, STALL_LIMIT);
    }

    NpmClient(Surroundings surroundings, Duration stallLimit) {
        this.surroundings = surroundings;
        this.stallLimit = stallLimit;
    }

    /** Downloads the tarball of a package into a new directory and returns its path. */
    Path pack(NativePin pin, Path directory, InstallListener listener) throws IOException {
        Path npm = find().orElseThrow(() ->
                new NativeSetException("npm was not found on PATH, but it is needed to fetch "
                        + pin.packageSpec() + ". Install Node.js 20 or newer (it brings npm), or put "
                        + pin.platform().artifact() + " on the class path, or set " + NativeSets.DIRECTORY_VARIABLE
                        + " to a directory with the libraries."));
        Path cache = Files.createDirectories(directory.resolve("cache"));
        Path tarballs = Files.createDirectories(directory.resolve("tarballs"));
        Path log = directory.resolve("npm.log");
        Process process = new ProcessBuilder(command(npm, pin, cache, tarballs))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process.getOutputStream().close();
        try {
            int status = await(process, directory, pin, listener);
            if (status != 0) {
                throw failed(pin, "ended with status " + status, log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NativeSetException("The download of " + pin.packageSpec() + " was interrupted.", e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        try (Stream<Path> files = Files.list(tarballs)) {
            return files.filter(file -> file.toString().endsWith(".tgz"))
                    .findFirst()
                    .orElseThrow(() -> failed(pin, "wrote no tarball", log));
        }
    }

    private static List<String> command(Path npm, NativePin pin, Path cache, Path tarballs) {
        List<String> command = new ArrayList<>();
        if (isCommandScript(npm)) {
            command.addAll(List.of("cmd.exe", "/c"));
        }
        command.addAll(List.of(
                npm.toString(),
                "pack",
                pin.packageSpec(),
                "--ignore-scripts",
                "--no-progress",
                "--no-update-notifier",
                "--cache",
                cache.toString(),
                "--pack-destination",
                tarballs.toString()));
        return command;
    }

    private static boolean isCommandScript(Path npm) {
        return npm.toString().endsWith(".cmd");
    }

    private int await(Process process, Path directory, NativePin pin, InstallListener listener)
            throws IOException, InterruptedException {
        long total = pin.packageBytes();
        long seen = -1;
        long changedNanos = System.nanoTime();
        listener.progress(Step.DOWNLOAD, 0, total);
        while (!process.waitFor(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
            long bytes = bytesBelow(directory);
            if (bytes != seen) {
                seen = bytes;
                changedNanos = System.nanoTime();
                listener.progress(Step.DOWNLOAD, bytes < OVERHEAD_BYTES ? 0 : Math.min(bytes, total), total);
            } else if (System.nanoTime() - changedNanos > stallLimit.toNanos()) {
                throw failed(
                        pin, "made no progress for " + stallLimit.toSeconds() + " s", directory.resolve("npm.log"));
            }
        }
        listener.progress(Step.DOWNLOAD, total, total);
        return process.exitValue();
    }

    private static long bytesBelow(Path directory) throws IOException {
        long[] bytes = new long[1];
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException goneMeanwhile) {
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes[0];
    }

    private static NativeSetException failed(NativePin pin, String what, Path log) {
        String output;
        try {
            output = Files.readString(log, StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            output = "";
        }
        String end = output.substring(Math.max(0, output.length() - MESSAGE_CHARACTERS));
        return new NativeSetException("npm pack " + pin.packageSpec() + " " + what
                + (end.isEmpty() ? "" : ":\n" + end)
                + "\nCheck the network and npm's registry (npm config get registry); offline, set "
                + NativeSets.DIRECTORY_VARIABLE + " to a directory with the libraries.");
    }

    private Optional<Path> find() {
        String path = surroundings.variable("PATH");
        if (path == null) {
            return Optional.empty();
        }
        List<String> names = File.separatorChar == '\\' ? List.of("npm.cmd", "npm.exe") : List.of("npm");
        for (String directory : path.split(File.pathSeparator, -1)) {
            for (String name : names) {
                try {
                    Path candidate = Path.of(directory).resolve(name);
                    if (!directory.isEmpty() && Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                        return Optional.of(candidate.toAbsolutePath());
                    }
                } catch (InvalidPathException notADirectory) {
                    break;
                }
            }
        }
        return Optional.empty();
    }
}
