package io.github.llamacpp4j.integration;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The built command in a process of its own, as its users run it. Ended when closed; closing it again does nothing. */
final class ServedJar implements AutoCloseable {

    private static final String ADDRESS = "listening on ";

    private final Process process;
    private final Path errors;

    private ServedJar(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
    }

    /** Starts {@code serve} with a free port. */
    static ServedJar serve(Map<String, String> environment, String... flags) throws IOException {
        return start(
                environment,
                Stream.concat(Stream.of("serve", "--port", "0"), Arrays.stream(flags))
                        .toArray(String[]::new));
    }

    /** Starts any command. */
    static ServedJar start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:-CreateCoredumpOnCrash", "-jar", jar().toString()));
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile("served-", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        return new ServedJar(builder.start(), errors);
    }

    private static Path jar() throws IOException {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path target = folder.resolve("cli/target");
            if (Files.isDirectory(target.resolve("lib"))) {
                try (Stream<Path> files = Files.list(target)) {
                    return files.filter(file ->
                                    file.getFileName().toString().matches("llamacpp4j-cli-[0-9.]+(-SNAPSHOT)?\\.jar"))
                            .findAny()
                            .orElseThrow(() -> new AssertionError("no command in " + target));
                }
            }
        }
        return Assumptions.abort("skipped: the command is not built; run mvn package");
    }

    /** Waits until the server listens, and tells where. */
    URI address() throws IOException {
        BufferedReader out = process.inputReader(UTF_8);
        String line = out.readLine();
        if (line == null || !line.startsWith(ADDRESS)) {
            throw new AssertionError("expected an address, found " + line + "; " + errors());
        }
        return URI.create(line.substring(ADDRESS.length()));
    }

    /** What it said on standard error. */
    String errors() throws IOException {
        return Files.readString(errors);
    }

    /** Waits for the end; what was printed and not read before. */
    String output() throws IOException {
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }

    /** Tells it to end, as {@code kill -TERM} does. */
    void terminate() {
        process.destroy();
    }

    /** Ends it at once, as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits for the end. */
    int exitCode() throws InterruptedException, IOException {
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            throw new AssertionError("the process did not end; " + errors());
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(errors);
    }
}
