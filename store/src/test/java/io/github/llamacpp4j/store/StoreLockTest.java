package io.github.llamacpp4j.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.store.StoreException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreLockTest {

    @TempDir
    Path folder;

    @Test
    void aThreadThatGivesUpWaitingLeavesTheLockToItsHolder() {
        Path file = folder.resolve("m.lock");

        int found = StoreLock.holding(file, () -> {}, () -> {
            CompletableFuture<String> impatient =
                    CompletableFuture.supplyAsync(() -> StoreLock.holding(file, StoreLockTest::giveUp, () -> "taken"));
            assertThatThrownBy(impatient::join).hasMessageContaining("no patience");
            return anotherProcessTakes(file);
        });

        assertThat(found).isEqualTo(Taker.HELD);
        assertThat(anotherProcessTakes(file)).isEqualTo(Taker.TAKEN);
    }

    private static void giveUp() {
        throw new IllegalStateException("no patience");
    }

    private static int anotherProcessTakes(Path file) {
        try {
            return new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xshare:auto",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Taker.class.getName(),
                            file.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static final class Taker {
        static final int TAKEN = 10;
        static final int HELD = 20;

        private Taker() {}

        public static void main(String[] arguments) throws IOException {
            try (FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE)) {
                System.exit(channel.tryLock() == null ? HELD : TAKEN);
            }
        }
    }

    @Test
    void aThreadThatIsInterruptedWhileItWaitsSaysForWhat() throws Exception {
        Path file = folder.resolve("m.lock");
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> holder = threads.submit(() -> StoreLock.holding(file, () -> {}, () -> {
                held.countDown();
                return awaited(over);
            }));
            held.await();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> StoreLock.holding(file, () -> {}, () -> "taken"))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED))
                    .hasMessageContaining("m.lock");
            assertThat(Thread.interrupted()).isTrue();
            over.countDown();
            assertThat(holder.get()).isTrue();
        }
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aSmallFileThatCannotBeWrittenLeavesNothingBeside() throws IOException {
        Path file = Files.createDirectory(folder.resolve("default.properties"));
        Files.createFile(file.resolve("in the way"));

        assertThatThrownBy(() -> Disk.save(new Properties(), file)).isInstanceOf(StoreException.class);

        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void threadsThatWriteOneSmallFileDoNotDisturbEachOther() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("model", "smollm2");
        Path file = folder.resolve("default.properties");
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                writers.add(threads.submit(() -> Disk.save(properties, file)));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        assertThat(Disk.load(file)).isEqualTo(properties);
    }
}
