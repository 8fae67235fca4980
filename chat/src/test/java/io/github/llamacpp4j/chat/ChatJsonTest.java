package io.github.llamacpp4j.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

class ChatJsonTest {
    private static final String CONVERSATION = """
            [{"role":"system","content":"Be brief."},\
            {"role":"user","content":[{"type":"text","text":"What is this?"},\
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]},\
            {"role":"assistant","content":null,"reasoning_content":"Hm.","tool_calls":\
            [{"id":"call_1","type":"function","function":{"name":"look","arguments":"{\\"zoom\\":2.5,\\"big\\":12345678901234567890}"}}]},\
            {"role":"tool","tool_call_id":"call_1","name":"look","content":"a cat"},\
            {"role":"assistant","content":"A cat."}]""";

    @Test
    void a_conversation_comes_back_as_it_was_read() {
        List<ChatMessage> messages = ChatJson.readMessages(CONVERSATION);

        assertThat(ChatJson.writeMessages(messages)).isEqualTo(CONVERSATION);
        assertThat(messages.get(2)).isInstanceOfSatisfying(ChatMessage.AssistantMessage.class, answer -> {
            assertThat(answer.reasoning()).isEqualTo("Hm.");
            assertThat(answer.toolCalls().getFirst().arguments().keySet()).containsExactly("zoom", "big");
        });
    }

    @Test
    void arguments_are_read_from_text_and_from_an_object() {
        String call = "[{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":%s}}]}]";

        assertThat(ChatJson.readMessages(call.formatted("{\"a\":1}")))
                .isEqualTo(ChatJson.readMessages(call.formatted("\"{\\\"a\\\":1}\"")));
    }

    @Test
    void the_developer_role_is_the_system_role() {
        assertThat(ChatJson.readMessages("[{\"role\":\"developer\",\"content\":\"x\"}]"))
                .containsExactly(ChatMessage.system("x"));
    }

    @Test
    void tools_come_back_as_they_were_read() {
        String json = "[{\"type\":\"function\",\"function\":{\"name\":\"look\",\"description\":\"Looks.\","
                + "\"parameters\":{\"type\":\"object\",\"properties\":{\"z\":{\"type\":\"number\"},\"a\":{}}}}}]";

        assertThat(ChatJson.writeTools(ChatJson.readTools(json))).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"auto\"",
                "\"none\"",
                "\"required\"",
                "{\"type\":\"function\",\"function\":{\"name\":\"look\"}}"
            })
    void tool_choices_come_back_as_they_were_read(String json) {
        assertThat(ChatJson.write(ChatJson.readToolChoice(json))).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                              | messages: expected an array, found an object",
                "[1]                                             | messages[0]: expected an object, found the number 1",
                "[{\"content\":\"x\"}]                           | messages[0].role: expected a string, found null",
                "[{\"role\":\"robot\",\"content\":\"x\"}]        | messages[0].role: expected system, developer, user",
                "[{\"role\":\"user\",\"content\":7}]             | messages[0].content: expected a string or an array",
                "[{\"role\":\"user\",\"content\":[{\"type\":\"video\"}]}] | messages[0].content[0].type: expected text",
                "[{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{a\"}}]}] | arguments: expected the text of a JSON object",
                "[{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"\"}}]}] | function.name: expected the name of a tool",
                "[{\"role\":\"user\"                             | expected JSON",
            })
    void a_bad_conversation_is_refused_with_place_and_reason(String json, String reason) {
        assertThatThrownBy(() -> ChatJson.readMessages(json))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void too_many_messages_and_too_deep_values_are_refused() {
        String message = "{\"role\":\"user\",\"content\":\"x\"}";
        assertThatThrownBy(() ->
                        ChatJson.readMessages("[" + (message + ",").repeat(ChatJson.MAX_MESSAGES) + message + "]"))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("at most 10000");
        assertThatThrownBy(() -> ChatJson.readMessages("[1e99999999999999]")).isInstanceOf(ChatException.class);
        assertThatThrownBy(() -> ChatJson.readMessages("[".repeat(500)))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("nesting");
    }

    @Test
    void a_message_does_not_change_with_the_map_it_was_made_from() {
        Map<String, @Nullable Object> arguments = new java.util.HashMap<>(Map.of("a", 1));
        ToolCall call = new ToolCall("", "f", arguments);
        arguments.put("b", 2);

        assertThat(call.arguments()).isEqualTo(Map.of("a", 1L));
        assertThatThrownBy(() -> call.arguments().put("c", 3)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void any_jackson_mapper_reads_and_writes_the_same_shape() {
        record Request(List<ChatMessage> messages, List<ToolDefinition> tools, ToolChoice tool_choice) {}
        JsonMapper mapper = JsonMapper.shared();
        String json = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":null,"
                + "\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"name\":\"f\",\"content\":\"ok\"}],"
                + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"F.\",\"parameters\":{}}}],"
                + "\"tool_choice\":\"auto\"}";

        Request request = mapper.readValue(json, Request.class);

        ToolCall call = new ToolCall("c1", "f", Map.of("a", 1));
        assertThat(request.messages())
                .containsExactly(
                        ChatMessage.user("Hi"),
                        new ChatMessage.AssistantMessage("", "", List.of(call)),
                        ChatMessage.toolResult(call, "ok"));
        assertThat(mapper.writeValueAsString(request)).isEqualTo(json);
        assertThat(mapper.writeValueAsString(ChatMessage.user("Hi"))).isEqualTo(ChatJson.write(ChatMessage.user("Hi")));
        assertThat(mapper.readValue(ChatJson.write(ChatMessage.user("Hi")), ChatMessage.UserMessage.class))
                .isEqualTo(ChatMessage.user("Hi"));
        assertThat(mapper.readValue("{\"type\":\"text\",\"text\":\"x\"}", ContentPart.class))
                .isEqualTo(ContentPart.text("x"));
        assertThat(mapper.readValue("null", ToolChoice.class)).isNull();
    }

    @Test
    void a_jackson_mapper_says_what_was_expected() {
        JsonMapper mapper = JsonMapper.shared();

        assertThatThrownBy(() -> mapper.readValue("{\"role\":\"robot\"}", ChatMessage.class))
                .isInstanceOf(MismatchedInputException.class)
                .hasMessageContaining("expected system, developer, user, assistant or tool, found \"robot\"");
        assertThatThrownBy(() ->
                        mapper.readValue("{\"role\":\"user\",\"content\":\"x\"}", ChatMessage.SystemMessage.class))
                .isInstanceOf(MismatchedInputException.class)
                .hasMessageContaining("expected a SystemMessage, found a UserMessage");
    }
}
