package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code tokenize}: text to token ids. */
@Command(
        name = "tokenize",
        mixinStandardHelpOptions = true,
        description = "Turns text from standard input into tokens.",
        footer = {
            "",
            "Batch lines: {\"text\":…,\"add_special\":true,\"parse_special\":true} → {\"ids\":[…],\"pieces_hex\":[…]}",
            "and {\"ids\":[…],\"remove_special\":false,\"unparse_special\":true} → {\"text\":…,\"bytes_hex\":…}"
        })
final class TokenizeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private ModelFlags model = new ModelFlags();

    @Mixin
    private OutputFlag output = new OutputFlag();

    @Option(names = "--ids", description = "Print the ids alone, as a JSON array.")
    private boolean idsOnly;

    @Option(names = "--no-special", description = "Add no special tokens and recognise none in the text.")
    private boolean noSpecial;

    @Option(names = "--jsonl", description = "Answer JSON requests line by line.")
    private boolean batch;

    TokenizeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (Model vocabulary = model.loadVocabulary(terminal)) {
            Tokenizer tokenizer = vocabulary.tokenizer();
            TokenizerBatch answers = new TokenizerBatch(tokenizer);
            if (batch) {
                return new JsonLines(terminal).run(answers);
            }
            int[] ids = tokenizer.encode(terminal.in().readAllBytes(), !noSpecial, !noSpecial);
            if (idsOnly) {
                terminal.out().println(Arrays.toString(ids));
            } else if (output.json()) {
                ObjectNode answer = Json.object();
                answers.putTokens(ids, answer);
                terminal.out().println(Json.line(answer));
            } else {
                for (int id : ids) {
                    terminal.out().println("%6s  %s".formatted(id, quoted(tokenizer.piece(id, true))));
                }
            }
            return 0;
        }
    }

    private static String quoted(byte[] piece) {
        String text = new String(piece, UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            return TokenizerBatch.hex(piece).replaceAll("..", "<$0>");
        }
        return text.chars()
                .mapToObj(c -> c < ' ' ? "\\u%04x".formatted(c) : Character.toString(c))
                .collect(Collectors.joining("", "'", "'"));
    }
}
