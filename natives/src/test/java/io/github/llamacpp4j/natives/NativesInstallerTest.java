package io.github.llamacpp4j.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.natives.InstallListener.Step;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the npm of these tests is a shell script")
class NativesInstallerTest {

    @TempDir
    Path temporary;

    private Path sets() {
        return temporary.resolve("sets");
    }

    private NativesInstaller installer() {
        return installer(Duration.ofSeconds(30));
    }

    private NativesInstaller installer(Duration stallLimit) {
        String path = temporary.resolve("bin") + File.pathSeparator + "/usr/bin" + File.pathSeparator + "/bin";
        return installer(path, stallLimit);
    }

    private NativesInstaller installer(String path, Duration stallLimit) {
        Surroundings surroundings = new Surroundings(Map.of("PATH", path)::get, name -> null);
        return new NativesInstaller(sets(), new NpmClient(surroundings, stallLimit));
    }

    /** An npm that runs a script; the last argument is the directory for tarballs. */
    private void npm(String script) throws IOException {
        Path bin = Files.createDirectories(temporary.resolve("bin"));
        Path npm = Files.writeString(bin.resolve("npm"), "#!/bin/sh\nfor last; do :; done\n" + script + "\n");
        Files.setPosixFilePermissions(npm, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private NativePin npmGives(byte[] tarball) throws IOException {
        Path file = Files.write(temporary.resolve("package.tgz"), tarball);
        npm("cp '" + file + "' \"$last/package.tgz\"");
        return pin(Hashes.integrity(file), tarball.length);
    }

    private static NativePin pin(String integrity, long bytes) {
        return new NativePin(NativePlatform.current(), "cpu", "v0.5.0", "@example/natives", "1.2.3", bytes, integrity);
    }

    private static Tarballs goodPackage() {
        Tarballs tarball =
                new Tarballs().file("package/LICENSE", "their licence").file("package/package.json", "{}");
        SampleSet.FILES.forEach((name, content) -> tarball.file("package/bins/platform/" + name, content));
        return tarball.file("package/bins/platform/llama-addon.node", "x")
                .file("package/bins/platform/libllama-common.so", "x");
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(sets())) {
            return files.toList();
        }
    }

    @Test
    void aPackageBecomesASetWithBothLicences() throws IOException {
        NativePin pin = npmGives(goodPackage().end());
        List<Step> steps = new ArrayList<>();
        NativeSet set = installer().install(pin, (step, done, total) -> {
            assertThat(done).isBetween(0L, total);
            steps.add(step);
        });
        NativeSetManifest manifest = set.manifest().orElseThrow();
        assertThat(manifest.files().stream().map(NativeSetManifest.FileEntry::name))
                .contains("LICENSE.llama.cpp", "LICENSE.node-llama-cpp")
                .containsAll(SampleSet.FILES.keySet())
                .hasSize(5);
        assertThat(manifest.damagedIn(set.directory())).isEmpty();
        assertThat(set.directory().resolve("LICENSE.llama.cpp")).content().contains("MIT License", "ggml authors");
        assertThat(manifest.source()).isEqualTo("npm:@example/natives@1.2.3");
        assertThat(steps).contains(Step.DOWNLOAD, Step.VERIFY, Step.UNPACK);
        assertThat(left()).containsExactly(set.directory());
    }

    @Test
    void anInstalledSetNeedsNoNpm() throws IOException {
        NativePin pin = npmGives(goodPackage().end());
        NativeSet first = installer().install(pin, InstallListener.NONE);
        npm("exit 9");
        assertThat(installer().install(pin, InstallListener.NONE)).isEqualTo(first);
        assertThat(installer().installed(pin)).contains(first);
    }

    @Test
    void anotherTarballThanThePinnedOneIsNotUnpacked() throws IOException {
        npmGives(goodPackage().end());
        NativePin pin = pin("sha512-AAAA", 1);
        assertThatThrownBy(() -> installer().install(pin, InstallListener.NONE))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll("@example/natives@1.2.3", "expected sha512-AAAA, found sha512-", "registry");
        assertThat(left()).isEmpty();
    }

    @Test
    void aPackageThatReachesOutsideIsNotUnpacked() throws IOException {
        NativePin pin = npmGives(
                goodPackage().file("package/bins/../../../evil.so", "x").end());
        assertThatThrownBy(() -> installer().install(pin, InstallListener.NONE))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContaining("leads out of the package");
        assertThat(left()).isEmpty();
        assertThat(temporary.resolve("evil.so")).doesNotExist();
    }

    @Test
    void aFileTwiceInThePackageIsRefused() throws IOException {
        String name = SampleSet.FILES.keySet().iterator().next();
        NativePin pin =
                npmGives(goodPackage().file("package/bins/other/" + name, "x").end());
        assertThatThrownBy(() -> installer().install(pin, InstallListener.NONE))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContaining(name);
        assertThat(left()).isEmpty();
    }

    @Test
    void aMissingNpmIsOneSentenceWithTheRemedy() {
        assertThatThrownBy(() -> installer(temporary.toString(), Duration.ofSeconds(1))
                        .install(pin("sha512-AAAA", 1), InstallListener.NONE))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll(
                        "npm was not found on PATH", "Node.js 20", "llamacpp4j-natives-", "LLAMACPP4J_NATIVE_DIR");
    }

    @Test
    void whatNpmSaysIsPartOfTheMessage() throws IOException {
        npm("echo 'npm error code E404' >&2; exit 1");
        assertThatThrownBy(() -> installer().install(pin("sha512-AAAA", 1), InstallListener.NONE))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll(
                        "npm pack @example/natives@1.2.3", "status 1", "npm error code E404", "offline");
        assertThat(left()).isEmpty();
    }

    @Test
    void anNpmThatWritesNothingIsAnError() throws IOException {
        npm("exit 0");
        assertThatThrownBy(() -> installer().install(pin("sha512-AAAA", 1), InstallListener.NONE))
                .hasMessageContaining("wrote no tarball");
    }

    @Test
    void anNpmThatHangsIsEnded() throws IOException {
        npm("exec sleep 60");
        assertThatThrownBy(() -> installer(Duration.ofMillis(300)).install(pin("sha512-AAAA", 1), InstallListener.NONE))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContaining("made no progress");
        assertThat(left()).isEmpty();
    }

    @Test
    void aThreadThatIsInterruptedGivesUp() throws IOException {
        npm("exec sleep 60");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> installer().install(pin("sha512-AAAA", 1), InstallListener.NONE))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }
}
