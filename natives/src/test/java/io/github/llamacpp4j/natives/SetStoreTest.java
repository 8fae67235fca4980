package io.github.llamacpp4j.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetStoreTest {

    @TempDir
    Path root;

    private final NativeSetManifest manifest = SampleSet.manifest("v0.5.0");

    private List<String> entries() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    @Test
    void aSetIsWrittenOnceAndThenFound() throws IOException {
        SetStore store = new SetStore(root);
        Path first = store.provide(manifest, SampleSet::write);
        Path second = store.provide(manifest, directory -> {
            throw new AssertionError("written again");
        });
        assertThat(second).isEqualTo(first);
        assertThat(store.sets()).containsExactly(first);
        assertThat(entries()).containsExactly(manifest.directoryName());
        assertThat(manifest.damagedIn(first)).isEmpty();
        assertThat(NativeSetManifest.in(first)).contains(manifest);
    }

    @Test
    void manyWritersOfTheSameSetLeaveOne() throws IOException, InterruptedException, ExecutionException {
        int writers = 8;
        CyclicBarrier barrier = new CyclicBarrier(writers);
        List<Future<Path>> results = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(writers)) {
            for (int i = 0; i < writers; i++) {
                results.add(executor.submit(() -> new SetStore(root).provide(manifest, directory -> {
                    awaitOthers(barrier);
                    SampleSet.write(directory);
                })));
            }
            for (Future<Path> result : results) {
                assertThat(result.get()).isEqualTo(root.resolve(manifest.directoryName()));
            }
        }
        assertThat(entries()).containsExactly(manifest.directoryName());
    }

    private static void awaitOthers(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDamagedSetIsReplaced() throws IOException {
        SetStore store = new SetStore(root);
        Path directory = store.provide(manifest, SampleSet::write);
        Path library = directory.resolve(SampleSet.FILES.keySet().iterator().next());
        Files.writeString(library, "cut");
        assertThat(store.sets()).isEmpty();
        assertThat(manifest.damagedIn(directory)).hasSize(1);
        assertThat(store.provide(manifest, SampleSet::write)).isEqualTo(directory);
        assertThat(manifest.damagedIn(directory)).isEmpty();
        assertThat(entries()).containsExactly(manifest.directoryName());
    }

    @Test
    void aFailedWriteLeavesNothing() throws IOException {
        assertThatThrownBy(() -> new SetStore(root).provide(manifest, directory -> {
                    SampleSet.write(directory);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll(root.toString(), "No space left on device", "LLAMACPP4J_HOME");
        assertThat(entries()).isEmpty();
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamedWithTheRemedy() throws IOException {
        Path file = Files.createFile(root.resolve("file"));
        assertThatThrownBy(() -> new SetStore(file.resolve("natives")).provide(manifest, SampleSet::write))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll(
                        file.resolve("natives").toString(),
                        "writable directory",
                        "LLAMACPP4J_HOME",
                        "LLAMACPP4J_NATIVE_DIR");
    }

    @Test
    void whatADeadProcessLeftBehindIsRemovedAfterADay() throws IOException {
        Path abandoned = Files.createDirectory(root.resolve(".part-old"));
        Files.createFile(abandoned.resolve("half"));
        Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        Path young = Files.createDirectory(root.resolve(".part-young"));
        new SetStore(root).provide(manifest, SampleSet::write);
        assertThat(abandoned).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void aDirectoryWhoseManifestCannotBeReadIsNoSet() throws IOException {
        Path good = new SetStore(root).provide(manifest, SampleSet::write);
        Path odd = Files.createDirectory(root.resolve("odd"));
        Files.writeString(odd.resolve(NativeSetManifest.FILE_NAME), "platform=haiku-x64\n");
        assertThat(new SetStore(root).sets()).containsExactly(good);
    }

    @Test
    void differentContentsHaveDifferentNames() {
        assertThat(SampleSet.manifest("v0.4.0").directoryName()).isNotEqualTo(manifest.directoryName());
    }

    @Test
    void aManifestWithAPathIsRefused() {
        assertThatThrownBy(() -> new NativeSetManifest(
                        NativePlatform.LINUX_X64,
                        "cpu",
                        "v0.5.0",
                        "test",
                        "none",
                        List.of(new NativeSetManifest.FileEntry("../evil", 1, "00"))))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContaining("../evil");
    }
}
