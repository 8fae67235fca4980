package io.github.llamacpp4j.testkit.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a main class in a JVM of its own, with the class path of this one, so that code which may end its JVM is a failed
 * test and not a dead build. Start with {@link #of(Class)}; not thread-safe.
 */
public final class ForkedJvm {

    private final String mainClass;
    private final List<String> jvmFlags = new ArrayList<>(
            List.of("-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-XX:-CreateCoredumpOnCrash", "-Xshare:auto"));
    private final List<String> launcher = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> removedVariables = new ArrayList<>();
    private Duration timeout = Duration.ofSeconds(60);

    private ForkedJvm(String mainClass) {
        this.mainClass = mainClass;
    }

    /** A JVM that will run the {@code main} of a class; 512 MB of heap, native access allowed, 60 seconds at most. */
    public static ForkedJvm of(Class<?> mainClass) {
        return new ForkedJvm(mainClass.getName());
    }

    /** Flags for the JVM, behind the default ones, so that they win. */
    public ForkedJvm jvmFlags(String... flags) {
        jvmFlags.addAll(List.of(flags));
        return this;
    }

    /** Takes away the right to call native code, which a JVM otherwise has here. */
    public ForkedJvm withoutNativeAccess() {
        jvmFlags.removeIf(flag -> flag.startsWith("--enable-native-access"));
        return this;
    }

    /** A command that starts the JVM, whose own command line follows as further arguments, such as {@code unshare -rm}. */
    public ForkedJvm startedBy(String... command) {
        launcher.addAll(List.of(command));
        return this;
    }

    /** Arguments for {@code main}. */
    public ForkedJvm arguments(String... values) {
        arguments.addAll(List.of(values));
        return this;
    }

    /** Sets an environment variable. */
    public ForkedJvm environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Removes an environment variable that would be inherited. */
    public ForkedJvm withoutEnvironment(String name) {
        removedVariables.add(name);
        return this;
    }

    /** How long the JVM may run before it is killed. */
    public ForkedJvm timeout(Duration value) {
        this.timeout = value;
        return this;
    }

    /**
     * Starts the JVM without waiting for its end; its output goes where {@link Process} gives it. Native crash reports
     * stay in {@code folder}.
     */
    public Process start(Path folder) {
        try {
            return builder(folder).start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a JVM: " + e, e);
        }
    }

    /** Runs the JVM to its end, or kills it when its time is over. */
    public ForkedResult run() {
        try {
            Path folder = Files.createTempDirectory("forked-jvm-");
            try {
                return run(folder);
            } finally {
                deleteAll(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run a JVM: " + e, e);
        }
    }

    private ForkedResult run(Path folder) throws IOException {
        Path out = folder.resolve("stdout");
        Path err = folder.resolve("stderr");
        Process process = builder(folder)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        process.getOutputStream().close();
        boolean ended = waitFor(process);
        return new ForkedResult(ended, ended ? process.exitValue() : -1, text(out), text(err), crashReport(folder));
    }

    private boolean waitFor(Process process) {
        try {
            if (process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                return true;
            }
            process.destroyForcibly().waitFor();
            return false;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private ProcessBuilder builder(Path folder) {
        List<String> command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        command.add("-XX:ErrorFile=" + folder.resolve("hs_err.log"));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        removedVariables.forEach(builder.environment()::remove);
        builder.environment().putAll(environment);
        return builder;
    }

    private static Optional<String> crashReport(Path folder) throws IOException {
        Path report = folder.resolve("hs_err.log");
        return Files.exists(report) ? Optional.of(text(report)) : Optional.empty();
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
