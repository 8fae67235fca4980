package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page for those who come from llama_cpp_ex shows is code that compiles. */
class ComingFromLlamaCppExTest {

    private static final Pattern SNIPPET = Pattern.compile("(?s)// \\[([a-z-]+)]\\n(.*?)\\n *// \\[\\1]");
    private static final Pattern BLOCK = Pattern.compile("(?s)```java\\n(.*?)\\n```");

    @Test
    void everyBlockIsASnippetAndEverySnippetIsShown() throws IOException {
        String source = Files.readString(
                Path.of("src", "test", "java", "io", "github", "llamacpp4j", "ComingFromLlamaCppEx.java"));
        Set<String> snippets = new HashSet<>();
        for (Matcher snippet = SNIPPET.matcher(source); snippet.find(); ) {
            snippets.add(snippet.group(2).stripIndent().strip());
        }
        List<String> blocks = new ArrayList<>();
        for (Matcher block = BLOCK.matcher(Files.readString(Path.of("..", "docs", "coming-from-llamacppex.md")));
                block.find(); ) {
            blocks.add(block.group(1).strip());
        }
        assertThat(blocks).containsExactlyInAnyOrderElementsOf(snippets);
    }
}
