package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages in {@code docs/} show snippets of classes beside this one, so they compile. */
class DocsPagesTest {

    private static final Pattern SNIPPET =
            Pattern.compile("// docs:(?!end|cut|resume)\\w+\\n(.*?)\\n *// docs:end", Pattern.DOTALL);
    private static final Pattern CUT = Pattern.compile(" *// docs:cut\\n.*?// docs:resume\\n", Pattern.DOTALL);

    @ParameterizedTest
    @CsvSource({"chat.md, ChatDocs.java, 5", "structured-output.md, StructuredOutputDocs.java, 6"})
    void theSnippetsOfThePageCompile(String pageName, String codeName, int snippets) throws IOException {
        Path module = Path.of("").toAbsolutePath();
        String page = Files.readString(module.resolveSibling("docs").resolve(pageName));
        String code = Files.readString(
                module.resolve("src/test/java/io/github/llamacpp4j").resolve(codeName));
        Matcher snippet = SNIPPET.matcher(code);
        int found = 0;
        while (snippet.find()) {
            found++;
            assertThat(page)
                    .contains(CUT.matcher(snippet.group(1)).replaceAll("").stripIndent());
        }
        assertThat(found).isEqualTo(snippets).isEqualTo(page.split("```java", -1).length - 1);
    }
}
