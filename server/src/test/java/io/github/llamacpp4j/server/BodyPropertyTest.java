package io.github.llamacpp4j.server;

import io.github.llamacpp4j.GenerationOptions;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Whatever JSON a body holds, it is read or refused in the words of the API; nothing else is thrown. */
class BodyPropertyTest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final FieldTable<ChatBody> CHAT = ChatFields.table(ServerOptions.defaults());
    private static final FieldTable<CompletionBody> COMPLETION = CompletionFields.table(ServerOptions.defaults());
    private static final FieldTable<EmbeddingBody> EMBEDDING = EmbeddingBody.table();
    private static final FieldTable<RerankBody> RERANK = RerankBody.table(ServerOptions.defaults());

    @Property(tries = 300)
    void chat(@ForAll("chatBodies") ObjectNode json) {
        try {
            ChatBody.read(CHAT, TestExchange.of(json), TestExchange.tokens(), GenerationOptions.defaults())
                    .options();
        } catch (ApiException expected) {
            require(expected);
        }
    }

    @Property(tries = 200)
    void completion(@ForAll("completionBodies") ObjectNode json) {
        try {
            CompletionBody.read(COMPLETION, TestExchange.of(json), TestExchange.tokens(), GenerationOptions.defaults())
                    .options();
        } catch (ApiException expected) {
            require(expected);
        }
    }

    @Property(tries = 100)
    void embedding(@ForAll("embeddingBodies") ObjectNode json) {
        TestExchange exchange = TestExchange.of(json);
        try {
            EMBEDDING.read(
                    exchange, new EmbeddingBody(exchange, TestExchange.tokens().count()));
        } catch (ApiException expected) {
            require(expected);
        }
    }

    @Property(tries = 100)
    void rerank(@ForAll("rerankBodies") ObjectNode json) {
        TestExchange exchange = TestExchange.of(json);
        try {
            RERANK.read(exchange, new RerankBody(exchange));
        } catch (ApiException expected) {
            require(expected);
        }
    }

    private static void require(ApiException error) {
        if (error.status() != 400 || error.param().isEmpty() || error.text().isBlank()) {
            throw new AssertionError("expected 400 with a field and a reason, got " + error.status(), error);
        }
    }

    @Provide
    Arbitrary<ObjectNode> chatBodies() {
        return bodies(CHAT, "messages", "[{\"role\":\"user\",\"content\":\"x\"}]");
    }

    @Provide
    Arbitrary<ObjectNode> completionBodies() {
        return bodies(COMPLETION, "prompt", "\"x\"");
    }

    @Provide
    Arbitrary<ObjectNode> embeddingBodies() {
        return bodies(EMBEDDING, "input", "\"x\"");
    }

    @Provide
    Arbitrary<ObjectNode> rerankBodies() {
        return bodies(RERANK, "query", "\"x\"");
    }

    private static Arbitrary<ObjectNode> bodies(FieldTable<?> table, String required, String usual) {
        List<String> names = new ArrayList<>();
        table.fields().forEach(field -> names.add(field.name()));
        names.add("unknown");
        return Arbitraries.maps(Arbitraries.of(names), values(3)).ofMaxSize(4).map(members -> {
            ObjectNode body = NODES.objectNode();
            body.set(required, TestExchange.of("{\"v\":" + usual + "}").body().get("v"));
            members.forEach(body::set);
            return body;
        });
    }

    private static Arbitrary<JsonNode> values(int depth) {
        Arbitrary<JsonNode> scalars = Arbitraries.oneOf(
                Arbitraries.of(
                        NODES.nullNode(),
                        NODES.booleanNode(true),
                        NODES.booleanNode(false),
                        NODES.numberNode(0),
                        NODES.numberNode(-1),
                        NODES.numberNode(1e300),
                        NODES.numberNode(new BigDecimal("1e400")),
                        NODES.numberNode(new BigInteger("99999999999999999999")),
                        NODES.stringNode(""),
                        NODES.stringNode("function"),
                        NODES.stringNode("json_schema"),
                        NODES.stringNode("root ::= \"a\"")),
                Arbitraries.integers().map(NODES::numberNode),
                Arbitraries.doubles().between(-2, 2).map(NODES::numberNode),
                Arbitraries.strings().ofMaxLength(8).map(NODES::stringNode));
        if (depth == 0) {
            return scalars;
        }
        Arbitrary<JsonNode> inner = values(depth - 1);
        return Arbitraries.oneOf(
                scalars,
                inner.list().ofMaxSize(3).map(items -> {
                    ArrayNode array = NODES.arrayNode();
                    items.forEach(array::add);
                    return array;
                }),
                Arbitraries.maps(
                                Arbitraries.of(
                                        "type",
                                        "function",
                                        "name",
                                        "role",
                                        "content",
                                        "schema",
                                        "json_schema",
                                        "5",
                                        "x"),
                                inner)
                        .ofMaxSize(3)
                        .map(members -> {
                            ObjectNode object = NODES.objectNode();
                            members.forEach(object::set);
                            return object;
                        }));
    }
}
