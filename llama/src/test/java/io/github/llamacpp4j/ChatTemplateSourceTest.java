package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.TemplateTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTemplateSourceTest {

    private static final TemplateTokens TOKENS = new TemplateTokens("<s>", "</s>");
    private static final String DEFAULT = "default {{ messages[0].content }}";
    private static final String TOOL_USE = "tool use {{ messages[0].content }}";
    private static final Map<String, String> METADATA =
            Map.of("tokenizer.chat_template", DEFAULT, "tokenizer.chat_template.tool_use", TOOL_USE);

    private static String source(ChatTemplateSource source, Map<String, String> metadata) {
        return source.template(metadata, TOKENS).source();
    }

    @Test
    void theModelsOwnTemplatesAreFound() {
        assertThat(source(ChatTemplateSource.model(), METADATA)).isEqualTo(DEFAULT);
        assertThat(source(ChatTemplateSource.variant("tool_use"), METADATA)).isEqualTo(TOOL_USE);
        assertThatThrownBy(() -> source(ChatTemplateSource.variant("rag"), METADATA))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("tokenizer.chat_template.rag");
    }

    @Test
    void theModelsOwnTemplateForToolsServesThemUnlessAnotherWasChosen() {
        assertThat(ChatTemplateSource.model()
                        .toolTemplate(METADATA, TOKENS)
                        .orElseThrow()
                        .source())
                .isEqualTo(TOOL_USE);
        assertThat(ChatTemplateSource.modelOr("chatml").toolTemplate(METADATA, TOKENS))
                .isPresent();
        assertThat(ChatTemplateSource.model().toolTemplate(Map.of("tokenizer.chat_template", DEFAULT), TOKENS))
                .isEmpty();
        assertThat(ChatTemplateSource.variant("default").toolTemplate(METADATA, TOKENS))
                .isEmpty();
        assertThat(ChatTemplateSource.text(DEFAULT).toolTemplate(METADATA, TOKENS))
                .isEmpty();
    }

    @Test
    void aFallbackStandsInOnlyWhereItWasChosen() {
        assertThatThrownBy(() -> source(ChatTemplateSource.model(), Map.of())).isInstanceOf(ChatException.class);
        assertThat(source(ChatTemplateSource.modelOr("chatml"), Map.of())).contains("<|im_start|>");
        assertThat(source(ChatTemplateSource.modelOr("chatml"), METADATA)).isEqualTo(DEFAULT);
    }

    @Test
    void aPersonNamesAFileAVariantOrABuiltInTemplate(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("t.jinja"), "file {{ messages[0].content }}");
        assertThat(source(ChatTemplateSource.named(file.toString()), METADATA)).startsWith("file");
        assertThat(source(ChatTemplateSource.file(file), METADATA)).startsWith("file");
        assertThat(source(ChatTemplateSource.named("tool_use"), METADATA)).isEqualTo(TOOL_USE);
        assertThat(source(ChatTemplateSource.named("llama3"), METADATA)).contains("<|start_header_id|>");
        assertThat(source(ChatTemplateSource.text(DEFAULT), Map.of())).isEqualTo(DEFAULT);
        assertThat(source(ChatTemplateSource.builtIn("gemma"), Map.of())).contains("<start_of_turn>");
        assertThatThrownBy(() -> source(ChatTemplateSource.named("no such \\0 thing"), METADATA))
                .isInstanceOf(ChatException.class);
    }
}
