package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout that is built, with a JDK that only writes down how it is called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

    /** Makes a cache of ten bytes if it is asked to, in two halves between which it may be told to end everything. */
    private static final String JAVA = """
            #!/bin/sh
            for argument; do
              case $argument in
                -XX:AOTCacheOutput=*)
                  file=${argument#*=}
                  printf half. >"$file"
                  [ ! -f "$JAVA_HOME/cut" ] || { kill -9 $PPID; exit 1; }
                  printf whole >>"$file"
                  exit ;;
                -XX:AOTCache=*) printf 'cache %s\\n' "$(cat "${argument#*=}")" ;;
              esac
            done
            printf 'process %s\\n' $$
            """;

    @TempDir
    private Path root;

    private Path jdk;

    @BeforeEach
    void checkOut() throws Exception {
        executable(root.resolve("llamacpp4j"), Files.readString(launcher()));
        jdk = root.resolve("jdk");
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        executable(jdk.resolve("bin/java"), JAVA);
        Files.writeString(root.resolve("pom.xml"), "");
        Files.createDirectories(root.resolve("cli/src/main"));
        Files.createDirectories(root.resolve("cli/target/lib"));
        Files.writeString(root.resolve("cli/target/llamacpp4j-cli-0.1.0-SNAPSHOT.jar"), "");
        Files.createDirectories(root.resolve(".launcher"));
        Files.writeString(root.resolve(".launcher/built"), "");
    }

    private static Path launcher() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve("llamacpp4j"))) {
                return folder.resolve("llamacpp4j");
            }
        }
        throw new AssertionError("there is no launcher above " + Path.of("").toAbsolutePath());
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private record Run(int code, long process, List<String> lines) {}

    private Run launch() throws Exception {
        ProcessBuilder command = new ProcessBuilder(root.resolve("llamacpp4j").toString(), "serve");
        command.environment().put("JAVA_HOME", jdk.toString());
        Path out = root.resolve("out");
        Process process = command.redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Run(process.exitValue(), process.pid(), Files.readAllLines(out));
    }

    @Test
    void javaTakesThePlaceOfTheLauncherSoThatSignalsReachIt() throws Exception {
        Run run = launch();
        assertThat(run.code()).isZero();
        assertThat(run.lines()).containsExactly("cache half.whole", "process " + run.process());
    }

    @Test
    void aCacheThatWasCutOffIsNeverUsed() throws Exception {
        Files.writeString(jdk.resolve("cut"), "");
        assertThat(launch().code()).isNotZero();
        Files.delete(jdk.resolve("cut"));
        assertThat(launch().lines()).contains("cache half.whole");
        try (Stream<Path> left = Files.list(root.resolve(".launcher"))) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("built", "cache.log", "serve.aot", "serve.aot.size");
        }
    }

    @Test
    void aCacheThatLostItsEndOrItsSizeIsMadeAnew() throws Exception {
        launch();
        Path cache = root.resolve(".launcher/serve.aot");
        Files.writeString(cache, "half.");
        assertThat(launch().lines()).contains("cache half.whole");
        Files.writeString(cache, "half.ruin");
        Files.delete(cache.resolveSibling("serve.aot.size"));
        assertThat(launch().lines()).contains("cache half.whole");
    }

    @Test
    void aCacheThatIsWholeIsNotMadeAgain() throws Exception {
        launch();
        Files.writeString(root.resolve(".launcher/serve.aot"), "it is mine");
        assertThat(launch().lines()).contains("cache it is mine");
    }

    @Test
    void aLockWhoseOwnerWasKilledBeforeItGaveItsNumberDoesNotLast() throws Exception {
        Files.createDirectories(root.resolve(".launcher/lock"));
        assertThat(launch().code()).isZero();
    }
}
