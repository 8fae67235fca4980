package io.github.llamacpp4j.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.gguf.ByteRangeSource;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufLimits;
import io.github.llamacpp4j.store.StoreException.Kind;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {

    private static final byte[] MODEL = TestStore.model(1_000_000, 1);

    @TempDir
    Path folder;

    private FakeServer server;
    private String address;

    @BeforeEach
    void start() throws Exception {
        server = new FakeServer();
        address = server.at("/m.gguf").toString();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ModelStore store() {
        return store(TestStore.options());
    }

    private ModelStore store(StoreOptions.Builder options) {
        return new ModelStore(folder, options.huggingFaceEndpoint(server.at("")).build());
    }

    private StoredModel pull() {
        return store().pull(address, PullListener.none());
    }

    private void assertRefused(Kind kind, String message) {
        assertThatThrownBy(this::pull)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
        assertThat(store().list()).isEmpty();
    }

    @Test
    void aFileArrivesWhole() {
        server.serve("/m.gguf").content(MODEL);
        TestStore.Log log = new TestStore.Log();

        assertThat(store().pull(address, log).path()).hasBinaryContent(MODEL);
        assertThat(log.lines().getFirst()).isEqualTo("DOWNLOAD m.gguf 0/" + MODEL.length);
        assertThat(log.last()).isEqualTo(MODEL.length);
        assertThat(store().pull(address, PullListener.none()))
                .isEqualTo(store().list().getFirst());
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aCutConnectionGoesOnWhereItBroke() {
        server.serve("/m.gguf").content(MODEL).header("ETag", "\"v1\"").dropping(300_000, 2);

        assertThat(pull().path()).hasBinaryContent(MODEL);

        List<FakeServer.Request> requests = server.requests();
        assertThat(requests).hasSize(3);
        assertThat(requests.get(1).headers()).containsEntry("if-range", "\"v1\"");
        assertThat(requests.get(1).headers().get("range"))
                .isNotEqualTo("bytes=0-")
                .startsWith("bytes=");
    }

    @Test
    void aDownloadGoesOnInTheNextProcess() {
        server.serve("/m.gguf").content(MODEL).header("ETag", "\"v1\"").dropping(400_000, 1);
        assertThatThrownBy(() -> store(TestStore.options().attempts(1)).pull(address, PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NETWORK))
                .hasMessageContaining("What has arrived is kept");
        assertThat(store().list()).isEmpty();
        TestStore.Log log = new TestStore.Log();

        assertThat(store().pull(address, log).path()).hasBinaryContent(MODEL);

        assertThat(log.first()).isBetween(1L, 400_000L);
        assertThat(server.requests().getLast().headers()).containsKey("range");
    }

    @Test
    void aFileThatChangedMeanwhileIsFetchedFromTheStart() {
        FakeServer.Resource resource =
                server.serve("/m.gguf").content(MODEL).header("ETag", "\"v1\"").dropping(400_000, 1);
        assertThatThrownBy(() -> store(TestStore.options().attempts(1)).pull(address, PullListener.none()))
                .isInstanceOf(StoreException.class);
        byte[] changed = TestStore.model(900_000, 2);
        resource.content(changed).header("ETag", "\"v2\"");

        assertThat(pull().path()).hasBinaryContent(changed);
    }

    @Test
    void whatIsHereOfAnOlderVersionMakesRoomForTheNewOne() {
        FakeServer.Resource resource =
                server.serve("/m.gguf").content(MODEL).header("ETag", "\"v1\"").dropping(800_000, 1);
        assertThatThrownBy(() -> store(TestStore.options().attempts(1)).pull(address, PullListener.none()))
                .isInstanceOf(StoreException.class);
        byte[] changed = TestStore.model(900_000, 2);
        resource.content(changed).header("ETag", "\"v2\"");
        long disk = (64L << 20) + changed.length + 200_000;
        ModelStore narrow =
                new ModelStore(folder, TestStore.options().build(), new Disk(path -> disk - unfinishedBytes()), "");

        assertThat(narrow.pull(address, PullListener.none()).path()).hasBinaryContent(changed);
    }

    private long unfinishedBytes() {
        return store().unfinished().stream()
                .mapToLong(UnfinishedDownload::sizeBytes)
                .sum();
    }

    @Test
    void anUnfinishedDownloadIsToldAndCanBeDiscarded() {
        server.serve("/m.gguf").content(MODEL).header("ETag", "\"v1\"").dropping(400_000, 1);
        server.serve("/page.gguf").content("<html>".getBytes(StandardCharsets.US_ASCII));
        ModelStore store = store(TestStore.options().attempts(1));
        assertThatThrownBy(() -> store.pull(address, PullListener.none())).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.pull(server.at("/page.gguf").toString(), PullListener.none()))
                .isInstanceOf(StoreException.class);

        assertThat(store.unfinished()).singleElement().satisfies(download -> {
            assertThat(download.reference()).isEqualTo(address);
            assertThat(download.sizeBytes()).isBetween(1L, 400_000L);
        });
        assertThat(store.discard("smollm2")).isEmpty();
        assertThat(store.discard(address)).isPresent();
        assertThat(store.unfinished()).isEmpty();
        assertThat(store.discard(address)).isEmpty();
        assertThat(store.pull(address, PullListener.none()).path()).hasBinaryContent(MODEL);
        assertThat(store.unfinished()).isEmpty();
    }

    @Test
    void aDownloadThatEndsWhileTheUnfinishedAreListedIsNone() {
        assertThat(UnfinishedDownload.in(folder.resolve(".downloads/ended"))).isEmpty();
    }

    @Test
    void aDownloadUnderWayIsNotDiscarded() throws Exception {
        server.serve("/m.gguf").content(MODEL).header("ETag", "\"v1\"").slow(100);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<StoredModel> pulled = threads.submit(this::pull);
            while (store().unfinished().isEmpty()) {
                Thread.sleep(5);
            }
            assertThatThrownBy(() -> store().discard(address))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BUSY));
            assertThat(pulled.get(10, TimeUnit.SECONDS).path()).hasBinaryContent(MODEL);
        }
    }

    @Test
    void partsOfAnotherVersionAreNotJoinedEvenIfTheServerSendsThem() {
        record Version(int bytes, String header, String value) {}
        for (Version now : List.of(
                new Version(1_000_000, "ETag", "\"v2\""),
                new Version(1_000_000, "Last-Modified", "Tue, 02 Jan 2024 00:00:00 GMT"),
                new Version(1_100_000, "Other", ""))) {
            String header = now.header().equals("Last-Modified") ? "Last-Modified" : "ETag";
            String path = "/" + now.header() + ".gguf";
            FakeServer.Resource resource = server.serve(path)
                    .content(MODEL)
                    .header(header, header.equals("ETag") ? "\"v1\"" : "Mon, 01 Jan 2024 00:00:00 GMT")
                    .withoutConditions()
                    .dropping(400_000, 1);
            String there = server.at(path).toString();
            assertThatThrownBy(() -> store(TestStore.options().attempts(1)).pull(there, PullListener.none()))
                    .isInstanceOf(StoreException.class);
            byte[] changed = TestStore.model(now.bytes(), 2);
            resource.content(changed).header(now.header(), now.value());

            assertThat(store().pull(there, PullListener.none()).path()).hasBinaryContent(changed);
        }
    }

    @Test
    void aProxyThatCannotBeReachedIsNamed() {
        ProxySelector nobody = ProxySelector.of(InetSocketAddress.createUnresolved("127.0.0.1", 1));

        assertThatThrownBy(() -> store(TestStore.options().proxies(nobody)).pull(address, PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NETWORK))
                .hasMessageContaining(address)
                .hasMessageContaining("through the proxy 127.0.0.1:1");
    }

    @Test
    void withoutAValidatorTheEndOfWhatIsHereIsAskedForAgain() {
        server.serve("/m.gguf").content(MODEL).dropping(400_000, 1);

        assertThat(pull().path()).hasBinaryContent(MODEL);
        assertThat(server.requests().getLast().headers().get("range"))
                .satisfies(range -> assertThat(
                                Integer.parseInt(String.valueOf(range).replaceAll("\\D", "")))
                        .isBetween(1, 400_000 - (1 << 16)));
    }

    @Test
    void withoutAValidatorAnotherEndMeansAnotherVersion() {
        byte[] newer = TestStore.model(1_000_000, 2);
        FakeServer.Resource resource = server.serve("/m.gguf").content(MODEL).dropping(400_000, 1);
        assertThatThrownBy(() -> store(TestStore.options().attempts(1)).pull(address, PullListener.none()))
                .isInstanceOf(StoreException.class);
        resource.content(newer);

        assertThat(pull().path()).hasBinaryContent(newer);
    }

    @Test
    void aServerWithoutRangesSendsAllAgain() {
        server.serve("/m.gguf")
                .content(MODEL)
                .header("ETag", "\"v1\"")
                .withoutRanges()
                .dropping(400_000, 1);

        assertThat(pull().path()).hasBinaryContent(MODEL);
    }

    @Test
    void aServerThatDoesNotSayTheLengthIsFine() {
        server.serve("/m.gguf").content(MODEL).withoutLength();
        TestStore.Log log = new TestStore.Log();

        assertThat(store().pull(address, log).path()).hasBinaryContent(MODEL);
        assertThat(log.lines().getLast()).endsWith("/-1");
    }

    @Test
    void aServerThatFallsSilentCountsAsCut() {
        byte[] model = TestStore.model(150_000, 1);
        server.serve("/m.gguf").content(model).header("ETag", "\"v1\"").slow(10_000);

        StoredModel pulled =
                store(TestStore.options().stallTimeout(Duration.ofMillis(300))).pull(address, PullListener.none());

        assertThat(pulled.path()).hasBinaryContent(model);
        assertThat(server.requests()).hasSizeGreaterThan(1);
    }

    @Test
    void statusCodesBecomeKindsWithARemedy() {
        String hub = "hf:o/r";
        record Case(int status, Kind kind, String message) {}
        for (Case c : List.of(
                new Case(401, Kind.UNAUTHORIZED, "HF_TOKEN"),
                new Case(403, Kind.FORBIDDEN, "terms"),
                new Case(404, Kind.NOT_FOUND, "does not exist"),
                new Case(410, Kind.NOT_FOUND, "does not exist"),
                new Case(400, Kind.NETWORK, "400"),
                new Case(503, Kind.NETWORK, "503"))) {
            server.serve("/m.gguf").status(c.status());
            server.serve("/api/models/o/r/tree/main?recursive=true").status(c.status());
            assertRefused(c.kind(), c.kind() == Kind.NETWORK || c.kind() == Kind.NOT_FOUND ? c.message() : "");
            assertThatThrownBy(() -> store().pull(hub, PullListener.none()))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(c.kind()))
                    .hasMessageContaining(c.message());
        }
    }

    @Test
    void aServerThatSendsNothingIsGivenUp() {
        server.serve("/m.gguf").content(MODEL).header("ETag", "\"v1\"").dropping(0, Integer.MAX_VALUE);

        assertRefused(Kind.NETWORK, "2 tries without a new byte");
    }

    @Test
    void aServerThatAlwaysSendsTheWrongPartIsGivenUp() {
        server.serve("/m.gguf").status(206);
        assertRefused(Kind.NETWORK, "not asked for");
        server.serve("/m.gguf").status(416);
        assertRefused(Kind.NETWORK, "not asked for");
    }

    @Test
    void aServerThatRecoversIsAskedAgain() throws Exception {
        FakeServer.Resource resource = server.serve("/m.gguf").status(503);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            StoreOptions.Builder patient = TestStore.options().attempts(20).retryPause(Duration.ofMillis(100));
            Future<StoredModel> pulled = threads.submit(() -> store(patient).pull(address, PullListener.none()));
            while (server.requests().isEmpty()) {
                Thread.sleep(5);
            }
            resource.content(MODEL).status(200);
            assertThat(pulled.get(10, TimeUnit.SECONDS).path()).hasBinaryContent(MODEL);
        }
    }

    @Test
    void nobodyListening() {
        server.close();
        assertRefused(Kind.NETWORK, "cannot connect");
    }

    @Test
    void aWebPageIsNoModel() {
        server.serve("/m.gguf")
                .content("<!DOCTYPE html><html></html>".getBytes(StandardCharsets.UTF_8))
                .header("Content-Type", "text/html");
        assertRefused(Kind.NOT_A_MODEL, "web page");
    }

    @Test
    void anLfsPointerAndNoiseAndNothingAreNoModels() {
        server.serve("/m.gguf")
                .content("version https://git-lfs.github.com/spec/v1\noid".getBytes(StandardCharsets.UTF_8));
        assertRefused(Kind.NOT_A_MODEL, "Git LFS");
        server.serve("/m.gguf").content(new byte[1000]);
        assertRefused(Kind.NOT_A_MODEL, "letters GGUF");
        server.serve("/m.gguf").content(new byte[0]).withoutLength();
        assertRefused(Kind.NOT_A_MODEL, "empty");
    }

    @Test
    void aModelThatIsCutWithoutTheServerNoticingIsNoModel() {
        server.serve("/m.gguf").content(Arrays.copyOf(MODEL, 500_000));
        assertRefused(Kind.NOT_A_MODEL, "truncated");
    }

    @Test
    void redirectsAreFollowedAndCirclesAreNot() {
        server.serve("/m.gguf").status(302).header("Location", "/there");
        server.serve("/there").content(MODEL);
        assertThat(pull().path()).hasBinaryContent(MODEL);
        store().remove(address);

        server.serve("/there").status(302).header("Location", "/m.gguf");
        assertRefused(Kind.REDIRECT, "in a circle");
        for (int i = 0; i < 20; i++) {
            server.serve("/" + i).status(307).header("Location", "/" + (i + 1));
        }
        server.serve("/m.gguf").status(302).header("Location", "/0");
        assertRefused(Kind.REDIRECT, "more than 10 times");
        server.serve("/m.gguf").status(302).header("Location", "file:///etc/passwd");
        assertRefused(Kind.REDIRECT, "no web address");
    }

    @Test
    void theTokenGoesToTheHubAndNowhereElse() throws Exception {
        try (FakeServer elsewhere = new FakeServer()) {
            server.serve("/m.gguf")
                    .status(302)
                    .header("Location", elsewhere.at("/x").toString());
            elsewhere.serve("/x").content(MODEL);

            store(TestStore.options().huggingFaceToken("secret")).pull(address, PullListener.none());

            assertThat(server.requests().getLast().headers()).containsEntry("authorization", "Bearer secret");
            assertThat(elsewhere.requests().getLast().headers()).doesNotContainKey("authorization");
        }
    }

    @Test
    void aFileOverTheLimitIsRefused() {
        server.serve("/m.gguf").content(MODEL);
        assertThatThrownBy(() -> store(TestStore.options().maxFileBytes(1000)).pull(address, PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE));
        server.serve("/m.gguf").withoutLength();
        assertThatThrownBy(() -> store(TestStore.options().maxFileBytes(1000)).pull(address, PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE));
    }

    @Test
    void manyThreadsPullOneModelOnce() throws Exception {
        server.serve("/m.gguf").content(MODEL).slow(5);
        Callable<StoredModel> pull = this::pull;
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<StoredModel> pulled : threads.invokeAll(List.of(pull, pull, pull, pull))) {
                assertThat(pulled.get().path()).hasBinaryContent(MODEL);
            }
        }
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void anInterruptEndsADownloadThatGoesOnLater() throws Exception {
        server.serve("/m.gguf").content(MODEL).header("ETag", "\"v1\"").slow(50);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> pulled = threads.submit(() -> assertThatThrownBy(this::pull)
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED)));
            while (store().unfinished().isEmpty()) {
                Thread.sleep(5);
            }
            threads.shutdownNow();
            pulled.get(10, TimeUnit.SECONDS);
        }
        server.serve("/m.gguf").slow(0);
        assertThat(pull().path()).hasBinaryContent(MODEL);
        assertThat(server.requests().getLast().headers()).containsKey("range");
    }

    @Test
    void aProcessThatIsKilledLeavesNoModelAndItsDownloadGoesOn() throws Exception {
        server.serve("/m.gguf").content(MODEL).header("ETag", "\"v1\"").slow(50);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Puller.class.getName(),
                        folder.toString(),
                        address)
                .inheritIO()
                .start();
        while (partBytes() < 200_000 && process.isAlive()) {
            Thread.sleep(10);
        }
        process.destroyForcibly().waitFor();

        assertThat(store().list()).isEmpty();
        server.serve("/m.gguf").slow(0);
        TestStore.Log log = new TestStore.Log();
        assertThat(store().pull(address, log).path()).hasBinaryContent(MODEL);
        assertThat(log.first()).isGreaterThanOrEqualTo(200_000);
    }

    static final class Puller {
        private Puller() {}

        public static void main(String[] arguments) {
            new ModelStore(Path.of(arguments[0]), StoreOptions.defaults()).pull(arguments[1], PullListener.none());
        }
    }

    private long partBytes() throws Exception {
        if (!Files.isDirectory(folder.resolve(".downloads"))) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(folder.resolve(".downloads"))) {
            return files.filter(file -> file.toString().endsWith(".part"))
                    .mapToLong(Disk::size)
                    .sum();
        }
    }

    @Test
    @Timeout(30)
    void aServerThatSendsAllAgainEachTimeAndNeverTheEndIsGivenUp() {
        server.serve("/m.gguf").content(MODEL).withoutRanges().alwaysDropping(200_000, 300_000);

        assertThatThrownBy(() -> store(TestStore.options().attempts(3)).pull(address, PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NETWORK));
    }

    @Test
    void aRangeBeyondAllNumbersIsNotWhatWasAskedFor() {
        String range = "bytes 99999999999999999999-99999999999999999999/99999999999999999999";
        FakeServer.Resource resource =
                server.serve("/m.gguf").content(MODEL).header("ETag", "\"v1\"").dropping(400_000, 1);
        assertThatThrownBy(() -> store(TestStore.options().attempts(1)).pull(address, PullListener.none()))
                .isInstanceOf(StoreException.class);
        resource.status(206).header("Content-Range", range);

        assertRefused(Kind.NETWORK, "not asked for");
        try (ByteRangeSource source = store().open(address)) {
            assertThatThrownBy(() -> GgufFile.read(source, GgufLimits.defaults()))
                    .isInstanceOf(StoreException.class);
        }
    }

    @Test
    @Timeout(30)
    void aHeaderThatFallsSilentIsGivenUp() {
        server.serve("/m.gguf").content(MODEL).slow(10_000);
        long before = System.nanoTime();
        ModelStore hasty = store(TestStore.options().stallTimeout(Duration.ofMillis(300)));

        try (ByteRangeSource source = hasty.open(address)) {
            assertThatThrownBy(() -> source.read(0, 500_000)).hasMessageContaining("nothing came for 300 ms");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aListenerThatTakesItsTimeIsNoSilenceOfTheServer() {
        server.serve("/m.gguf").content(MODEL).header("ETag", "\"v1\"");
        PullListener slow = (step, file, done, total) -> {
            if (done == total) {
                LockSupport.parkNanos(Duration.ofMillis(700).toNanos());
            }
        };

        store(TestStore.options().stallTimeout(Duration.ofMillis(300))).pull(address, slow);

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aHeaderIsReadFromAfarWithFewBytes() {
        server.serve("/m.gguf").content(MODEL);
        try (ByteRangeSource source = store().open(address)) {
            GgufFile file = GgufFile.read(source, GgufLimits.defaults());
            assertThat(file.tensors()).hasSize(1);
            assertThat(file.sizeBytes()).hasValue(MODEL.length);
        }
        assertThat(server.requests()).hasSize(1);
        server.serve("/m.gguf").withoutRanges();
        try (ByteRangeSource source = store().open(address)) {
            assertThat(GgufFile.read(source, GgufLimits.defaults()).tensors()).hasSize(1);
        }
        server.serve("/m.gguf").status(404);
        try (ByteRangeSource source = store().open(address)) {
            assertThatThrownBy(() -> GgufFile.read(source, GgufLimits.defaults()))
                    .isInstanceOf(StoreException.class);
        }
    }
}
