package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.server.RawClient.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestLimitsTest {

    private static Server server;

    @BeforeAll
    static void start() {
        server = TestRoutes.echo(TestRoutes.options()
                .maxBodyBytes(1 << 20)
                .requestTimeout(Duration.ofSeconds(2))
                .build());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void theServerLives() throws IOException {
        assertThat(post("{\"a\":[1,2.5,\"ü\"]}").body()).isEqualTo("{\"a\":[1,2.5,\"ü\"]}");
    }

    private static Answer post(String body) throws IOException {
        return RawClient.ask(server, RawClient.post(TestRoutes.PATH, body));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`{\"a\":1,\"a\":2}` | occurs twice",
                "`{\"a\":{\"b\":1,\"b\":2}}` | occurs twice",
                "`{\"a\":1} x` | line 1, column",
                "`{\"a\":` | line 1, column",
                "`[1]` | found an array",
                "`\"text\"` | found a string",
                "`null` | found null",
                "`` | found nothing",
                "`{\"a\":NaN}` | line 1, column",
                "`{'a':1}` | line 1, column",
            })
    void whatIsNoObjectInJsonIsRefused(String body, String reason) throws IOException {
        Answer answer = post(body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error/type").asString()).isEqualTo("invalid_request_error");
        assertThat(answer.json().at("/error/message").asString()).contains(reason);
    }

    @ParameterizedTest
    @ValueSource(ints = {129, 1000, 100_000})
    void deepNestingIsRefused(int depth) throws IOException {
        Answer answer = post("{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("nested 128 deep");
        assertThat(post("{\"a\":".repeat(100_000)).status()).isEqualTo(400);
    }

    @Test
    void longNumbersAndNamesAreRefused() throws IOException {
        assertThat(post("{\"a\":1" + "0".repeat(10_000) + "}").status()).isEqualTo(400);
        assertThat(post("{\"" + "a".repeat(10_000) + "\":1}").status()).isEqualTo(400);
        assertThat(post("{\"a\":1e999999999}").status()).isLessThan(500);
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() throws IOException {
        for (int[] bad : new int[][] {{0xff}, {0xc3}, {0xed, 0xa0, 0x80}, {0xc0, 0xaf}, {0xf5, 0x80, 0x80, 0x80}}) {
            byte[] body = new byte[8 + bad.length];
            byte[] prefix = "{\"a\":\"".getBytes(StandardCharsets.UTF_8);
            System.arraycopy(prefix, 0, body, 0, prefix.length);
            for (int i = 0; i < bad.length; i++) {
                body[prefix.length + i] = (byte) bad[i];
            }
            body[body.length - 2] = '"';
            body[body.length - 1] = '}';
            try (RawClient client = new RawClient(server)) {
                Answer answer = client.send(
                                "POST /test HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n")
                        .send(body)
                        .answer();
                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.body()).contains("UTF-8");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "application/json; charset=utf-8",
                "application/vnd.api+json",
                "application/x-www-form-urlencoded"
            })
    void jsonIsReadWhateverCurlCallsIt(String type) throws IOException {
        assertThat(RawClient.ask(server, RawClient.postAs(type, "/test", "{}")).status())
                .isEqualTo(200);
        Answer form = RawClient.ask(server, RawClient.postAs(type, "/test", "a="));
        assertThat(form.status()).isEqualTo(400);
        assertThat(form.body()).contains("expected valid JSON as body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "multipart/form-data; boundary=x", "text/html", "json"})
    void otherTypesAreRefused(String type) throws IOException {
        Answer answer = RawClient.ask(
                server, "POST /test HTTP/1.1\r\nHost: a\r\nContent-Type: " + type + "\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.errorCode()).isEqualTo("unsupported_media_type");
    }

    @Test
    void aLargeBodyIsRefusedWhetherItsLengthIsToldOrNot() throws IOException {
        byte[] megabyte = new byte[1 << 20];
        try (RawClient client = new RawClient(server)) {
            client.send("POST /test HTTP/1.1\r\nHost: a\r\nContent-Length: " + (64L << 20) + "\r\n\r\n");
            for (int i = 0; i < 64; i++) {
                client.send(megabyte);
            }
            Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.errorCode()).isEqualTo("request_too_large");
        }
        try (RawClient client = new RawClient(server)) {
            client.send("POST /test HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 3; i++) {
                client.send("100000\r\n").send(megabyte).send("\r\n");
            }
            assertThat(client.answer().status()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2;a=", "7fffffff\r\n", "2\r\n{}\r\n0\r\nA: "})
    void aChunkThatDoesNotEndIsRefusedBeforeItFillsTheMemory(String beginning) throws IOException {
        byte[] megabyte = new byte[1 << 20];
        Arrays.fill(megabyte, (byte) ' ');
        try (RawClient client = new RawClient(server)) {
            client.send("POST /test HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + beginning);
            for (int i = 0; i < 8; i++) {
                client.send(megabyte);
            }
            Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.errorCode()).isEqualTo("request_too_large");
        }
    }

    @Test
    void chunksThatAreNoneAreRefused() throws IOException {
        for (String chunks : new String[] {"zz\r\n{}\r\n0\r\n\r\n", "-5\r\n{}\r\n0\r\n\r\n"}) {
            Answer answer = RawClient.ask(
                    server, "POST /test HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
            assertThat(answer.status()).as(chunks).isEqualTo(400);
            assertThat(answer.errorCode()).isEqualTo("malformed_request");
        }
    }

    @Test
    void anUnreadableLengthIsRefused() throws IOException {
        for (String header : new String[] {
            "Content-Length: -1", "Content-Length: x", "Content-Length: 99999999999999999999", "Transfer-Encoding: gzip"
        }) {
            Answer answer = RawClient.ask(server, "POST /test HTTP/1.1\r\nHost: a\r\n" + header + "\r\n\r\n");
            assertThat(answer.status()).as(header).isBetween(400, 413);
            assertThat(answer.json().at("/error/type").asString()).isEqualTo("invalid_request_error");
        }
    }

    @Test
    void aFloodOfHeadersIsRefused() throws IOException {
        StringBuilder request = new StringBuilder("GET /health HTTP/1.1\r\nHost: a\r\n");
        for (int i = 0; i < 10_000; i++) {
            request.append("X-Header-").append(i).append(": value\r\n");
        }
        Answer answer = RawClient.ask(server, request.append("\r\n").toString());
        assertThat(answer.status()).isEqualTo(431);
        assertThat(answer.errorCode()).isEqualTo("headers_too_large");
        Answer one = RawClient.ask(server, "GET /health HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(1 << 20) + "\r\n\r\n");
        assertThat(one.status()).isEqualTo(431);
    }

    @Test
    void whatIsNoHttpIsRefused() throws IOException {
        for (String request : new String[] {
            "GET /" + "a".repeat(1 << 16) + " HTTP/1.1\r\nHost: a\r\n\r\n",
            "hello\r\n\r\n",
            "G\u0001T / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n",
            "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /health HTTP/1.1\r\n\r\n",
        }) {
            Answer answer = RawClient.ask(server, request);
            assertThat(answer.status()).as(request.substring(0, 6)).isBetween(400, 499);
            assertThat(answer.json().at("/error/message").asString()).isNotEmpty();
        }
    }

    @Test
    void aClientThatDoesNotFinishItsRequestIsDropped() throws IOException {
        for (String beginning : new String[] {
            "",
            "POST /te",
            "POST /test HTTP/1.1\r\nHost: a\r\n",
            "POST /test HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"
        }) {
            try (RawClient client = new RawClient(server)) {
                client.send(beginning);
                assertThat(client.isClosed()).as(beginning).isTrue();
            }
        }
    }

    @Test
    void unknownPathsAndMethodsAreRefused() throws IOException {
        assertThat(RawClient.ask(server, RawClient.get("/nowhere")).errorCode()).isEqualTo("unknown_url");
        Answer answer = RawClient.ask(server, RawClient.get("/test"));
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("allow")).isEqualTo("POST, OPTIONS");
        assertThat(RawClient.ask(server, "OPTIONS /test HTTP/1.1\r\nHost: a\r\n\r\n")
                        .status())
                .isEqualTo(204);
        assertThat(RawClient.ask(server, RawClient.get("/test/../test")).status())
                .isBetween(400, 405);
    }

    @Test
    void aConnectionThatIsToCloseIsClosedAtOnce() throws IOException {
        try (Server watching = TestRoutes.server(TestRoutes.options().build(), exchange -> {
                    exchange.onClientGone(() -> {});
                    exchange.json(200, exchange.body());
                });
                RawClient client = new RawClient(watching)) {
            long start = System.nanoTime();
            client.send(RawClient.post("/test", "{}", "Connection: close"));
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(client.isClosed()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void requestsSentTogetherAreAnsweredInOrder() throws IOException {
        try (RawClient client = new RawClient(server)) {
            client.send(RawClient.post("/test", "{\"n\":1}")
                    + RawClient.post("/test", "{\"n\":2}")
                    + RawClient.get("/nowhere"));
            assertThat(client.answer().body()).isEqualTo("{\"n\":1}");
            assertThat(client.answer().body()).isEqualTo("{\"n\":2}");
            assertThat(client.answer().status()).isEqualTo(404);
        }
    }
}
