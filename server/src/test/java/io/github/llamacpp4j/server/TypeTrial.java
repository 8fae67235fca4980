package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.llamacpp4j.server.RawClient.Answer;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends each field that {@code /openapi.json} describes of a request with values of every type. What the description calls invalid
 * must be an error that names the field; nothing may be a fault of the server.
 */
final class TypeTrial {

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "1",
            "-1",
            "-5",
            "1.5",
            "1e400",
            "99999999999999999999",
            "\"\"",
            "\"x\"",
            "\"1\"",
            "[]",
            "{}",
            "[1]",
            "[null]",
            "[[]]",
            "[{}]",
            "{\"a\":1}",
            "{\"type\":\"x\"}",
            "{\"1\":1}");

    private final Server server;
    private final String authorization;
    private final String path;
    private final ObjectNode base;
    private final ObjectNode schema;
    private final Schema validator;

    TypeTrial(Server server, String key, String path, String base) throws IOException {
        this.server = server;
        this.authorization = "Authorization: Bearer " + key;
        this.path = path;
        this.base = (ObjectNode) JsonMapper.shared().readTree(base);
        JsonNode document = RawClient.ask(server, RawClient.get("/openapi.json", authorization))
                .json();
        JsonNode described = document.get("paths").get(path).at("/post/requestBody/content/application~1json/schema");
        schema = described.has("$ref")
                ? (ObjectNode) document.at(described.get("$ref").asString().substring(1))
                : (ObjectNode) described;
        ObjectNode whole = schema.deepCopy();
        whole.set("components", document.get("components"));
        validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(whole);
    }

    void run() throws IOException {
        assertThat(isValid(base.toString())).as("the base of " + path).isTrue();
        try (RawClient client = new RawClient(server)) {
            for (String field : schema.get("properties").propertyNames()) {
                ObjectNode others = base.deepCopy().without(List.of(field));
                String rest = others.isEmpty() ? "}" : "," + others.toString().substring(1);
                for (String value : VALUES) {
                    tryOne(client, field, "{\"" + field + "\":" + value + rest);
                }
            }
        }
    }

    private void tryOne(RawClient client, String field, String body) throws IOException {
        Answer answer = client.send(RawClient.post(path, body, authorization)).answer();
        String trial = path + ' ' + body + ": " + answer.body();
        assertThat(answer.status()).as(trial).isIn(200, 400);
        if (answer.status() == 400) {
            assertThat(answer.json().at("/error/param").asString("")).as(trial).isNotEmpty();
        }
        if (!isValid(body)) {
            assertThat(answer.status()).as(trial).isEqualTo(400);
            assertThat(answer.json().at("/error/param").asString("")).as(trial).startsWith(field);
        }
    }

    private boolean isValid(String body) {
        return validator.validate(body, InputFormat.JSON).isEmpty();
    }
}
