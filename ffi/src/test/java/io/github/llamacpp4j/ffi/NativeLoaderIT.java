package io.github.llamacpp4j.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llamacpp4j.natives.LlamaCppHome;
import io.github.llamacpp4j.natives.NativeSet;
import io.github.llamacpp4j.testkit.base.ForkedJvm;
import io.github.llamacpp4j.testkit.base.ForkedResult;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each case in a JVM of its own, because a JVM can load only one llama.cpp and a bad one may end it. */
class NativeLoaderIT {

    @TempDir
    Path temporary;

    private static ForkedJvm jvm(Path... directories) {
        return ForkedJvm.of(LoaderMain.class)
                .arguments(Arrays.stream(directories).map(Path::toString).toArray(String[]::new))
                .withoutEnvironment("LLAMACPP4J_NATIVE_DIR")
                .withoutEnvironment("GGML_BACKEND_PATH");
    }

    private static String load(Path... directories) {
        return jvm(directories).run().assertSucceeded().stdout();
    }

    private static void replace(Path file, String text, String replacement) throws IOException {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(content).contains(text);
        assertThat(replacement).hasSameSizeAs(text);
        Files.writeString(file, content.replace(text, replacement), StandardCharsets.ISO_8859_1);
    }

    private static void truncate(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    @Test
    void theHostsSetLoadsAndTellsItsDevices() {
        assertThat(load(TestSets.host().directory()))
                .contains("loaded 0.")
                .containsPattern("registry CPU \\{.+\\}")
                .containsPattern(
                        "device Device\\[registry=CPU, name=CPU, description=.+, kind=CPU, memoryFreeBytes=[1-9]\\d+,"
                                + " memoryTotalBytes=[1-9]\\d+\\]");
    }

    @Test
    void theNaturalSearchFindsTheJarOnTheClassPathEvenUnderANonAsciiHome() throws IOException {
        Path home = Files.createDirectories(temporary.resolve("Größe 日本"));
        String output = jvm().environment("LLAMACPP4J_HOME", home.toString())
                .environment("LC_ALL", "C.UTF-8")
                .run()
                .assertSucceeded()
                .stdout();
        assertThat(output).contains("loaded 0.", home.resolve("natives").toString());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aHomeThatTheLocaleCannotExpressIsNamedWithTheRemedy() {
        String output = jvm().environment("LLAMACPP4J_HOME", "/tmp/Größe")
                .environment("LC_ALL", "C")
                .run()
                .assertSucceeded()
                .stdout();
        assertThat(output).startsWith("refused: ").contains("LLAMACPP4J_HOME", "set LC_ALL", "C.UTF-8");
    }

    @Test
    void aSecondLoadOfTheSameDirectoryIsFineAndOfAnotherOneIsRefused() throws IOException {
        Path host = TestSets.host().directory();
        Path copy = TestSets.copy(TestSets.host(), temporary.resolve("copy")).directory();
        assertThat(load(host, host, copy).lines().filter(line -> !line.startsWith("device")))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("refused: The libraries in " + copy + " cannot be loaded")
                        .contains("has opened those in " + host, "another Java process"))
                .filteredOn(line -> line.startsWith("loaded"))
                .hasSize(2);
    }

    @Test
    void twoClassLoadersShareTheProcess() throws IOException {
        Path host = TestSets.host().directory();
        Path copy = TestSets.copy(TestSets.host(), temporary.resolve("copy")).directory();
        String output = ForkedJvm.of(TwoClassLoadersMain.class)
                .arguments(host.toString(), host.toString(), copy.toString())
                .withoutEnvironment("GGML_BACKEND_PATH")
                .run()
                .assertSucceeded()
                .stdout();
        assertThat(output.lines().filter(line -> line.startsWith("loaded"))).hasSize(2);
        assertThat(output)
                .contains("refused: The libraries in " + copy + " cannot be loaded", "opened those in " + host);
    }

    @Test
    void anAssertionThatEndsTheProcessIsLoggedFirst() {
        ForkedResult result = ForkedJvm.of(AbortMain.class)
                .withoutEnvironment("LLAMACPP4J_NATIVE_DIR")
                .withoutEnvironment("GGML_BACKEND_PATH")
                .run();
        assertThat(result.crashed()).isTrue();
        assertThat(result.stderr()).contains("llama.cpp is about to end this process: ", "GGML_ASSERT(index <");
    }

    @Test
    void aPlainBuildOfLlamaCppLoads() {
        Path build = LlamaCppHome.current().directory().resolve("reference/build/bin");
        assumeTrue(Files.isDirectory(build), "skipped, since there is no build of llama.cpp in " + build);
        assertThat(load(build)).contains("loaded 0.5.0", "from " + build, "variant none", "registry CPU");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void theOldestSupportedReleaseLoads() {
        assertThat(load(TestSets.oldestSupported().directory())).contains("loaded 0.4.0", "registry CPU");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void anOlderReleaseIsRefusedByEveryProbe() {
        assertThat(load(TestSets.old().directory()))
                .startsWith("refused: The library " + TestSets.old().llama() + " does not fit")
                .contains(
                        "functions are missing (",
                        "llama_version does not exist, expected 0.4.0 to 0.5.0",
                        "llama_model_params is different (found 64 bytes, expected 78)",
                        "llama_context_params is different (found 120 bytes, expected 160)",
                        "llama_model_quantize_params is different (found 40 bytes, expected 64)",
                        "llamacpp4j natives install");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void afterARefusedReleaseNoOtherSetIsTriedInTheSameProcess() {
        Path old = TestSets.old().directory();
        Path host = TestSets.host().directory();
        assertThat(load(old, old, host).lines())
                .hasSize(3)
                .allMatch(line -> line.startsWith("refused: "))
                .last()
                .asString()
                .contains(host.toString(), "another Java process");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        assertThat(load(temporary.resolve("absent")))
                .startsWith("refused: The native library directory " + temporary.resolve("absent"))
                .contains("does not exist", "Name a directory with the libraries of llama.cpp v0.4.0 to v0.5.0");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void theLibrariesOfAnotherProcessorAreRefused() {
        assertThat(load(TestSets.arm().directory()))
                .startsWith("refused: The library " + TestSets.arm().base() + " is for another machine")
                .contains("expected ELF (Linux) for x86-64, found ELF (Linux) for 64-bit ARM", "natives install");
    }

    @ParameterizedTest
    @ValueSource(strings = {"# a comment\nGROUP ( libllama.so.0 )\n", "", "\0\0\0\0\0\0\0\0"})
    void aFileThatIsNoLibraryIsRefused(String content) throws IOException {
        NativeSet set = TestSets.copy(TestSets.host(), temporary.resolve("set"));
        Files.writeString(set.llama(), content);
        assertThat(load(set.directory()))
                .startsWith("refused: The file " + set.llama() + " is not a shared library: expected ")
                .contains(", found " + found(content), "natives install", "LLAMACPP4J_NATIVE_DIR");
    }

    private static String found(String content) {
        if (content.isEmpty()) {
            return "an empty file";
        }
        return content.startsWith("#") ? "text that starts with \"# a comment\"" : "other data";
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0001, 0.01, 0.5, 0.9, 0.9999})
    void aTruncatedLibraryIsRefusedBeforeItIsMapped(double part) throws IOException {
        NativeSet set = TestSets.copy(TestSets.host(), temporary.resolve("set"));
        truncate(set.llama(), (long) (Files.size(set.llama()) * part));
        assertThat(load(set.directory()))
                .startsWith("refused: The library " + set.llama() + " is truncated: expected at least ")
                .contains(" bytes, found " + Files.size(set.llama()) + ".", "install the set again");
    }

    @Test
    void aTruncatedPluginIsRefusedToo() throws IOException {
        NativeSet set = TestSets.copy(TestSets.host(), temporary.resolve("set"));
        for (Path plugin : set.backends()) {
            truncate(plugin, Files.size(plugin) / 2);
        }
        assertThat(load(set.directory()))
                .startsWith("refused: The library " + set.backends().getFirst() + " is truncated: expected at least ")
                .contains(" bytes, found " + Files.size(set.backends().getFirst()) + ".", "install the set again");
    }

    @Test
    void aSetWithoutAnyBackendIsRefused() throws IOException {
        NativeSet set = TestSets.copy(TestSets.host(), temporary.resolve("set"));
        for (Path plugin : set.backends()) {
            Files.delete(plugin);
        }
        assertThat(load(set.directory()))
                .startsWith("refused: No CPU backend was found in " + set.directory())
                .contains("natives install");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aMissingDependencyIsNamed() throws IOException {
        NativeSet set = TestSets.copy(TestSets.host(), temporary.resolve("set"));
        replace(set.base(), "libstdc++.so.6", "libstdcxx.so.6");
        assertThat(load(set.directory()))
                .startsWith("refused: The library " + set.base() + " could not be loaded: ")
                .contains("It needs libstdcxx.so.6, which is not on this system. Install the package that has it");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aRuntimeThatIsTooOldIsNamed() throws IOException {
        NativeSet set = TestSets.copy(TestSets.host(), temporary.resolve("set"));
        assumeTrue(
                Files.readString(set.ggml(), StandardCharsets.ISO_8859_1).contains("GLIBC_2.34"),
                "skipped, since these libraries need another glibc than the prebuilt ones");
        replace(set.ggml(), "GLIBC_2.34", "GLIBC_2.99");
        assertThat(load(set.directory()))
                .startsWith("refused: The library " + set.ggml() + " could not be loaded: ")
                .contains("C or C++ runtime is too old: expected GLIBC_2.99 or newer", "Debian 12");
    }

    @Test
    void aBackendFromElsewhereIsRefused() {
        ForkedResult result = jvm(TestSets.host().directory())
                .environment("GGML_BACKEND_PATH", "/tmp/evil.so")
                .run();
        assertThat(result.assertSucceeded().stdout())
                .startsWith("refused: The environment variable GGML_BACKEND_PATH is set to /tmp/evil.so")
                .contains(
                        "Expected it to be absent; unset it",
                        TestSets.host().directory().toString());
    }

    @Test
    void withoutTheRightToCallNativeCodeTheOptionIsNamed() {
        ForkedResult result = jvm(TestSets.host().directory())
                .withoutNativeAccess()
                .jvmFlags("--illegal-native-access=deny")
                .run();
        assertThat(result.assertSucceeded().stdout())
                .startsWith("refused: ")
                .contains("Add --enable-native-access=ALL-UNNAMED to the java command line");
    }

    @Test
    void manyProcessesMayUnpackTheSameJarAtOnce() throws IOException, InterruptedException {
        Path home = temporary.resolve("home");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(jvm().environment("LLAMACPP4J_HOME", home.toString())
                    .start(Files.createDirectories(temporary.resolve("jvm" + i))));
        }
        for (Process process : processes) {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            assertThat(output).contains("loaded 0.", home.toString());
        }
        try (Stream<Path> sets = Files.list(home.resolve("natives"))) {
            assertThat(sets)
                    .hasSize(1)
                    .noneMatch(set -> set.getFileName().toString().startsWith(".part"));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aReadOnlyHomeIsNamedWithTheRemedy() throws IOException, InterruptedException {
        assertThat(loadFromHomeMounted("ro,size=1m"))
                .startsWith("refused: Native libraries cannot be written to " + home())
                .contains("Read-only file system", "LLAMACPP4J_HOME", "LLAMACPP4J_NATIVE_DIR");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullHomeIsNamedWithTheRemedy() throws IOException, InterruptedException {
        assertThat(loadFromHomeMounted("size=8m"))
                .startsWith("refused: Native libraries cannot be written to " + home())
                .contains("No space left on device", "about 30 MB");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aHomeFromWhichNothingMayRunIsNamedWithTheRemedy() throws IOException, InterruptedException {
        assertThat(loadFromHomeMounted("noexec,size=64m"))
                .startsWith("refused: The library " + home())
                .contains("is on a file system that is mounted noexec", "Point LLAMACPP4J_HOME");
    }

    private Path home() {
        return temporary.resolve("home");
    }

    private String loadFromHomeMounted(String options) throws IOException, InterruptedException {
        int unshare = new ProcessBuilder("sh", "-c", "unshare -rm true >/dev/null 2>&1")
                .start()
                .waitFor();
        assumeTrue(unshare == 0, "skipped, since this user may not mount in a namespace of its own");
        Files.createDirectories(home());
        return jvm().environment("LLAMACPP4J_HOME", home().toString())
                .startedBy("unshare", "-rm", "sh", "-c")
                .startedBy("mount -t tmpfs -o " + options + " tmpfs \"$0\" && exec \"$@\"", home().toString())
                .run()
                .assertSucceeded()
                .stdout();
    }
}
