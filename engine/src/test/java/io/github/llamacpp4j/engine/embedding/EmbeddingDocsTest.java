package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/embeddings.md} to code that compiles and runs. */
class EmbeddingDocsTest {

    @Test
    void theSnippetsOfThePageAreThoseOfTheExample() throws IOException {
        Path module = Path.of("").toAbsolutePath();
        String page = Files.readString(module.resolveSibling("docs/embeddings.md"));
        int found = 0;
        for (String test : new String[] {
            "engine/src/test/java/io/github/llamacpp4j/engine/embedding/LuceneExampleIT.java",
            "engine/src/test/java/io/github/llamacpp4j/engine/embedding/EmbeddingDocsIT.java",
            "llama/src/test/java/io/github/llamacpp4j/LlamaRetrievalIT.java"
        }) {
            String code = Files.readString(module.resolveSibling(test));
            Matcher region = Pattern.compile("// docs:(?!end)\\w+\\n(.*?)\\n *// docs:end", Pattern.DOTALL)
                    .matcher(code);
            while (region.find()) {
                found++;
                assertThat(page).contains(region.group(1).stripIndent());
            }
        }
        assertThat(found).isEqualTo(7);
    }
}
