package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.ChatReply;
import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.engine.EngineListener;
import io.github.llamacpp4j.engine.EngineOptions;
import io.github.llamacpp4j.engine.EngineStep;
import io.github.llamacpp4j.server.RawClient.Answer;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What goes over the wire, byte by byte, from a server with a real model. */
class ChatApiIT {

    private static final String CHAT = "/v1/chat/completions";
    private static final String QUESTION =
            "'messages':[{'role':'user','content':'What is the weather in Paris?'}],'temperature':0,'max_completion_tokens':128";
    private static final String TOOLS = "'tools':[{'type':'function','function':{'name':'get_weather','description':"
            + "'Tells the weather in a city','parameters':{'type':'object','properties':{'city':{'type':'string'}},"
            + "'required':['city']}}},{'type':'function','function':{'name':'get_time','description':'Tells the time',"
            + "'parameters':{'type':'object','properties':{'zone':{'type':'string'}},'required':['zone']}}}]";

    private static Llama llama;
    private static Server server;
    private static final Gate GATE = new Gate();

    /**
     * Stops the engine's thread at the first step of a request that came while it was shut, not at what is left of the step before,
     * whose answers are told already.
     */
    private static final class Gate implements EngineListener {
        private volatile CountDownLatch open = new CountDownLatch(0);
        private volatile CountDownLatch reached = new CountDownLatch(1);
        private volatile CountDownLatch ahead = open;

        @Override
        public void admitted(long requestId, String caller, int promptTokens, int cachedTokens, long queuedNanos) {
            ahead = open;
        }

        @Override
        public void stepped(EngineStep step) {
            if (ahead.getCount() > 0) {
                reached.countDown();
            }
            try {
                ahead.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void shut() {
            reached = new CountDownLatch(1);
            open = new CountDownLatch(1);
        }

        void awaitStuck() throws InterruptedException {
            assertThat(reached.await(1, TimeUnit.MINUTES)).isTrue();
        }

        void open() {
            open.countDown();
        }
    }

    @BeforeAll
    static void start() {
        llama = load(engine -> engine.addListener(GATE));
        server = server(TestRoutes.options().heartbeat(Duration.ofMillis(300)).build(), llama);
    }

    private static Llama load(Consumer<EngineOptions.Builder> changes) {
        return Llama.load(
                TestModels.tinychat(),
                LlamaOptions.builder()
                        .context(context -> context.threads(1).batchThreads(1))
                        .engine(engine -> changes.accept(
                                engine.parallelSequences(2).queueCapacity(3).deliveryInterval(Duration.ZERO)))
                        .build());
    }

    private static Server server(ServerOptions options, Llama served) {
        Server started = Server.start(options);
        started.serve("tinychat", served);
        return started;
    }

    @AfterAll
    static void stop() {
        server.close();
        llama.close();
    }

    private static Answer ask(String path, String body) throws IOException {
        return ask(server, path, body);
    }

    private static Answer ask(Server asked, String path, String body) throws IOException {
        return RawClient.ask(asked, RawClient.post(path, "{" + body.replace('\'', '"') + "}"));
    }

    private static JsonNode chat(String members) throws IOException {
        Answer answer = ask(CHAT, QUESTION + "," + members);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    /** The events of a stream but the last, which is checked to be {@code [DONE]}. */
    private static List<JsonNode> stream(Server asked, String members) throws IOException {
        Answer answer = ask(asked, CHAT, QUESTION + ",'stream':true," + members);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        List<String> data = answer.body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
        assertThat(data).last().isEqualTo("[DONE]");
        return data.subList(0, data.size() - 1).stream()
                .map(JsonMapper.shared()::readTree)
                .toList();
    }

    @Test
    void anAnswerIsTheOneThatTheLibraryGives() throws IOException {
        ChatReply direct = llama.chat(
                List.of(ChatMessage.user("What is the weather in Paris?")),
                options -> options.temperature(0).maxTokens(128));
        JsonNode answer = chat("'n':1");
        assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo(direct.text());
        assertThat(answer.at("/usage/completion_tokens").asInt())
                .isEqualTo(direct.usage().generatedTokens());
    }

    @Test
    void anAnswerHasEveryMemberThatTheApiHas() throws IOException {
        JsonNode answer = chat("'logprobs':true,'top_logprobs':2");
        assertThat(answer.get("id").asString()).startsWith("chatcmpl-");
        assertThat(answer.get("object").asString()).isEqualTo("chat.completion");
        assertThat(answer.get("created").asLong()).isPositive();
        assertThat(answer.get("model").asString()).isEqualTo("tinychat");
        assertThat(answer.get("system_fingerprint").asString()).startsWith("fp_");
        JsonNode choice = answer.at("/choices/0");
        assertThat(choice.get("index").asInt()).isZero();
        assertThat(choice.at("/message/role").asString()).isEqualTo("assistant");
        assertThat(choice.at("/message/content").isString()).isTrue();
        assertThat(choice.at("/message").has("refusal")).isTrue();
        assertThat(choice.at("/message/refusal").isNull()).isTrue();
        assertThat(choice.get("finish_reason").asString()).isEqualTo("stop");
        JsonNode token = choice.at("/logprobs/content/0");
        assertThat(token.get("token").isString()).isTrue();
        assertThat(token.get("logprob").asDouble()).isLessThanOrEqualTo(0);
        assertThat(token.get("bytes").isArray()).isTrue();
        assertThat(token.get("top_logprobs")).hasSize(2);
        JsonNode usage = answer.get("usage");
        assertThat(usage.get("total_tokens").asInt())
                .isEqualTo(usage.get("prompt_tokens").asInt()
                        + usage.get("completion_tokens").asInt());
        assertThat(usage.at("/prompt_tokens_details/cached_tokens").isInt()).isTrue();
        assertThat(usage.at("/completion_tokens_details/reasoning_tokens").isInt())
                .isTrue();
        assertThat(chat("'seed':1")
                        .at("/usage/prompt_tokens_details/cached_tokens")
                        .asInt())
                .as("the prompt was read before")
                .isPositive();
        assertThat(chat("'max_tokens':1").at("/choices/0/finish_reason").asString())
                .isEqualTo("length");
    }

    @Test
    void aStreamBeginsWithTheRoleAndEndsWithTheReasonAndWhatWasUsed() throws IOException {
        List<JsonNode> chunks = stream(server, "'stream_options':{'include_usage':true}");
        assertThat(chunks)
                .extracting(chunk -> chunk.get("id").asString())
                .containsOnly(chunks.getFirst().get("id").asString());
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.get("object").asString()).isEqualTo("chat.completion.chunk");
            assertThat(chunk.get("system_fingerprint").asString()).startsWith("fp_");
            assertThat(chunk.has("usage")).isTrue();
        });
        assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        StringBuilder text = new StringBuilder();
        chunks.forEach(chunk -> text.append(chunk.at("/choices/0/delta/content").asString("")));
        assertThat(text.toString())
                .isEqualTo(chat("'n':1").at("/choices/0/message/content").asString());
        JsonNode end = chunks.get(chunks.size() - 2);
        assertThat(end.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(end.get("usage").isNull()).isTrue();
        JsonNode last = chunks.getLast();
        assertThat(last.get("choices")).isEmpty();
        assertThat(last.at("/usage/completion_tokens").asInt()).isPositive();
    }

    @Test
    void toolsAreCalledAsTheChoiceDemands() throws IOException {
        JsonNode required = chat(TOOLS + ",'tool_choice':'required'").at("/choices/0");
        assertThat(required.get("finish_reason").asString()).isEqualTo("tool_calls");
        JsonNode call = required.at("/message/tool_calls/0");
        assertThat(call.get("type").asString()).isEqualTo("function");
        assertThat(call.get("id").asString()).isNotEmpty();
        assertThat(call.at("/function/arguments").isString()).isTrue();
        JsonNode named = chat(TOOLS + ",'tool_choice':{'type':'function','function':{'name':'get_time'}}")
                .at("/choices/0/message/tool_calls");
        assertThat(named).isNotEmpty().allSatisfy(each -> {
            assertThat(each.at("/function/name").asString()).isEqualTo("get_time");
            assertThat(JsonMapper.shared()
                            .readTree(each.at("/function/arguments").asString())
                            .has("zone"))
                    .isTrue();
        });
        JsonNode none = chat(TOOLS + ",'tool_choice':'none'").at("/choices/0");
        assertThat(none.get("message").has("tool_calls")).isFalse();
        assertThat(none.get("finish_reason").asString()).isIn("stop", "length");
        JsonNode auto = chat(TOOLS + ",'tool_choice':'auto'").at("/choices/0");
        assertThat(auto.get("finish_reason").asString())
                .isEqualTo(auto.get("message").has("tool_calls") ? "tool_calls" : "stop");
        JsonNode allowed = chat(TOOLS + ",'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'required',"
                        + "'tools':[{'type':'function','function':{'name':'get_time'}}]}}")
                .at("/choices/0/message/tool_calls");
        assertThat(allowed).isNotEmpty();
        assertThat(allowed.get(0).at("/function/name").asString()).isEqualTo("get_time");
        assertThat(chat(TOOLS + ",'tool_choice':'required','parallel_tool_calls':false")
                        .at("/choices/0/message/tool_calls"))
                .hasSize(1);
    }

    @Test
    void aCallInAStreamHasItsNameOnceAndItsArgumentsInPieces() throws IOException {
        String oneCall = TOOLS + ",'tool_choice':'required','parallel_tool_calls':false";
        JsonNode whole = chat(oneCall).at("/choices/0/message/tool_calls/0/function");
        List<JsonNode> chunks;
        try (Llama inStepWithItsReader = load(engine -> engine.eventCapacity(1));
                Server stepping = server(TestRoutes.options().build(), inStepWithItsReader)) {
            chunks = stream(stepping, oneCall);
        }
        List<JsonNode> deltas = chunks.stream()
                .map(chunk -> chunk.at("/choices/0/delta/tool_calls/0"))
                .filter(delta -> !delta.isMissingNode())
                .toList();
        assertThat(deltas)
                .hasSizeGreaterThan(1)
                .allSatisfy(delta -> assertThat(delta.get("index").asInt()).isZero());
        assertThat(deltas.getFirst().get("id").asString()).isNotEmpty();
        assertThat(deltas.getFirst().get("type").asString()).isEqualTo("function");
        assertThat(deltas.getFirst().at("/function/name").asString())
                .isEqualTo(whole.get("name").asString());
        assertThat(deltas.subList(1, deltas.size())).allSatisfy(delta -> {
            assertThat(delta.has("id")).isFalse();
            assertThat(delta.get("function").has("name")).isFalse();
        });
        StringBuilder arguments = new StringBuilder();
        deltas.forEach(delta -> arguments.append(delta.at("/function/arguments").asString()));
        assertThat(arguments.toString()).isEqualTo(whole.get("arguments").asString());
    }

    @Test
    void formatsAndConstraintsAreKept() throws IOException {
        assertThat(JsonMapper.shared()
                        .readTree(chat("'response_format':{'type':'json_object'},'max_tokens':200")
                                .at("/choices/0/message/content")
                                .asString())
                        .isObject())
                .isTrue();
        assertThat(chat("'grammar':'root ::= \\\"yes\\\" | \\\"no\\\"'")
                        .at("/choices/0/message/content")
                        .asString())
                .isIn("yes", "no");
        assertThat(chat("'json_schema':{'enum':[7]}")
                        .at("/choices/0/message/content")
                        .asString())
                .isEqualTo("7");
        String stopped =
                chat("'stop':['Paris']").at("/choices/0/message/content").asString();
        assertThat(stopped).doesNotContain("Paris");
        assertThat(chat("'n':3").get("choices")).hasSize(3);
    }

    /** Its first tokens are cheap: what it costs is found out on the engine's thread only. */
    @Test
    void aGrammarThatCanBeReadInTooManyWaysIsTheClientsMistake() throws IOException {
        Answer answer = ask(
                CHAT,
                QUESTION
                        + ",'max_tokens':400,'ignore_eos':true,'grammar':'root ::= x x x x x x x x\\nx ::= y y y y | [a-z ]\\ny ::= z? z? z? z?\\nz ::= [a-z ] x z | [a-z ]'");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.errorCode()).isEqualTo("invalid_grammar");
        assertThat(answer.json().at("/error/message").asString()).contains("GrammarLimits.stepsPer");
    }

    @Test
    void whatAGrammarATemplateOrASchemaRefusesIsToldWithItsPlace() throws IOException {
        Answer grammar = ask(CHAT, QUESTION + ",'grammar':'root ::= [a'");
        assertThat(grammar.status()).isEqualTo(400);
        assertThat(grammar.errorCode()).isEqualTo("invalid_grammar");
        assertThat(grammar.json().at("/error/message").asString()).contains("line 1");
        Answer schema = ask(
                CHAT,
                QUESTION
                        + ",'response_format':{'type':'json_schema','json_schema':{'name':'a','schema':{'type':'object',"
                        + "'properties':{'b':{'type':'nonsense'}}}}}");
        assertThat(schema.status()).isEqualTo(400);
        assertThat(schema.errorCode()).isEqualTo("invalid_json_schema");
        assertThat(schema.json().at("/error/message").asString()).contains("/properties/b");
        Answer tool = ask(CHAT, QUESTION + "," + TOOLS.replace("'string'", "'nonsense'"));
        assertThat(tool.status()).isEqualTo(400);
        assertThat(tool.json().at("/error/param").asString()).startsWith("tools");
        Answer large = ask(CHAT, "'messages':[{'role':'user','content':'" + "word ".repeat(9000) + "'}]");
        assertThat(large.status()).isEqualTo(400);
        assertThat(large.errorCode()).isEqualTo("context_length_exceeded");
        assertThat(large.json().at("/error/message").asString())
                .matches(
                        "this model takes \\d+ tokens at most as this server is set up, the request has 9\\d+, what was generated included: shorten it");
    }

    @Test
    void unknownFieldsAreWarningsAndWithStrictErrors() throws IOException {
        Answer lenient = ask(CHAT, QUESTION + ",'max_tokens':1,'foo':1");
        assertThat(lenient.status()).isEqualTo(200);
        assertThat(lenient.header("warnings")).isEqualTo("unknown field ignored: foo");
        try (Server strict = server(TestRoutes.options().strict(true).build(), llama)) {
            String foo = ("{" + QUESTION + ",'foo':1}").replace('\'', '"');
            Answer refused = RawClient.ask(strict, RawClient.post(CHAT, foo));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.errorCode()).isEqualTo("unknown_parameter");
            assertThat(refused.json().at("/error/param").asString()).isEqualTo("foo");
            String other = ("{" + QUESTION + ",'model':'gpt-9'}").replace('\'', '"');
            Answer missing = RawClient.ask(strict, RawClient.post(CHAT, other));
            assertThat(missing.status()).isEqualTo(404);
            assertThat(missing.errorCode()).isEqualTo("model_not_found");
        }
    }

    @Test
    void aRequestThatTakesTooLongIs504AndInAStreamAnEventAndTheEnd() throws IOException {
        try (Server hasty =
                server(TestRoutes.options().deadline(Duration.ofMillis(300)).build(), llama)) {
            String endless = "{" + QUESTION.replace("128", "4000") + ",'ignore_eos':true,'stream':%s}";
            Answer whole = RawClient.ask(
                    hasty, RawClient.post(CHAT, endless.formatted("false").replace('\'', '"')));
            assertThat(whole.status()).isEqualTo(504);
            assertThat(whole.errorCode()).isEqualTo("deadline_exceeded");
            Answer streamed = RawClient.ask(
                    hasty, RawClient.post(CHAT, endless.formatted("true").replace('\'', '"')));
            assertThat(streamed.status()).isEqualTo(200);
            assertThat(streamed.body()).doesNotContain("[DONE]");
            assertThat(streamed.body().strip().lines().toList().getLast())
                    .startsWith("data: {\"error\":")
                    .contains("deadline_exceeded");
        }
    }

    @Test
    void whileTheEngineIsStuckTheServerAnswersAndWaitersGetCommentsAndAFullQueueSaysWhenToComeBack() throws Exception {
        Await.until(() -> llama.engine().stats().activeSequences() == 0);
        GATE.shut();
        List<RawClient> clients = new ArrayList<>();
        try {
            String request = RawClient.post(CHAT, ("{" + QUESTION + ",'stream':true}").replace('\'', '"'));
            clients.add(new RawClient(server).send(request));
            GATE.awaitStuck();
            for (int i = 0; i < 3; i++) {
                clients.add(new RawClient(server).send(request));
            }
            for (RawClient client : clients) {
                assertThat(client.begin().status()).isEqualTo(200);
            }
            for (String path :
                    List.of("/health", "/ready", "/v1/models", "/props", "/slots", "/metrics", "/openapi.json")) {
                assertThat(RawClient.ask(server, RawClient.get(path)).status())
                        .as(path)
                        .isEqualTo(200);
            }
            assertThat(ask("/tokenize", "'content':'Hello'").status()).isEqualTo(200);
            Answer refused = ask(CHAT, QUESTION);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.errorCode()).isEqualTo("queue_full");
            assertThat(Integer.parseInt(refused.header("retry-after"))).isPositive();
            assertThat(comments(clients.getLast())).isGreaterThan(1);
        } finally {
            GATE.open();
        }
        for (RawClient client : clients) {
            StringBuilder rest = new StringBuilder();
            for (byte[] chunk = client.chunk(); chunk.length > 0; chunk = client.chunk()) {
                rest.append(new String(chunk, StandardCharsets.UTF_8));
            }
            assertThat(rest).contains("data: [DONE]");
            client.close();
        }
    }

    private static int comments(RawClient client) throws IOException {
        int comments = 0;
        for (int i = 0; i < 4; i++) {
            comments += new String(client.chunk(), StandardCharsets.UTF_8).startsWith(":") ? 1 : 0;
        }
        return comments;
    }

    @Test
    void promptsAndAnswersAreInNoLog() throws IOException {
        List<String> records;
        try (CapturedLog log = new CapturedLog()) {
            for (String members :
                    List.of("'n':1", "'grammar':'secret42'", "'stop':['secret42']", "'user':'secret42'")) {
                ask(CHAT, QUESTION.replace("Paris", "secret42") + "," + members);
                ask(CHAT, QUESTION.replace("'role'", "'secret42'") + "," + members);
            }
            ask(CHAT, "secret42");
            records = log.records();
        }
        assertThat(records).noneMatch(record -> record.contains("secret42"));
    }

    @Test
    void everyMeterIsOnTheServersPage() throws IOException {
        chat("'n':1");
        String page = Files.readString(FieldsDocumentationTest.page("server.md"));
        assertThat(RawClient.ask(server, RawClient.get("/metrics"))
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("# TYPE "))
                        .map(line -> line.split(" ", -1)[2].replaceFirst("_max$", "")))
                .isNotEmpty()
                .allSatisfy(meter -> assertThat(page).contains("`" + meter + "`"));
    }
}
