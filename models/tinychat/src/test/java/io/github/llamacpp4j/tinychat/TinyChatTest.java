package io.github.llamacpp4j.tinychat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinyChatTest {

    @TempDir
    Path folder;

    @Test
    void bothModelsComeOutAsTheyWentIn() throws Exception {
        for (TinyChat model : TinyChat.values()) {
            Path extracted = model.extractTo(folder.resolve("not yet there"));
            assertThat(Files.mismatch(extracted, Path.of(model.fileName()))).isEqualTo(-1);
        }
    }

    @Test
    void aFileThatIsThereStays() throws Exception {
        Path first = TinyChat.DRAFT.extractTo(folder);
        Files.setLastModifiedTime(first, FileTime.fromMillis(0));

        assertThat(Files.getLastModifiedTime(TinyChat.DRAFT.extractTo(folder)).toMillis())
                .isZero();
    }

    @Test
    void aFileOfAnotherSizeIsReplaced() throws Exception {
        Files.writeString(folder.resolve(TinyChat.DRAFT.fileName()), "half");

        assertThat(TinyChat.DRAFT.extractTo(folder)).hasSameBinaryContentAs(Path.of(TinyChat.DRAFT.fileName()));
    }

    @Test
    void manyMayExtractAtOnceAndLeaveNothingElseBehind() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Path>> extractions = IntStream.range(0, 16)
                    .<Callable<Path>>mapToObj(i -> () -> TinyChat.DRAFT.extractTo(folder))
                    .toList();
            for (Future<Path> extraction : threads.invokeAll(extractions)) {
                assertThat(extraction.get()).exists();
            }
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve(TinyChat.DRAFT.fileName()));
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> TinyChat.MODEL.extractTo(file.resolve("below")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString());
    }
}
