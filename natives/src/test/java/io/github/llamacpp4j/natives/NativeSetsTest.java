package io.github.llamacpp4j.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeSetsTest {

    @TempDir
    Path temporary;

    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final NativeSetManifest manifest = SampleSet.manifest(
            NativePins.load().defaultFor(NativePlatform.current()).release());

    @BeforeEach
    void home() {
        properties.put("llamacpp4j.home", temporary.resolve("hôme").toString());
    }

    private NativeSets sets(URL... classPath) {
        return new NativeSets(
                new Surroundings(environment::get, properties::get),
                NativePins.load(),
                List.of(
                        ClassLoader.getPlatformClassLoader(),
                        new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())));
    }

    private Path plainDirectory(String name) throws IOException {
        Path directory = Files.createDirectories(temporary.resolve(name));
        SampleSet.write(directory);
        return directory;
    }

    private Path install(NativeSetManifest set) {
        return new SetStore(temporary.resolve("hôme").resolve("natives")).provide(set, SampleSet::write);
    }

    private URL jar() throws IOException {
        Path classes = temporary.resolve("classes");
        Path source = new SetStore(temporary.resolve("source")).provide(manifest, SampleSet::write);
        NativesPacker.pack(NativeSet.in(source, NativeSet.Origin.INSTALLED), classes);
        Path jar = temporary.resolve("natives + more.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream archive = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                archive.putNextEntry(
                        new ZipEntry(classes.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, archive);
            }
        }
        return jar.toUri().toURL();
    }

    @Test
    void theDirectoryOfTheCallerGoesFirst() throws IOException {
        environment.put("LLAMACPP4J_NATIVE_DIR", temporary.resolve("absent").toString());
        NativeSet set = sets().locate(plainDirectory("mine"));
        assertThat(set.directory()).isEqualTo(temporary.resolve("mine"));
        assertThat(set.origin()).isEqualTo(NativeSet.Origin.EXPLICIT);
    }

    @Test
    void thenThePropertyThenTheVariable() throws IOException {
        environment.put("LLAMACPP4J_NATIVE_DIR", plainDirectory("variable").toString());
        assertThat(sets(jar()).locate().directory()).isEqualTo(temporary.resolve("variable"));
        properties.put("llamacpp4j.native.dir", plainDirectory("property").toString());
        NativeSet set = sets().locate();
        assertThat(set.directory()).isEqualTo(temporary.resolve("property"));
        assertThat(set.origin()).isEqualTo(NativeSet.Origin.SETTING);
    }

    @Test
    void aSettingThatLeadsNowhereIsAnErrorAndNotSkipped() throws IOException {
        install(manifest);
        environment.put("LLAMACPP4J_NATIVE_DIR", temporary.resolve("absent").toString());
        NativeSets sets = sets();
        assertThatThrownBy(sets::locate)
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll("absent (LLAMACPP4J_NATIVE_DIR) does not exist");
    }

    @Test
    void thenTheJarOnTheClassPathUnpackedOnce() throws IOException {
        NativeSet first = sets(jar()).locate();
        assertThat(first.origin()).isEqualTo(NativeSet.Origin.CLASS_PATH);
        assertThat(first.directory())
                .isEqualTo(temporary.resolve("hôme/natives").resolve(manifest.directoryName()));
        assertThat(manifest.damagedIn(first.directory())).isEmpty();
        var written = Files.getLastModifiedTime(first.llama());
        assertThat(Files.getLastModifiedTime(sets(jar()).locate().llama())).isEqualTo(written);
    }

    @Test
    void aDirectoryOfClassesServesAsAJar() throws IOException {
        jar();
        assertThat(sets(temporary.resolve("classes").toUri().toURL()).locate().origin())
                .isEqualTo(NativeSet.Origin.CLASS_PATH);
    }

    @Test
    void aDamagedJarIsRefused() throws IOException {
        jar();
        Path classes = temporary.resolve("classes");
        try (Stream<Path> files = Files.walk(classes)) {
            Path llama = files.filter(file -> file.toString().contains("llama.v"))
                    .findFirst()
                    .orElseThrow();
            Files.writeString(llama, "LLAMA");
        }
        NativeSets sets = sets(classes.toUri().toURL());
        assertThatThrownBy(sets::locate)
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll("is damaged", "expected SHA-256", "Fetch the natives jar again");
    }

    @Test
    void thenAnInstalledSetThePinnedReleaseFirst() {
        install(SampleSet.manifest("v0.0.1"));
        Path pinned = install(manifest);
        NativeSet set = sets().locate();
        assertThat(set.directory()).isEqualTo(pinned);
        assertThat(set.origin()).isEqualTo(NativeSet.Origin.INSTALLED);
        assertThat(sets().installed(NativePlatform.current())).hasSize(2);
    }

    @Test
    void otherwiseEveryPlaceThatWasTriedIsNamed() {
        NativeSets sets = sets();
        assertThatThrownBy(sets::locate)
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll(
                        "LLAMACPP4J_NATIVE_DIR (not set)",
                        NativePlatform.current().artifact() + " on the class path (absent)",
                        temporary.resolve("hôme/natives") + " (no set installed)",
                        "llamacpp4j natives install");
    }
}
