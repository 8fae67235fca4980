package io.github.llamacpp4j.server;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.model.ModelInfo;
import io.github.llamacpp4j.server.Route.Access;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The routes that tell about the server and its model. None of them waits for the engine.
 *
 * <p>The shapes of {@code /props} and {@code /slots} are those of llama-server, as far as this engine has the same notions: a
 * slot here is a share of the engine and not a place, and prompts are never told.
 */
final class StatusRoutes {

    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final ServerState state;
    private final Metrics metrics;
    private final Slots slots;

    StatusRoutes(ServerState state, Metrics metrics, Slots slots) {
        this.state = state;
        this.metrics = metrics;
        this.slots = slots;
    }

    /** Path to route. */
    Map<String, Route> routes() {
        Map<String, Route> routes = new LinkedHashMap<>();
        ObjectNode status = object("status", "string");
        routes.put("/health", open("Whether the server lives and has its model.", status, this::health));
        routes.put("/ready", open("Whether new requests are welcome.", status, this::ready));
        routes.put(
                "/metrics",
                Route.get(
                        Access.KEY,
                        Operation.textQuestion("Metrics for Prometheus.", "text/plain"),
                        exchange -> exchange.text(PROMETHEUS_TEXT, metrics.scrape())));
        routes.put(
                "/props",
                keyed(
                        "What the server is set up to do.",
                        object("total_slots", "integer", "model_alias", "string", "chat_template", "string"),
                        this::properties));
        routes.put(
                "/slots",
                keyed(
                        "What the engine works on; prompts are not shown.",
                        list(object("id", "integer", "n_ctx", "integer", "is_processing", "boolean")),
                        this::slots));
        ObjectNode model = object("id", "string", "object", "string", "created", "integer", "owned_by", "string");
        ObjectNode models = object("object", "string", "data", "array");
        ((ObjectNode) models.get("properties")).set("data", list(model));
        routes.put("/v1/models", keyed("The models.", models, this::models));
        routes.put("/v1/models/{model}", keyed("One model.", model, this::model));
        return routes;
    }

    private static Route open(String summary, ObjectNode reply, Consumer<HttpExchange> handler) {
        return Route.get(Access.OPEN, Operation.question(summary, reply), handler);
    }

    private static Route keyed(String summary, ObjectNode reply, Consumer<HttpExchange> handler) {
        return Route.get(Access.KEY, Operation.question(summary, reply), handler);
    }

    /** The schema of an object with these members, each given by its name and type. */
    private static ObjectNode object(String... members) {
        ObjectNode schema = Json.object().put("type", "object");
        ArrayNode required = schema.putArray("required");
        ObjectNode properties = schema.putObject("properties");
        for (int i = 0; i < members.length; i += 2) {
            required.add(members[i]);
            properties.putObject(members[i]).put("type", members[i + 1]);
        }
        return schema;
    }

    private static ObjectNode list(ObjectNode items) {
        ObjectNode schema = Json.object().put("type", "array");
        schema.set("items", items);
        return schema;
    }

    /** Whether the server lives and has its model; goes on being well while it drains. Waits for nobody. */
    private void health(HttpExchange exchange) {
        requireEngine();
        exchange.json(200, Json.object().put("status", "ok"));
    }

    /** Whether new requests are welcome. */
    private void ready(HttpExchange exchange) {
        if (state.isDraining()) {
            throw ErrorTable.draining();
        }
        requireEngine();
        exchange.json(200, Json.object().put("status", "ready"));
    }

    private void requireEngine() {
        ServedModel model = state.model();
        if (model.generates() && !model.llama().engine().isRunning() && !state.isDraining()) {
            throw ErrorTable.engineFailed();
        }
    }

    private void properties(HttpExchange exchange) {
        ServedModel model = state.model();
        ObjectNode body = Json.object();
        body.putObject("default_generation_settings")
                .put("n_ctx", contextSize(model))
                .set("params", SettingsJson.of(model.options().generation()));
        body.put("total_slots", slotCount(model));
        body.put("model_alias", model.id());
        body.put("model_path", String.valueOf(model.llama().model().path().getFileName()));
        body.put("model_kind", model.kind().name().toLowerCase(Locale.ROOT));
        body.put("chat_template", chatTemplate(model));
        body.putObject("modalities").put("vision", false).put("audio", false);
        body.put("bos_token", spelling(model, true));
        body.put("eos_token", spelling(model, false));
        body.put("build_info", "llamacpp4j");
        exchange.json(200, body);
    }

    private void slots(HttpExchange exchange) {
        ServedModel model = state.model();
        ArrayNode answer = Json.array();
        for (int id = 0; id < slotCount(model); id++) {
            answer.addObject()
                    .put("id", id)
                    .put("n_ctx", contextSize(model))
                    .put("speculative", speculates(model))
                    .put("is_processing", false);
        }
        for (Slots.Work work : slots.inWork()) {
            if (answer.get(work.slot()) instanceof ObjectNode slot) {
                describe(work, slot);
            }
        }
        exchange.json(200, answer);
    }

    private static void describe(Slots.Work work, ObjectNode slot) {
        slot.put("is_processing", true)
                .put("id_task", work.request())
                .put("n_prompt_tokens", work.promptTokens())
                .put("n_prompt_tokens_processed", work.readTokens())
                .put("n_prompt_tokens_cache", work.cachedTokens());
        slot.putArray("next_token").addObject().put("has_next_token", true).put("n_decoded", work.generatedTokens());
    }

    private static boolean speculates(ServedModel model) {
        return model.generates() && model.llama().engine().options().speculativeTokens() > 0;
    }

    private void models(HttpExchange exchange) {
        ObjectNode body = Json.object().put("object", "list");
        ArrayNode data = body.putArray("data");
        state.served().ifPresent(model -> data.add(describe(model)));
        exchange.json(200, body);
    }

    private void model(HttpExchange exchange) {
        ServedModel model = state.model();
        model.requireName(exchange.lastSegment());
        exchange.json(200, describe(model));
    }

    private static ObjectNode describe(ServedModel model) {
        Llama llama = model.llama();
        ModelInfo info = llama.model().info();
        ObjectNode body = Json.object()
                .put("id", model.id())
                .put("object", "model")
                .put("created", model.loadedAt().getEpochSecond())
                .put("owned_by", "llamacpp4j");
        body.putObject("meta")
                .put("kind", model.kind().name().toLowerCase(Locale.ROOT))
                .put("architecture", info.architecture())
                .put("description", info.description())
                .put("n_vocab", llama.tokenizer().size())
                .put("n_ctx", contextSize(model))
                .put("n_ctx_train", info.trainedContextSize())
                .put("n_embd", info.embeddingSize())
                .put("n_params", info.parameterCount())
                .put("size", info.sizeBytes());
        return body;
    }

    /** The template that chats go through, or the model's own if it is none that can be used. */
    private static String chatTemplate(ServedModel model) {
        try {
            return model.llama().chatTemplate().source();
        } catch (ChatException unusable) {
            return model.llama().model().info().chatTemplate().orElse("");
        }
    }

    private static int contextSize(ServedModel model) {
        return model.generates()
                ? model.llama().engine().limits().sequenceCells()
                : model.llama().model().info().trainedContextSize();
    }

    private static int slotCount(ServedModel model) {
        if (!model.generates()) {
            return 1;
        }
        Engine engine = model.llama().engine();
        return engine.options().parallelSequences();
    }

    private static String spelling(ServedModel model, boolean beginning) {
        var special = model.llama().tokenizer().specialTokens();
        var token = beginning ? special.beginning() : special.end();
        return token.isPresent() ? model.llama().tokenizer().spelling(token.getAsInt()) : "";
    }
}
