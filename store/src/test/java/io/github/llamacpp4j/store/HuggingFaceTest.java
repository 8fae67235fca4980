package io.github.llamacpp4j.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a local server that answers like the hub. */
class HuggingFaceTest {

    private static final String LIST = "/api/models/o/r/tree/main?recursive=true";

    @TempDir
    Path folder;

    private FakeServer server;

    @BeforeEach
    void start() throws Exception {
        server = new FakeServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ModelStore store() {
        return new ModelStore(
                folder, TestStore.options().huggingFaceEndpoint(server.at("")).build());
    }

    private void list(String... entries) {
        server.serve(LIST).content(("[" + String.join(",", entries) + "]").getBytes(StandardCharsets.UTF_8));
    }

    private static String entry(String path, byte[] content) {
        return "{\"type\":\"file\",\"oid\":\"abc\",\"size\":%d,\"path\":\"%s\",\"lfs\":{\"oid\":\"%s\",\"size\":%d}}"
                .formatted(content.length, path, sha256(content), content.length);
    }

    private static String sha256(byte[] content) {
        return HexFormat.of().formatHex(Digests.sha256().digest(content));
    }

    private String file(String path, byte[] content) {
        server.serve("/o/r/resolve/main/" + path).content(content);
        return entry(path, content);
    }

    @Test
    void aPartOfAnOlderVersionIsNotJoinedWithANewerOne() {
        byte[] old = TestStore.model(1000, 1);
        byte[] first = TestStore.model(1000, 2);
        byte[] second = TestStore.model(1000, 3);
        String path = "/o/r/resolve/main/m-00002-of-00002.gguf";
        list(file("m-00001-of-00002.gguf", old), file("m-00002-of-00002.gguf", second));
        server.serve(path).status(404);
        assertThatThrownBy(() -> store().pull("hf:o/r", PullListener.none())).isInstanceOf(StoreException.class);
        list(file("m-00001-of-00002.gguf", first), file("m-00002-of-00002.gguf", second));
        server.serve(path).status(200);

        StoredModel pulled = store().pull("hf:o/r", PullListener.none());

        assertThat(pulled.files().get(0)).hasBinaryContent(first);
        assertThat(pulled.files().get(1)).hasBinaryContent(second);
    }

    @Test
    @Timeout(30)
    void aListThatFallsSilentIsGivenUp() {
        server.serve(LIST)
                .content(("[" + " ".repeat(200_000) + "]").getBytes(StandardCharsets.UTF_8))
                .slow(10_000);
        ModelStore hasty = new ModelStore(
                folder,
                TestStore.options()
                        .stallTimeout(Duration.ofMillis(300))
                        .huggingFaceEndpoint(server.at(""))
                        .build());
        long before = System.nanoTime();

        assertThatThrownBy(() -> hasty.pull("hf:o/r", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NETWORK))
                .hasMessageContaining("nothing came for 300 ms");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void theQuantizationChoosesTheFile() {
        byte[] small = TestStore.model(1000, 1);
        byte[] medium = TestStore.model(2000, 2);
        byte[] large = TestStore.model(3000, 3);
        list(
                "{\"type\":\"directory\",\"path\":\"sub\"}",
                "{\"type\":\"file\",\"path\":\"README.md\",\"size\":3}",
                file("m-BF16.gguf", TestStore.model(4000, 4)),
                file("m-Q4_K_M.gguf", medium),
                file("m.Q4_K_S.gguf", small),
                file("m-q8_0.gguf", large),
                file("mmproj-m-Q8_0.gguf", TestStore.model(500, 5)));

        assertThat(store().pull("hf:o/r", PullListener.none()).path()).hasBinaryContent(medium);
        assertThat(store().pull("hf:o/r:Q4_K_S", PullListener.none()).path()).hasBinaryContent(small);
        assertThat(store().pull("hf:o/r:Q8_0", PullListener.none()).path()).hasBinaryContent(large);
        assertThat(store().pull("hf:o/r/m-q8_0.gguf", PullListener.none()).references())
                .containsExactly("hf:o/r:Q8_0", "hf:o/r/m-q8_0.gguf");
        assertThatThrownBy(() -> store().pull("hf:o/r:Q3_K", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
                .hasMessageContaining("no file for Q3_K. There are: m-BF16.gguf, m-Q4_K_M.gguf");
    }

    @Test
    void aSplitModelArrivesWithAllParts() {
        byte[] first = TestStore.model(1000, 1);
        byte[] second = TestStore.model(2000, 2);
        list(
                file("Q8_0/m-00001-of-00002.gguf", first),
                file("Q8_0/m-00002-of-00002.gguf", second),
                file("Q2_K/m.gguf", TestStore.model(10, 3)));

        StoredModel model = store().pull("hf:o/r:Q8_0", PullListener.none());

        assertThat(model.files()).hasSize(2);
        assertThat(model.path().getFileName()).hasToString("m-00001-of-00002.gguf");
        assertThat(model.files().get(1)).hasBinaryContent(second);
        assertThat(model.sha256()).containsExactly(sha256(first), sha256(second));
        assertThat(model.sizeBytes()).isEqualTo(first.length + second.length);
        assertThat(store().list()).containsExactly(model);
    }

    @Test
    void aMissingPartIsNamed() {
        list(file("m-00001-of-00002.gguf", TestStore.model(1000, 1)));

        assertThatThrownBy(() -> store().pull("hf:o/r", PullListener.none()))
                .hasMessageContaining("the part m-00002-of-00002.gguf is missing");
    }

    @Test
    void theDigestOfTheListIsHeldAgainstTheFile() {
        byte[] announced = TestStore.model(1000, 1);
        byte[] sent = TestStore.model(1000, 2);
        list(entry("m.gguf", announced));
        server.serve("/o/r/resolve/main/m.gguf").content(sent);

        assertThatThrownBy(() -> store().pull("hf:o/r", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CHECKSUM))
                .hasMessageContaining(sha256(announced))
                .hasMessageContaining(sha256(sent));
        assertThat(store().list()).isEmpty();

        server.serve("/o/r/resolve/main/m.gguf").content(announced);
        assertThat(store().pull("hf:o/r", PullListener.none()).path()).hasBinaryContent(announced);
    }

    @Test
    void aDigestLetsADownloadGoOnWithoutAValidator() {
        byte[] model = TestStore.model(1_000_000, 1);
        list(file("m.gguf", model));
        server.serve("/o/r/resolve/main/m.gguf").dropping(400_000, 1);

        assertThat(store().pull("hf:o/r", PullListener.none()).path()).hasBinaryContent(model);
        assertThat(server.requests().getLast().headers()).containsKey("range");
    }

    @Test
    void aListOfSeveralPagesIsReadWhole() {
        byte[] model = TestStore.model(1000, 1);
        list(entry("a-BF16.gguf", TestStore.model(10, 2)));
        server.serve(LIST).header("Link", "<" + server.at("/next") + ">; rel=\"next\"");
        server.serve("/next").content(("[" + file("b-Q4_K_M.gguf", model) + "]").getBytes(StandardCharsets.UTF_8));

        assertThat(store().pull("hf:o/r", PullListener.none()).path()).hasBinaryContent(model);
    }

    @Test
    void aProxyWithoutAListServesANamedFile() {
        byte[] model = TestStore.model(1000, 1);
        file("m.gguf", model);

        assertThat(store().pull("hf:o/r/m.gguf", PullListener.none()).path()).hasBinaryContent(model);
        assertThatThrownBy(() -> store().pull("hf:o/r", PullListener.none()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
    }

    @Test
    void aProxyWithoutAListServesAllPartsOfANamedFile() {
        byte[] first = TestStore.model(1000, 1);
        byte[] second = TestStore.model(1000, 2);
        file("m-00001-of-00002.gguf", first);
        file("m-00002-of-00002.gguf", second);

        StoredModel pulled = store().pull("hf:o/r/m-00001-of-00002.gguf", PullListener.none());

        assertThat(pulled.files()).hasSize(2);
        assertThat(pulled.files().getFirst()).hasBinaryContent(first);
        assertThat(pulled.files().getLast()).hasBinaryContent(second);
    }

    @Test
    void anInterruptWhileTheListComesIsOne() throws Exception {
        server.serve(LIST)
                .content(("[" + " ".repeat(200_000) + "]").getBytes(StandardCharsets.UTF_8))
                .slow(500);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> pulled = threads.submit(() -> assertThatThrownBy(
                            () -> store().pull("hf:o/r", PullListener.none()))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED)));
            while (server.requests().isEmpty()) {
                Thread.sleep(5);
            }
            Thread.sleep(300);
            threads.shutdownNow();
            pulled.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void anEndpointThatIsNoHubIsSaidToBeNone() {
        server.serve(LIST).content("<html>".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> store().pull("hf:o/r", PullListener.none())).hasMessageContaining("Check HF_ENDPOINT");
        server.serve(LIST).content("{}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> store().pull("hf:o/r", PullListener.none())).hasMessageContaining("Check HF_ENDPOINT");
        list();
        assertThatThrownBy(() -> store().pull("hf:o/r", PullListener.none())).hasMessageContaining("holds no GGUF");
    }

    @Test
    void namesFromTheListCannotLeaveTheStore() {
        byte[] model = TestStore.model(1000, 1);
        server.serve("/o/r/resolve/main/..%5C..%5Cevil.gguf").content(model);
        list(entry("..\\\\..\\\\evil.gguf", model));

        StoredModel stored = store().pull("hf:o/r", PullListener.none());

        assertThat(stored.path()).startsWith(folder);
        assertThat(stored.path().getFileName()).hasToString("_.._evil.gguf");
        assertThat(List.of(stored.files())).hasSize(1);
    }
}
