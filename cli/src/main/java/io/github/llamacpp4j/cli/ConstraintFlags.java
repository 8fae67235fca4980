package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.OutputConstraint;
import io.github.llamacpp4j.grammar.SchemaOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the model may write, as command-line options and as members of a batch line; one of them at most. */
final class ConstraintFlags {

    @Option(names = "--grammar", paramLabel = "FILE", description = "Allow only what the GBNF grammar in FILE allows.")
    @Nullable
    Path grammar;

    @Option(names = "--grammar-text", paramLabel = "GBNF", description = "Allow only what this GBNF grammar allows.")
    @Nullable
    String grammarText;

    @Option(
            names = "--schema-file",
            paramLabel = "FILE",
            description = "Allow only JSON that satisfies the schema in FILE.")
    @Nullable
    Path schemaFile;

    @Option(names = "--json-schema", paramLabel = "JSON", description = "Allow only JSON that satisfies this schema.")
    @Nullable
    String jsonSchema;

    @Option(
            names = "--json",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Allow only a JSON object.")
    @Nullable
    Boolean json;

    @Option(names = "--regex", paramLabel = "PATTERN", description = "Allow only text that matches PATTERN as a whole.")
    @Nullable
    String regex;

    @Option(names = "--choice", paramLabel = "TEXT", description = "Allow only TEXT; may be repeated for more choices.")
    List<String> choice = new ArrayList<>();

    @Option(
            names = "--json-whitespace",
            paramLabel = "POLICY",
            description = "White space in JSON under a schema: ${COMPLETION-CANDIDATES} (default SINGLE_SPACE).")
    SchemaOptions.@Nullable Whitespace whitespace;

    Optional<OutputConstraint> toConstraint() {
        List<OutputConstraint> given = new ArrayList<>();
        Flags.set(grammar, file -> given.add(OutputConstraint.gbnf(text(file))));
        Flags.set(grammarText, text -> given.add(OutputConstraint.gbnf(text)));
        Flags.set(schemaFile, file -> given.add(OutputConstraint.jsonSchema(text(file), schemaOptions())));
        Flags.set(jsonSchema, text -> given.add(OutputConstraint.jsonSchema(text, schemaOptions())));
        if (Boolean.TRUE.equals(json)) {
            given.add(OutputConstraint.jsonObject());
        }
        Flags.set(regex, pattern -> given.add(OutputConstraint.regex(pattern)));
        if (!choice.isEmpty()) {
            given.add(OutputConstraint.choice(choice));
        }
        if (given.size() > 1) {
            throw new CommandFailure(
                    "usage",
                    "give one of --grammar, --grammar-text, --schema-file, --json-schema, --json, --regex and --choice");
        }
        return given.stream().findFirst();
    }

    private SchemaOptions schemaOptions() {
        SchemaOptions.Builder options = SchemaOptions.builder();
        Flags.set(whitespace, options::whitespace);
        return options.build();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CommandFailure("usage", "cannot read " + file + ": " + e.getMessage());
        }
    }
}
