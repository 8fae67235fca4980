package io.github.llamacpp4j.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {

    @TempDir
    Path folder;

    private Path original(String name, byte[] bytes) throws Exception {
        return Files.write(Files.createDirectories(folder.resolve("originals")).resolve(name), bytes);
    }

    private ModelStore store() {
        return new ModelStore(folder.resolve("store"), TestStore.options().build());
    }

    @Test
    void aStoreThatDoesNotExistYetIsEmpty() {
        assertThat(store().list()).isEmpty();
        assertThat(store().find("smollm2")).isEmpty();
        assertThat(store().defaultName()).isEmpty();
    }

    @Test
    void aFileIsCopiedListedFoundAndRemoved() throws Exception {
        byte[] bytes = TestStore.model(100_000, 1);
        Path original = original("My Model.gguf", bytes);
        TestStore.Log log = new TestStore.Log();

        StoredModel model = store().pull("file:" + original, log);

        assertThat(model.path()).hasBinaryContent(bytes);
        assertThat(model.path().getFileName()).hasToString("My_Model.gguf");
        assertThat(model.sizeBytes()).isEqualTo(bytes.length);
        assertThat(model.sha256())
                .containsExactly(HexFormat.of().formatHex(Digests.sha256().digest(bytes)));
        assertThat(log.last()).isEqualTo(bytes.length);
        assertThat(store().list()).containsExactly(model);
        assertThat(store().find(model.id())).hasValue(model);
        assertThat(store().find("my_model")).hasValue(model);
        assertThat(store().find("My_Model.gguf")).hasValue(model);
        assertThat(store().remove("my_model").filesDeleted()).isTrue();
        assertThat(store().list()).isEmpty();
        assertThat(model.path()).doesNotExist();
        assertThat(original).exists();
    }

    @Test
    void oneModelOfTwoNamesIsKeptOnceAndGoesWithTheLastName() throws Exception {
        byte[] bytes = TestStore.model(50_000, 1);
        String first = "file:" + original("a.gguf", bytes);
        String second = "file:"
                + original("b.gguf", bytes)
                        .resolveSibling("../originals2/a.gguf")
                        .normalize();
        Files.createDirectories(folder.resolve("originals2"));
        Files.write(folder.resolve("originals2/a.gguf"), bytes);

        StoredModel one = store().pull(first, PullListener.none());
        StoredModel two = store().pull(second, PullListener.none());

        assertThat(two.id()).isEqualTo(one.id());
        assertThat(two.references()).containsExactly(first, second);
        assertThat(store().remove(first).filesDeleted()).isFalse();
        assertThat(store().find(second)).isPresent();
        assertThat(store().remove(second).filesDeleted()).isTrue();
        assertThat(store().list()).isEmpty();
    }

    @Test
    void twoModelsOfOneFileNameAreToldApart() throws Exception {
        Files.createDirectories(folder.resolve("x"));
        Path other = Files.write(folder.resolve("x/a.gguf"), TestStore.model(1000, 2));
        store().pull("file:" + original("a.gguf", TestStore.model(1000, 1)), PullListener.none());
        store().pull("file:" + other, PullListener.none());

        assertThatThrownBy(() -> store().find("a"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.AMBIGUOUS))
                .hasMessageContaining("use one of the ids");
    }

    @Test
    void theDefaultGoesWithItsModel() throws Exception {
        String name = "file:" + original("a.gguf", TestStore.model(1000, 1));
        assertThatThrownBy(() -> store().setDefault(name)).hasMessageContaining("pull it first");
        store().pull(name, PullListener.none());

        store().setDefault(name);
        assertThat(store().defaultName()).hasValue(name);
        store().remove(name);
        assertThat(store().defaultName()).isEmpty();
    }

    @Test
    void unknownNamesSayWhatANameCanBe() {
        assertThatThrownBy(() -> store().pull("nonsense", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNKNOWN_MODEL))
                .hasMessageContaining("smollm2")
                .hasMessageContaining("hf:owner/repo");
        assertThatThrownBy(() -> store().remove("nonsense"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNKNOWN_MODEL));
    }

    @Test
    void offlineNothingIsDownloadedButStoredModelsAreFound() throws Exception {
        ModelStore offline = new ModelStore(
                folder.resolve("store"), TestStore.options().offline(true).build());
        assertThatThrownBy(() -> offline.pull("smollm2", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OFFLINE));
        assertThatThrownBy(() -> offline.open("https://127.0.0.1:1/x.gguf"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OFFLINE));

        String name = "file:" + original("a.gguf", TestStore.model(1000, 1));
        assertThat(offline.pull(name, PullListener.none()).path()).exists();
    }

    @Test
    void anExistingPathIsTakenAsItIs() throws Exception {
        Path file = original("a.gguf", TestStore.model(1000, 1));

        assertThat(store().resolve(file.toString(), PullListener.none())).isEqualTo(file);
        assertThat(store().resolve("file:" + file, PullListener.none())).isEqualTo(file);
        assertThat(store().list()).isEmpty();
    }

    @Test
    void whatIsNoModelDoesNotEnterTheStore() throws Exception {
        Path page = original("page.gguf", "<html>".getBytes(StandardCharsets.UTF_8));
        Path cut = original("cut.gguf", Arrays.copyOf(TestStore.model(1000, 1), 700));

        for (Path path : List.of(page, cut)) {
            assertThatThrownBy(() -> store().pull("file:" + path, PullListener.none()))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_A_MODEL));
        }
        assertThat(store().list()).isEmpty();
        assertThatThrownBy(() -> store().pull("file:/no/such/file.gguf", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
    }

    @Test
    void aFullDiskIsNoticedBeforehand() throws Exception {
        String name = "file:" + original("a.gguf", TestStore.model(1000, 1));
        ModelStore full =
                new ModelStore(folder.resolve("store"), TestStore.options().build(), new Disk(path -> 1 << 20), "");

        assertThatThrownBy(() -> full.pull(name, PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_SPACE))
                .hasMessageContaining("only 1.0 MB are free");
    }

    @Test
    void aFolderWithoutAManifestIsNoModelAndIsSweptAway() throws Exception {
        Path rubbish = Files.createDirectories(folder.resolve("store/rubbish-0123456789ab"));
        Path own = Files.createDirectories(folder.resolve("store/somebody's own"));
        Files.write(rubbish.resolve("rubbish.gguf"), TestStore.model(1000, 1));

        assertThat(store().list()).isEmpty();
        store().pull("file:" + original("a.gguf", TestStore.model(1000, 2)), PullListener.none());
        assertThat(rubbish).doesNotExist();
        assertThat(own).exists();
    }

    @Test
    void damagedManifestsAndMissingFilesHideAModel() throws Exception {
        StoredModel model = store().pull("file:" + original("a.gguf", TestStore.model(1000, 1)), PullListener.none());
        Path manifest = model.path().resolveSibling("manifest.properties");
        String sound = Files.readString(manifest);

        Files.writeString(manifest, sound.replace("bytes=", "bytes=x"));
        assertThat(store().list()).isEmpty();
        Files.writeString(manifest, sound.replace("bytes=", "bytes=\\uZZZZ"));
        assertThat(store().list()).isEmpty();
        Files.write(manifest, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThat(store().list()).isEmpty();
        Files.writeString(manifest, sound.replace("file.1=a.gguf", "file.1=../../../originals/a.gguf"));
        assertThat(store().list()).isEmpty();
        Files.writeString(manifest, sound);
        assertThat(store().list()).hasSize(1);
        Files.delete(model.path());
        assertThat(store().list()).isEmpty();
    }

    @Test
    void aDamagedModelIsToldAndCanBeRemovedOrPulledAgain() throws Exception {
        byte[] bytes = TestStore.model(1000, 1);
        String name = "file:" + original("a.gguf", bytes);
        StoredModel model = store().pull(name, PullListener.none());
        assertThat(store().damaged()).isEmpty();
        assertThat(store().removeDamaged(name)).isEmpty();

        Files.write(model.path(), Arrays.copyOf(bytes, bytes.length / 2));
        DamagedModel cut = store().damaged().getFirst();
        assertThat(cut.id()).isEqualTo(model.id());
        assertThat(cut.references()).containsExactly(name);
        assertThat(cut.damage())
                .isEqualTo("a.gguf: " + bytes.length + " bytes were stored, " + bytes.length / 2 + " are there");
        assertThat(store().pull(name, PullListener.none()).path()).hasBinaryContent(bytes);
        assertThat(store().damaged()).isEmpty();

        store().setDefault(name);
        Files.delete(model.path());
        assertThat(store().damaged().getFirst().damage()).isEqualTo("a.gguf is missing");
        assertThat(store().removeDamaged("file:elsewhere.gguf")).isEmpty();
        assertThat(store().removeDamaged(name)).isPresent();
        assertThat(store().damaged()).isEmpty();
        assertThat(store().defaultName()).isEmpty();
        assertThat(model.path().getParent()).doesNotExist();
    }

    @Test
    void aModelWhoseManifestIsDamagedIsRemovedByItsId() throws Exception {
        StoredModel model = store().pull("file:" + original("a.gguf", TestStore.model(1000, 1)), PullListener.none());
        Path manifest = model.path().resolveSibling("manifest.properties");

        for (String text : List.of("", "noise", "bytes=x", "file.1=../../../originals/a.gguf", "file.1=\\u0000")) {
            Files.writeString(manifest, text);
            assertThat(store().damaged()).extracting(DamagedModel::id).containsExactly(model.id());
        }
        assertThat(store().removeDamaged(model.id())).isPresent();
        assertThat(model.path()).doesNotExist();
        assertThat(folder.resolve("originals/a.gguf")).exists();
    }

    @Test
    void aPulledModelLeavesNoDownloadBehind() throws Exception {
        store().pull("file:" + original("a.gguf", TestStore.model(1000, 1)), PullListener.none());

        try (Stream<Path> left = Files.walk(folder.resolve("store/.downloads"))) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
    }
}
