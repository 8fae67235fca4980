package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.server.RawClient.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AccessTest {

    @Test
    void otherMachinesAreNotServedWithoutAKey() {
        assertThatThrownBy(
                        () -> Server.start(TestRoutes.options().host("0.0.0.0").build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--api-key-file")
                .hasMessageContaining("--insecure");
        try (Server server = Server.start(
                        TestRoutes.options().host("0.0.0.0").insecure(true).build());
                Server keyed = Server.start(TestRoutes.options()
                        .host("0.0.0.0")
                        .apiKeys(List.of("secret"))
                        .build())) {
            assertThat(server.port()).isNotEqualTo(keyed.port());
        }
    }

    @Test
    void aPortThatIsTakenIsRefused() {
        try (Server first = Server.start(TestRoutes.options().build())) {
            assertThatThrownBy(() ->
                            Server.start(TestRoutes.options().port(first.port()).build()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1 port " + first.port())
                    .hasMessageContaining("choose another port");
        }
    }

    @Test
    void everyRouteButTheProbesAsksForAKey() throws IOException {
        try (Server server = TestRoutes.echo(
                TestRoutes.options().apiKeys(List.of("first-key", "second-key")).build())) {
            for (String request : List.of(
                    RawClient.post("/test", "{}"),
                    RawClient.get("/metrics"),
                    RawClient.get("/props"),
                    RawClient.get("/nowhere"),
                    RawClient.get("/openapi.json"),
                    RawClient.post("/test", "{}", "Authorization: Bearer first-ke"),
                    RawClient.post("/test", "{}", "Authorization: Bearer first-keyy"),
                    RawClient.post("/test", "{}", "Authorization: Basic first-key"),
                    RawClient.post("/test", "{}", "Authorization: Bearer "),
                    RawClient.post("/test", "{}", "X-Api-Key: third-key"))) {
                Answer answer = RawClient.ask(server, request);
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.errorCode()).isEqualTo("invalid_api_key");
            }
            for (String header : List.of(
                    "Authorization: Bearer first-key", "authorization: bearer second-key", "X-Api-Key: first-key")) {
                assertThat(RawClient.ask(server, RawClient.post("/test", "{}", header))
                                .status())
                        .isEqualTo(200);
            }
            assertThat(RawClient.ask(server, RawClient.get("/health")).status()).isEqualTo(503);
            assertThat(RawClient.ask(server, RawClient.get("/ready")).status()).isEqualTo(503);
        }
    }

    @Test
    void guessingKeysLeadsNowhere() throws IOException {
        try (Server server = TestRoutes.echo(
                TestRoutes.options().apiKeys(List.of("abcdefgh")).build())) {
            Random random = new Random(7);
            try (RawClient client = new RawClient(server)) {
                for (int i = 0; i < 500; i++) {
                    StringBuilder guess = new StringBuilder();
                    random.ints(1 + random.nextInt(40), '!', '~').forEach(c -> guess.append((char) c));
                    Answer answer = client.send(RawClient.post("/test", "{}", "Authorization: Bearer " + guess))
                            .answer();
                    assertThat(answer.status()).isEqualTo(401);
                    assertThat(answer.body()).doesNotContain("abcdefgh");
                }
            }
        }
    }

    @Test
    void requestsOfOneKeyCountAsOneCaller() throws IOException {
        try (Server server = TestRoutes.server(
                TestRoutes.options().apiKeys(List.of("one", "two")).build(),
                exchange -> exchange.json(200, Json.object().put("caller", exchange.caller())))) {
            String one = RawClient.ask(server, RawClient.post("/test", "{}", "Authorization: Bearer one"))
                    .body();
            assertThat(RawClient.ask(server, RawClient.post("/test", "{}", "X-Api-Key: one"))
                            .body())
                    .isEqualTo(one)
                    .doesNotContain("\"one\"");
            assertThat(RawClient.ask(server, RawClient.post("/test", "{}", "X-Api-Key: two"))
                            .body())
                    .isNotEqualTo(one);
        }
    }

    @Test
    void webPagesAreRefusedUnlessTheirOriginIsAllowed() throws IOException {
        try (Server server = TestRoutes.echo(TestRoutes.options().build())) {
            Answer refused = RawClient.ask(server, RawClient.post("/test", "{}", "Origin: https://evil.example"));
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.errorCode()).isEqualTo("origin_not_allowed");
            assertThat(refused.headers()).doesNotContainKey("access-control-allow-origin");
            assertThat(RawClient.ask(server, RawClient.post("/test", "{}", "Origin: null"))
                            .status())
                    .isEqualTo(403);
            assertThat(RawClient.ask(server, RawClient.post("/test", "{}", "Origin: http://127.0.0.1"))
                            .status())
                    .isEqualTo(200);
            String rebound = "POST /test HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n"
                    + "Content-Length: 2\r\n\r\n{}";
            assertThat(RawClient.ask(server, rebound).status()).isEqualTo(403);
        }
    }

    private static String form(String... headers) {
        return RawClient.postAs("application/x-www-form-urlencoded", "/test", "{}", headers);
    }

    @Test
    void whatAWebPageCanSendWithoutAskingIsRefused() throws IOException {
        try (Server server = TestRoutes.echo(TestRoutes.options().build());
                Server friendly = TestRoutes.echo(TestRoutes.options()
                        .corsOrigins(List.of("https://chat.example"))
                        .build())) {
            assertThat(RawClient.ask(server, form()).status()).isEqualTo(200);
            for (String header : List.of(
                    "Origin: https://evil.example",
                    "Origin: null",
                    "Sec-Fetch-Site: cross-site",
                    "Sec-Fetch-Site: same-site")) {
                for (Server each : List.of(server, friendly)) {
                    assertThat(RawClient.ask(each, form(header)).errorCode())
                            .as(header)
                            .isEqualTo("origin_not_allowed");
                }
            }
            assertThat(RawClient.ask(server, form("Sec-Fetch-Site: none")).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void allowedOriginsAreToldWhatTheyMayDo() throws IOException {
        String origin = "Origin: https://chat.example";
        try (Server server = TestRoutes.echo(TestRoutes.options()
                .corsOrigins(List.of("https://chat.example"))
                .apiKeys(List.of("key"))
                .build())) {
            Answer preflight = RawClient.ask(
                    server,
                    "OPTIONS /test HTTP/1.1\r\nHost: a\r\n" + origin
                            + "\r\nAccess-Control-Request-Method: POST\r\n\r\n");
            assertThat(preflight.status()).isEqualTo(204);
            assertThat(preflight.header("access-control-allow-origin")).isEqualTo("https://chat.example");
            assertThat(preflight.header("access-control-allow-headers")).contains("authorization", "content-type");
            Answer answer = RawClient.ask(server, RawClient.post("/test", "{}", origin, "Authorization: Bearer key"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://chat.example");
            assertThat(RawClient.ask(server, RawClient.post("/test", "{}", "Origin: https://other.example"))
                            .status())
                    .isEqualTo(403);
        }
    }
}
