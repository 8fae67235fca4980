package io.github.llamacpp4j.server;

import static io.github.llamacpp4j.server.Schemas.anyOf;
import static io.github.llamacpp4j.server.Schemas.array;
import static io.github.llamacpp4j.server.Schemas.choice;
import static io.github.llamacpp4j.server.Schemas.member;
import static io.github.llamacpp4j.server.Schemas.nullable;
import static io.github.llamacpp4j.server.Schemas.object;
import static io.github.llamacpp4j.server.Schemas.optional;
import static io.github.llamacpp4j.server.Schemas.reference;
import static io.github.llamacpp4j.server.Schemas.type;

import io.github.llamacpp4j.server.Schemas.Member;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** The schemas of bodies and answers in the OpenAPI description; those of bodies come from the tables that read them. */
final class ApiSchemas {

    private static final int ANY = Integer.MAX_VALUE;

    private ApiSchemas() {}

    /** Name to schema. */
    static Map<String, ObjectNode> all(ServerOptions options) {
        Map<String, ObjectNode> schemas = new LinkedHashMap<>();
        schemas.put("ChatRequest", ChatFields.table(options).schema());
        schemas.put("CompletionRequest", CompletionFields.table(options).schema());
        schemas.put("EmbeddingRequest", EmbeddingBody.table().schema());
        schemas.put("RerankRequest", RerankBody.table(options).schema());
        parts(schemas);
        replies(schemas);
        return schemas;
    }

    private static void parts(Map<String, ObjectNode> schemas) {
        ObjectNode text = object(member("type", choice(List.of("text"))), member("text", type("string")));
        ObjectNode content = anyOf(type("string"), array(text, 0, ANY));
        Member name = optional("name", nullable(type("string")));
        schemas.put(
                "ChatMessage",
                anyOf(
                        object(
                                member("role", choice(List.of("system", "developer", "user"))),
                                member("content", content),
                                name),
                        object(
                                member("role", choice(List.of("assistant"))),
                                member("content", content),
                                optional("reasoning_content", nullable(type("string"))),
                                optional("refusal", nullable(type("string"))),
                                name,
                                optional("tool_calls", nullable(array(reference("ToolCall"), 0, ANY)))),
                        object(
                                member("role", choice(List.of("assistant"))),
                                optional("content", nullable(content)),
                                member("tool_calls", array(reference("ToolCall"), 1, ANY))),
                        object(
                                member("role", choice(List.of("tool"))),
                                member("content", content),
                                optional("tool_call_id", nullable(type("string"))),
                                name)));
        schemas.put(
                "ToolCall",
                object(
                        optional("id", type("string")),
                        optional("type", choice(List.of("function"))),
                        member(
                                "function",
                                object(
                                        member("name", type("string").put("minLength", 1)),
                                        member("arguments", argumentsSchema())))));
        schemas.put(
                "Tool",
                object(
                        member("type", choice(List.of("function"))),
                        member(
                                "function",
                                object(
                                        member(
                                                "name",
                                                type("string")
                                                        .put("minLength", 1)
                                                        .put("maxLength", 256)),
                                        optional("description", type("string")),
                                        optional("parameters", type("object")),
                                        optional("strict", nullable(type("boolean")))))));
        schemas.put(
                "NamedToolChoice",
                object(
                        member("type", choice(List.of("function"))),
                        member("function", object(member("name", type("string"))))));
        schemas.put(
                "AllowedToolChoice",
                object(
                        member("type", choice(List.of("allowed_tools"))),
                        member(
                                "allowed_tools",
                                object(
                                        member("mode", choice(List.of("auto", "required"))),
                                        member("tools", array(reference("NamedToolChoice"), 1, ANY))))));
        schemas.put(
                "ResponseFormat",
                anyOf(
                        object(member("type", choice(List.of("text")))),
                        object(member("type", choice(List.of("json_object"))), optional("schema", type("object"))),
                        object(
                                member("type", choice(List.of("json_schema"))),
                                member(
                                        "json_schema",
                                        object(
                                                optional("name", type("string")),
                                                optional("strict", nullable(type("boolean"))),
                                                member("schema", type("object")))))));
    }

    /** The text of a JSON object; as others have it, also the object itself. */
    private static ObjectNode argumentsSchema() {
        ObjectNode text = type("string").put("contentMediaType", "application/json");
        text.putArray("examples").add("{}");
        return anyOf(type("object"), text);
    }

    private static void replies(Map<String, ObjectNode> schemas) {
        ObjectNode count = type("integer").put("minimum", 0);
        schemas.put(
                "Usage",
                object(
                        member("prompt_tokens", count),
                        member("completion_tokens", count),
                        member("total_tokens", count),
                        member("prompt_tokens_details", object(member("cached_tokens", count))),
                        member("completion_tokens_details", object(member("reasoning_tokens", count)))));
        schemas.put(
                "Timings",
                object(
                        optional("cache_n", count),
                        member("prompt_n", count),
                        member("prompt_ms", type("number")),
                        member("prompt_per_token_ms", type("number")),
                        member("prompt_per_second", type("number")),
                        member("predicted_n", count),
                        member("predicted_ms", type("number")),
                        member("predicted_per_token_ms", type("number")),
                        member("predicted_per_second", type("number"))));
        ObjectNode message = object(
                member("role", choice(List.of("assistant"))),
                member("content", nullable(type("string"))),
                optional("reasoning_content", type("string")),
                optional("tool_calls", array(reference("ToolCall"), 1, ANY)));
        schemas.put("ChatReply", reply("chat.completion", "message", message, true));
        schemas.put("ChatChunk", reply("chat.completion.chunk", "delta", type("object"), false));
        schemas.put("CompletionReply", reply("text_completion", "text", type("string"), false));
        schemas.put(
                "EmbeddingReply",
                object(
                        member("object", choice(List.of("list"))),
                        member("model", type("string")),
                        member(
                                "data",
                                array(
                                        object(
                                                member("object", choice(List.of("embedding"))),
                                                member("index", count),
                                                member(
                                                        "embedding",
                                                        anyOf(type("string"), array(type("number"), 1, ANY)))),
                                        1,
                                        ANY)),
                        member("usage", retrievalUsage())));
        schemas.put(
                "RerankReply",
                object(
                        member("model", type("string")),
                        member(
                                "results",
                                array(
                                        object(
                                                member("index", count),
                                                member("relevance_score", type("number")),
                                                optional("document", object(member("text", type("string"))))),
                                        0,
                                        ANY)),
                        member("usage", retrievalUsage())));
    }

    private static ObjectNode reply(String kind, String part, ObjectNode schema, boolean whole) {
        ObjectNode choice = object(
                member("index", type("integer").put("minimum", 0)),
                member(part, schema),
                optional("logprobs", nullable(type("object"))),
                member("finish_reason", whole ? type("string") : nullable(type("string"))));
        ObjectNode usage = whole ? reference("Usage") : nullable(reference("Usage"));
        return object(
                member("id", type("string")),
                member("object", choice(List.of(kind))),
                member("created", type("integer")),
                member("model", type("string")),
                member("system_fingerprint", type("string")),
                member("choices", array(choice, 0, ANY)),
                whole ? member("usage", usage) : optional("usage", usage),
                optional("timings", reference("Timings")));
    }

    private static ObjectNode retrievalUsage() {
        ObjectNode count = type("integer").put("minimum", 0);
        return object(member("prompt_tokens", count), member("total_tokens", count));
    }
}
