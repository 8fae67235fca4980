package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.server.RawClient.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OpenApiTest {

    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE", "PATCH");

    @Test
    void describesThePathsAndMethodsThatAreAnsweredAndNoOthers() throws IOException {
        try (Server server = Server.start(TestRoutes.options().build())) {
            JsonNode paths =
                    RawClient.ask(server, RawClient.get("/openapi.json")).json().get("paths");
            assertThat(paths.propertyNames())
                    .contains("/health", "/ready", "/metrics", "/props", "/slots", "/v1/models", "/v1/chat/completions")
                    .containsAll(ApiEndpoints.routes().keySet())
                    .containsAll(TokenEndpoints.routes().keySet());
            for (String path : paths.propertyNames()) {
                Set<String> described = new TreeSet<>(paths.get(path).propertyNames());
                for (String method : METHODS) {
                    Answer answer = ask(server, method, path.replaceAll("\\{.*}", "name"));
                    assertThat(answer.status() != 405)
                            .as(method + " " + path)
                            .isEqualTo(described.contains(method.toLowerCase(Locale.ROOT)));
                    if (answer.status() != 405) {
                        assertThat(paths.at("/" + path.replace("~", "~0").replace("/", "~1") + "/"
                                                + method.toLowerCase(Locale.ROOT) + "/responses")
                                        .propertyNames())
                                .contains(String.valueOf(answer.status()));
                    }
                }
            }
        }
    }

    private static Answer ask(Server server, String method, String path) throws IOException {
        return RawClient.ask(
                server,
                method + " " + path + " HTTP/1.1\r\nHost: a\r\n"
                        + (method.equals("GET") ? "" : "Content-Type: application/json\r\nContent-Length: 2\r\n")
                        + "\r\n" + (method.equals("GET") ? "" : "{}"));
    }

    @Test
    void everyReferenceLeadsSomewhere() throws IOException {
        try (Server server = Server.start(TestRoutes.options().build())) {
            JsonNode document =
                    RawClient.ask(server, RawClient.get("/openapi.json")).json();
            List<String> references = new ArrayList<>();
            collect(document, references);
            assertThat(references)
                    .isNotEmpty()
                    .allSatisfy(reference -> assertThat(
                                    document.at(reference.substring(1)).isMissingNode())
                            .as(reference)
                            .isFalse());
        }
    }

    private static void collect(JsonNode node, List<String> references) {
        if (node.isObject() && node.has("$ref") && node.get("$ref").isString()) {
            references.add(node.get("$ref").asString());
        }
        node.forEach(child -> collect(child, references));
    }

    @Test
    void routesAndDescriptionsOfTheApiAreTheSamePaths() {
        assertThat(ApiEndpoints.operations().keySet())
                .isEqualTo(ApiEndpoints.routes().keySet());
    }
}
