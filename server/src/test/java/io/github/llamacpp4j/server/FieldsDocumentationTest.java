package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/server-api.md} against the tables that read the bodies. */
class FieldsDocumentationTest {

    @Test
    void thePageListsEveryFieldAsItIsRead() throws IOException {
        String page = Files.readString(page("server-api.md"));
        ServerOptions options = ServerOptions.defaults();
        assertThat(page).contains(table(ChatFields.table(options)));
        assertThat(page).contains(table(CompletionFields.table(options)));
        assertThat(page).contains(table(EmbeddingBody.table()));
        assertThat(page).contains(table(RerankBody.table(options)));
    }

    /** A page of the documentation. */
    static Path page(String name) {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("docs"))
                ? here.resolve("docs").resolve(name)
                : here.resolveSibling("docs").resolve(name);
    }

    static String table(FieldTable<?> fields) {
        StringBuilder text = new StringBuilder("| field | what becomes of it | notes |\n| --- | --- | --- |\n");
        for (Field<?> field : fields.fields()) {
            String support = switch (field.support()) {
                case HONOURED -> "honoured";
                case EXTENSION -> "extension";
                case NO_EFFECT -> "checked, no effect";
                case REFUSED -> "refused";
            };
            text.append("| `")
                    .append(field.name())
                    .append("` | ")
                    .append(support)
                    .append(field.isRequired() ? ", required" : "")
                    .append(" | ")
                    .append(field.note().replace("|", "\\|"))
                    .append(" |\n");
        }
        return text.toString();
    }
}
