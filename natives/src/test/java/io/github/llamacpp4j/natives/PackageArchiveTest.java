package io.github.llamacpp4j.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackageArchiveTest {

    private static final long LIMIT = 1 << 20;

    private static Map<String, String> read(byte[] tarball) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        try (PackageArchive archive = PackageArchive.open(new ByteArrayInputStream(tarball), LIMIT)) {
            archive.forEachFile(
                    (path, content) -> files.put(path, new String(content.readAllBytes(), StandardCharsets.UTF_8)));
        }
        return files;
    }

    @Test
    void filesComeInOrderAndDirectoriesAreSkipped() throws IOException {
        byte[] tarball = new Tarballs()
                .entry("package/", '5', new byte[0])
                .file("package/b", "second")
                .file("package/a", "")
                .end();
        assertThat(read(tarball)).containsExactly(Map.entry("package/b", "second"), Map.entry("package/a", ""));
    }

    @Test
    void aConsumerNeedNotReadAll() throws IOException {
        byte[] tarball =
                new Tarballs().file("a", "x".repeat(5000)).file("b", "y").end();
        StringBuilder seen = new StringBuilder();
        try (PackageArchive archive = PackageArchive.open(new ByteArrayInputStream(tarball), LIMIT)) {
            archive.forEachFile((path, content) -> seen.append(path).append((char) content.read()));
        }
        assertThat(seen).hasToString("axby");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "package/../../evil", "/etc/passwd", "a\\..\\b", "C:evil", "package/./x", ".."})
    void aPathThatLeavesThePackageIsRefused(String path) {
        assertThatThrownBy(() -> read(new Tarballs().file(path, "x").end()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leads out of the package");
    }

    @ParameterizedTest
    @ValueSource(chars = {'1', '2', '3', '4', '6', 'x', 'L', 'S'})
    void linksDevicesAndExtensionsAreRefused(char type) {
        assertThatThrownBy(
                        () -> read(new Tarballs().entry("a", type, new byte[0]).end()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("of type '" + type + "'");
    }

    @Test
    void aBombStopsBeforeItIsUnpacked() {
        assertThatThrownBy(() -> read(new Tarballs().header("a", '0', LIMIT + 1).end()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("more than " + LIMIT + " bytes");
        Tarballs many = new Tarballs();
        for (int i = 0; i <= PackageArchive.MAX_FILES; i++) {
            many.header("a" + i, '0', 0);
        }
        assertThatThrownBy(() -> read(many.end())).hasMessageContaining("more than " + PackageArchive.MAX_FILES);
    }

    @Test
    void aCutArchiveIsAnError() {
        byte[] insideFile = new Tarballs().header("a", '0', 1000).gzip();
        assertThatThrownBy(() -> read(insideFile)).isInstanceOf(EOFException.class);
        byte[] whole = new Tarballs().file("a", "x".repeat(3000)).end();
        assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length / 2))).isInstanceOf(EOFException.class);
    }

    @Test
    void anyByteMayBeWrong() {
        byte[] good =
                new Tarballs().file("package/a", "hello").file("b", "world").end();
        Random random = new Random(42);
        for (int round = 0; round < 2000; round++) {
            byte[] bad = good.clone();
            for (int flip = 0; flip <= random.nextInt(3); flip++) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                read(bad);
            } catch (IOException expected) {
                assertThat(expected).isNotNull();
            }
        }
    }
}
