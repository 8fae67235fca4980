package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ChatTemplate;
import io.github.llamacpp4j.chat.RenderedPrompt;
import io.github.llamacpp4j.chat.TemplateTokens;
import io.github.llamacpp4j.chat.ToolDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AnswerRulesTest {

    private static final ChatTemplate TEMPLATE = ChatTemplate.builtIn("hermes", new TemplateTokens("", ""));

    private static Object key(Map<String, @Nullable Object> parameters) {
        ChatOptions options = ChatOptions.builder()
                .tools(List.of(new ToolDefinition("f", "", parameters)))
                .build();
        RenderedPrompt prompt = TEMPLATE.render(List.of(ChatMessage.user("q")), options.template());
        return AnswerRules.of(TEMPLATE, prompt, options.template(), options)
                .orElseThrow()
                .key();
    }

    private static Map<String, @Nullable Object> constant(Object value) {
        return Map.of("properties", Map.of("a", Map.of("const", value)));
    }

    @Test
    void toolsThatOnlyLookAlikeInJavaAreToldApart() {
        assertThat(key(constant("1"))).isNotEqualTo(key(constant(1)));
        assertThat(key(constant("true"))).isNotEqualTo(key(constant(true)));
        assertThat(key(constant(List.of("a, b")))).isNotEqualTo(key(constant(List.of("a", "b"))));
    }

    @Test
    void theOrderOfMembersIsThatOfTheGrammar() {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("a", Map.of());
        one.put("b", Map.of());
        Map<String, Object> other = new LinkedHashMap<>();
        other.put("b", Map.of());
        other.put("a", Map.of());

        assertThat(key(Map.of("properties", one))).isNotEqualTo(key(Map.of("properties", other)));
        assertThat(key(Map.of("properties", one))).isEqualTo(key(Map.of("properties", new LinkedHashMap<>(one))));
    }
}
