package io.github.llamacpp4j.server;

import io.github.llamacpp4j.OutputConstraint;
import io.github.llamacpp4j.chat.ChatJson;
import io.github.llamacpp4j.chat.ToolChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of a request to {@code /v1/chat/completions}. */
final class ChatFields {

    private static final int MOST_TOP_LOGPROBS = 20;
    private static final int LONGEST_NAME = 512;
    private static final int MOST_VARIABLES = 64;
    private static final int MOST_METADATA = 16;
    private static final List<String> EFFORTS = List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");

    private final ServerOptions options;

    private ChatFields(ServerOptions options) {
        this.options = options;
    }

    /** All fields, with the limits of a server. */
    static FieldTable<ChatBody> table(ServerOptions options) {
        ChatFields fields = new ChatFields(options);
        return FieldTable.of(
                ApiBody.fields(),
                fields.conversation(),
                fields.generation(),
                GenerationFields.of(options),
                labels(),
                refused());
    }

    private List<Field<ChatBody>> conversation() {
        return List.of(
                Field.<ChatBody>of(
                                "messages",
                                Schemas.array(Schemas.reference("ChatMessage"), 1, options.maxMessages()),
                                "The conversation: roles system, developer, user, assistant and tool. Content is text;"
                                        + " image, audio and file parts are refused.",
                                this::readMessages)
                        .required(),
                Field.<ChatBody>of(
                        "tools",
                        Schemas.array(Schemas.reference("Tool"), 0, options.maxTools()),
                        "Functions that the model may call. A call has the syntax of the model's template and arguments that"
                                + " satisfy the function's schema, whether `strict` or not. Custom tools are refused.",
                        this::readTools),
                Field.<ChatBody>of(
                        "tool_choice",
                        Schemas.anyOf(
                                Schemas.choice(List.of("none", "auto", "required")),
                                Schemas.reference("NamedToolChoice"),
                                Schemas.reference("AllowedToolChoice")),
                        "`auto` (default), `none`, `required`, or an object that names a function or allows some of them"
                                + " (`allowed_tools`; the others are then not shown to the model); all are enforced."
                                + " Custom tools are refused.",
                        ChatFields::readToolChoice),
                Field.<ChatBody>flag(
                        "parallel_tool_calls",
                        "If false, an answer ends with its first call. Default true.",
                        ChatBody::parallelToolCalls),
                Field.<ChatBody>choice(
                        "reasoning_effort",
                        EFFORTS,
                        "Given to the template as a variable; `none` also switches thinking off.",
                        ChatFields::readEffort),
                Field.<ChatBody>flag(
                                "enable_thinking",
                                "Switches thinking on or off where the template has a switch.",
                                (body, value) -> body.template(template -> template.enableThinking(value)))
                        .extension(),
                Field.<ChatBody>of(
                                "chat_template_kwargs",
                                Schemas.type("object").put("maxProperties", MOST_VARIABLES),
                                "Variables for the template; they win over other fields.",
                                ChatFields::readVariables)
                        .extension());
    }

    private List<Field<? super ChatBody>> generation() {
        return List.of(
                GenerationFields.maxTokens(
                        "max_tokens",
                        options,
                        "Like `max_completion_tokens`; deprecated by OpenAI. If both are given the"
                                + " last one counts."),
                GenerationFields.maxTokens(
                        "max_completion_tokens",
                        options,
                        "Most tokens of an answer, reasoning included; -1 is no limit. Default: until the model ends or"
                                + " the context is full."),
                Field.<ChatBody>flag(
                        "logprobs",
                        "Reports the log probability of each token of the answer, markup and reasoning" + " included.",
                        ChatBody::logprobs),
                Field.<ChatBody>integer(
                        "top_logprobs",
                        0,
                        MOST_TOP_LOGPROBS,
                        "How many likely tokens to report with each one; needs `logprobs`.",
                        ChatBody::topLogprobs),
                Field.<ChatBody>of(
                        "response_format",
                        Schemas.reference("ResponseFormat"),
                        "`text`, `json_object` or `json_schema`. A schema is enforced token by token; a keyword that cannot be"
                                + " enforced is refused, whether `strict` or not.",
                        this::readFormat));
    }

    private static List<Field<ChatBody>> labels() {
        return List.of(
                Field.<ChatBody>of(
                                "metadata",
                                Schemas.type("object").put("maxProperties", MOST_METADATA),
                                "Would label a stored answer; nothing is stored.",
                                ChatFields::checkMetadata)
                        .withoutEffect(),
                Field.<ChatBody>text(
                                "prompt_cache_key",
                                LONGEST_NAME,
                                "Prefixes are found by their tokens, so no key is needed.",
                                (body, value) -> {})
                        .withoutEffect(),
                Field.<ChatBody>text(
                                "safety_identifier",
                                LONGEST_NAME,
                                "Would name an end user in reports of abuse, of which there are none.",
                                (body, value) -> {})
                        .withoutEffect());
    }

    private static List<Field<ChatBody>> refused() {
        return List.of(
                Field.refused("audio", "the model writes text only"),
                Field.refused("function_call", "it is the deprecated form of 'tool_choice'; use that"),
                Field.refused("functions", "it is the deprecated form of 'tools'; use that"),
                Field.refused("modalities", "the model writes text only", List.of("text")),
                Field.refused("moderation", "nothing is moderated"),
                Field.refused("prediction", "there is no decoding by a given prediction"),
                Field.refused(
                        "prompt_cache_options",
                        "prefixes are found by their tokens and kept as long as there is room",
                        Map.of("mode", "implicit")),
                Field.refused(
                        "prompt_cache_retention", "prefixes are kept in memory as long as there is room", "in_memory"),
                Field.refused("service_tier", "there is one tier", "auto", "default"),
                Field.refused("store", "nothing is stored", false),
                Field.refused("verbosity", "models have no such setting; ask for it in a message", "medium"),
                Field.refused("web_search_options", "there is no access to the web"));
    }

    private void readMessages(Value value, ChatBody body) {
        List<String> unknown = new ArrayList<>();
        body.messages(MessageFields.read(value, options.maxMessages(), unknown));
        FieldTable.report(unknown, body.exchange());
    }

    private void readTools(Value value, ChatBody body) {
        List<String> unknown = new ArrayList<>();
        for (Value item : value.items(0, options.maxTools())) {
            GenerationFields.checkSize(item, options.maxSchemaCharacters());
            MessageFields.collect(item, Set.of("type", "function"), unknown);
            item.ifMember("function", function -> {
                MessageFields.collect(function, Set.of("name", "description", "parameters", "strict"), unknown);
                function.ifMember("strict", Value::flag);
            });
        }
        body.tools(MessageFields.reading(value, () -> ChatJson.tools(value.tree())));
        FieldTable.report(unknown, body.exchange());
    }

    private static void readToolChoice(Value value, ChatBody body) {
        if (value.node().path("type").asString("").equals("allowed_tools")) {
            readAllowedTools(value.member("allowed_tools"), body);
        } else {
            body.toolChoice(choice(value));
        }
    }

    private static void readAllowedTools(Value value, ChatBody body) {
        Value mode = value.member("mode");
        body.toolChoice(
                switch (mode.text()) {
                    case "auto" -> ToolChoice.auto();
                    case "required" -> ToolChoice.required();
                    default -> throw mode.expected("auto or required");
                });
        Set<String> names = new LinkedHashSet<>();
        for (Value tool : value.member("tools").items(1, Integer.MAX_VALUE)) {
            if (!(choice(tool) instanceof ToolChoice.Named named)) {
                throw tool.expected("an object that names a function");
            }
            names.add(named.name());
        }
        body.allowedTools(names);
    }

    private static ToolChoice choice(Value value) {
        return MessageFields.reading(
                value, () -> ChatJson.readToolChoice(value.node().toString()));
    }

    private static void readEffort(ChatBody body, String effort) {
        body.template(template -> template.reasoningEffort(effort));
        if (effort.equals("none")) {
            body.template(template -> template.enableThinking(false));
        }
    }

    private static void readVariables(Value value, ChatBody body) {
        Map<String, Value> members = value.members();
        if (members.size() > MOST_VARIABLES) {
            throw ApiException.invalid(
                    value.path(),
                    value.path() + ": expected at most " + MOST_VARIABLES + " variables, found " + members.size());
        }
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        members.forEach((name, variable) -> variables.put(name, variable.tree()));
        body.template(template -> template.variables(variables));
        if (variables.get("enable_thinking") instanceof Boolean thinking) {
            body.template(template -> template.enableThinking(thinking));
        }
    }

    private void readFormat(Value value, ChatBody body) {
        Map<String, Value> members = value.members();
        List<String> unknown = new ArrayList<>();
        MessageFields.collect(value, Set.of("type", "json_schema", "schema"), unknown);
        value.ifMember("json_schema", schema -> {
            MessageFields.collect(schema, Set.of("name", "description", "schema", "strict"), unknown);
            schema.ifMember("name", Value::text);
            schema.ifMember("description", Value::text);
            schema.ifMember("strict", Value::flag);
        });
        FieldTable.report(unknown, body.exchange());
        String type = value.member("type").text();
        switch (type) {
            case "text" -> {}
            case "json_object" -> {
                Value schema = members.get("schema");
                body.constrain(
                        value, schema == null || schema.isNull() ? OutputConstraint.jsonObject() : constraint(schema));
            }
            case "json_schema" ->
                body.constrain(value, constraint(value.member("json_schema").member("schema")));
            default -> throw value.member("type").expected("one of text, json_object, json_schema");
        }
    }

    private OutputConstraint constraint(Value schema) {
        return GenerationFields.schema(schema, options.maxSchemaCharacters());
    }

    private static void checkMetadata(Value value, ChatBody body) {
        value.members().forEach((name, label) -> label.text(LONGEST_NAME));
    }
}
