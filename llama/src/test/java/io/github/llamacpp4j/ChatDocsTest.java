package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ChatDocsTest {

    private static final Pattern SNIPPET =
            Pattern.compile("// docs:(?!end|cut|resume)\\w+\\n(.*?)\\n *// docs:end", Pattern.DOTALL);
    private static final Pattern CUT = Pattern.compile(" *// docs:cut\\n.*?// docs:resume\\n", Pattern.DOTALL);

    @Test
    void theSnippetsOfThePageCompile() throws IOException {
        Path module = Path.of("").toAbsolutePath();
        String page = Files.readString(module.resolveSibling("docs/chat.md"));
        String code = Files.readString(module.resolve("src/test/java/io/github/llamacpp4j/ChatDocs.java"));
        Matcher snippet = SNIPPET.matcher(code);
        int found = 0;
        while (snippet.find()) {
            found++;
            assertThat(page)
                    .contains(CUT.matcher(snippet.group(1)).replaceAll("").stripIndent());
        }
        assertThat(found).isEqualTo(5).isEqualTo(page.split("```java", -1).length - 1);
    }
}
