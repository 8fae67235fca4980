package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.openai.models.ReasoningEffort;
import com.openai.models.chat.completions.ChatCompletionAssistantMessageParam;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionCreateParams.ServiceTier;
import com.openai.models.chat.completions.ChatCompletionCreateParams.Verbosity;
import com.openai.models.chat.completions.ChatCompletionDeveloperMessageParam;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionSystemMessageParam;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.chat.completions.ChatCompletionUserMessageParam;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.github.llamacpp4j.GenerationOptions;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every request field that OpenAI documents has its place in our tables. The names come from OpenAI's own client, so that a new
 * version of it with a new field fails here.
 */
class OpenAiFieldsTest {

    private static final ServerOptions OPTIONS = ServerOptions.defaults();
    private static final List<String> LOCAL = List.of(
            "top_k",
            "min_p",
            "typical_p",
            "repeat_penalty",
            "dry_multiplier",
            "dry_base",
            "dry_allowed_length",
            "dry_penalty_last_n",
            "dry_sequence_breakers",
            "xtc_probability",
            "xtc_threshold",
            "mirostat",
            "mirostat_tau",
            "mirostat_eta",
            "grammar",
            "json_schema",
            "cache_prompt",
            "n_probs",
            "timings_per_token",
            "ignore_eos",
            "n_predict");

    /** The names under which the client writes an object's members. */
    private static Set<String> members(Class<?> model) {
        Set<String> names = Arrays.stream(model.getMethods())
                .filter(method -> method.getName().startsWith("_"))
                .map(method -> method.getAnnotation(JsonProperty.class))
                .filter(property -> property != null)
                .map(JsonProperty::value)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(names).isNotEmpty();
        return names;
    }

    private static Set<String> names(FieldTable<?> table) {
        return table.fields().stream().map(Field::name).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyFieldOfAChatIsKnown() {
        assertThat(names(ChatFields.table(OPTIONS)))
                .containsAll(members(ChatCompletionCreateParams.Body.class))
                .contains("stream", "chat_template_kwargs", "enable_thinking", "reasoning_effort")
                .containsAll(LOCAL);
    }

    @Test
    void everyFieldOfACompletionIsKnown() {
        assertThat(names(CompletionFields.table(OPTIONS)))
                .containsAll(members(CompletionCreateParams.Body.class))
                .contains("stream")
                .containsAll(LOCAL);
    }

    @Test
    void everyFieldOfAnEmbeddingIsKnown() {
        assertThat(names(EmbeddingBody.table())).isEqualTo(members(EmbeddingCreateParams.Body.class));
    }

    @Test
    void everyOptionOfAStreamIsKnown() {
        String options = members(ChatCompletionStreamOptions.class).stream()
                .map(name -> "'" + name + "':null")
                .collect(Collectors.joining(","));
        assertThat(read("'stream_options':{" + options + "}").warnings()).isEmpty();
    }

    @Test
    void everyReasoningEffortReachesTheTemplate() throws ReflectiveOperationException {
        for (ReasoningEffort effort : constants(ReasoningEffort.class)) {
            assertThat(read("'reasoning_effort':'" + effort.asString() + "'").warnings())
                    .isEmpty();
        }
    }

    @Test
    void everyOtherChoiceIsTakenOrRefusedByName() throws ReflectiveOperationException {
        for (ServiceTier tier : constants(ServiceTier.class)) {
            takenOrRefused("service_tier", tier.asString());
        }
        for (Verbosity verbosity : constants(Verbosity.class)) {
            takenOrRefused("verbosity", verbosity.asString());
        }
    }

    private static void takenOrRefused(String field, String value) {
        try {
            assertThat(read("'" + field + "':'" + value + "'").warnings()).isEmpty();
        } catch (ApiException refusal) {
            assertThat(refusal.code()).hasValue("unsupported_parameter");
            assertThat(refusal.param()).hasValue(field);
        }
    }

    @Test
    void everyMemberOfAMessageIsReadOrRefusedByName() {
        members("system", ChatCompletionSystemMessageParam.class);
        members("developer", ChatCompletionDeveloperMessageParam.class);
        members("user", ChatCompletionUserMessageParam.class);
        members("assistant", ChatCompletionAssistantMessageParam.class);
        members("tool", ChatCompletionToolMessageParam.class);
        for (String refused : List.of("audio", "function_call")) {
            ApiException error = catchThrowableOfType(
                    ApiException.class,
                    () -> read("'messages':[{'role':'assistant','content':'x','" + refused + "':{}}]"));
            assertThat(error.code()).hasValue("unsupported_parameter");
            assertThat(error.param()).hasValue("messages[0]." + refused);
        }
    }

    private static void members(String role, Class<?> model) {
        Map<String, Object> message = new LinkedHashMap<>();
        members(model).forEach(name -> message.put(name, null));
        message.put("role", role);
        message.put("content", "Hello");
        String json = JsonMapper.shared().writeValueAsString(List.of(message));
        assertThat(read("'messages':" + json.replace('"', '\'')).warnings())
                .as(role)
                .isEmpty();
    }

    @Test
    void whatIsUnknownInsideIsTold() {
        assertThat(read("'messages':[{'role':'user','content':'x','mood':'good'}],"
                                + "'tools':[{'type':'function','function':{'name':'f','extra':1}}],"
                                + "'response_format':{'type':'json_schema','json_schema':{'schema':{},'more':1}}")
                        .warnings())
                .containsExactlyInAnyOrder(
                        "unknown field ignored: messages[0].mood",
                        "unknown field ignored: tools[0].function.extra",
                        "unknown field ignored: response_format.json_schema.more");
    }

    private static <T> List<T> constants(Class<T> type) throws ReflectiveOperationException {
        List<T> values = new ArrayList<>();
        for (java.lang.reflect.Field field : type.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == type) {
                values.add(type.cast(field.get(null)));
            }
        }
        assertThat(values).isNotEmpty();
        return values;
    }

    private static TestExchange read(String members) {
        String messages = members.contains("'messages'") ? "" : "'messages':[{'role':'user','content':'Hello'}],";
        TestExchange exchange = TestExchange.of("{" + messages + members + "}");
        ChatBody.read(ChatFields.table(OPTIONS), exchange, TestExchange.tokens(), GenerationOptions.defaults());
        return exchange;
    }
}
