package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.gguf.GgufException;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufVocabulary;
import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.GrammarMatch;
import io.github.llamacpp4j.grammar.SchemaGrammar;
import io.github.llamacpp4j.grammar.SchemaOptions;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;

/** {@code grammar}: checks texts against GBNF grammars and JSON Schemas, and turns schemas into GBNF. */
@Command(
        name = "grammar",
        description = "Check texts against a GBNF grammar or a JSON Schema, or write a schema as GBNF.",
        mixinStandardHelpOptions = true)
final class GrammarCommand implements Callable<Integer>, CheckedFlags {
    private static final int NOT_ACCEPTED = 1;

    private final Terminal terminal;

    @ArgGroup
    private @Nullable Source source;

    private static final class Source {
        @Option(names = "--gbnf", paramLabel = "FILE", description = "A grammar in GBNF.")
        private @Nullable Path gbnf;

        @Option(names = "--schema", paramLabel = "FILE", description = "A JSON Schema.")
        private @Nullable Path schema;

        @Option(
                names = "--jsonl",
                description = "Answer requests from standard input, one JSON object per line: "
                        + "{\"gbnf\":…|\"schema\":…,\"draft\":…,\"texts\":[…]}.")
        private boolean batch;
    }

    @Option(names = "--to-gbnf", description = "Write the grammar as GBNF instead of checking standard input.")
    private boolean toGbnf;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "FILE",
            description = "A GGUF file whose vocabulary gives token names their ids.")
    private @Nullable Path model;

    @Option(names = "--draft", paramLabel = "DRAFT", description = "2020-12 or 7; default: what $schema says.")
    private @Nullable String draft;

    @Option(
            names = "--whitespace",
            paramLabel = "POLICY",
            defaultValue = "OPTIONAL_SPACE",
            description = "COMPACT, SINGLE_SPACE, OPTIONAL_SPACE (default) or FREE.")
    private SchemaOptions.Whitespace whitespace = SchemaOptions.Whitespace.OPTIONAL_SPACE;

    @Option(
            names = "--validate-afterwards",
            description = "Leave out keywords that cannot be enforced, and name them, instead of refusing the schema.")
    private boolean validateAfterwards;

    GrammarCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void check() {
        options();
    }

    private SchemaOptions options() {
        return SchemaOptions.builder()
                .draft(draft == null ? SchemaOptions.Draft.DETECT : GrammarChecking.draft(draft))
                .whitespace(whitespace)
                .validateAfterwards(validateAfterwards)
                .build();
    }

    @Override
    public Integer call() throws IOException {
        if (source == null) {
            throw new CommandFailure("usage", "name a grammar with --gbnf FILE or --schema FILE, or use --jsonl");
        }
        TokenVocabulary vocabulary = model == null ? TokenVocabulary.empty() : vocabulary(model);
        SchemaOptions options = options();
        if (source.batch) {
            return new JsonLines(terminal, Json.EXACT).run(new GrammarChecking(vocabulary, options));
        }
        Grammar grammar = grammar(source, vocabulary, options);
        if (toGbnf) {
            terminal.out().print(grammar.toGbnf());
            return 0;
        }
        String text = new String(terminal.in().readAllBytes(), StandardCharsets.UTF_8);
        GrammarMatch match = grammar.compile(vocabulary).match(text);
        terminal.out()
                .println(match.state().name().toLowerCase(Locale.ROOT)
                        + (match.deadAt().isPresent()
                                ? " at character " + match.deadAt().getAsInt()
                                : ""));
        return match.isAccepted() ? 0 : NOT_ACCEPTED;
    }

    private static TokenVocabulary vocabulary(Path file) {
        try {
            GgufVocabulary tokens = GgufVocabulary.of(GgufFile.read(file).metadata());
            return TokenVocabulary.of(tokens.pieces(), tokens::isControl, tokens::isEndOfGeneration);
        } catch (GgufException e) {
            throw new CommandFailure("model", file + ": " + e.getMessage());
        }
    }

    private Grammar grammar(Source from, TokenVocabulary vocabulary, SchemaOptions options) throws IOException {
        if (from.gbnf != null) {
            return GrammarChecking.gbnf(TextFile.read(from.gbnf), vocabulary);
        }
        if (from.schema == null) {
            throw new CommandFailure("request", "name a grammar with --gbnf FILE or --schema FILE");
        }
        try {
            SchemaGrammar grammar = GrammarChecking.schema(Json.EXACT.readTree(TextFile.read(from.schema)), options);
            for (SchemaGrammar.UnenforcedKeyword keyword : grammar.unenforced()) {
                terminal.err()
                        .println("not enforced: " + keyword.pointer() + " " + keyword.keyword() + ": "
                                + keyword.reason());
            }
            return grammar.grammar();
        } catch (JacksonException e) {
            throw Json.failure(from.schema + " is not JSON: ", e);
        }
    }
}
