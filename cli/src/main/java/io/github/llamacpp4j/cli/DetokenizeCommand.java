package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code detokenize}: token ids to text. */
@Command(
        name = "detokenize",
        mixinStandardHelpOptions = true,
        description =
                "Turns token ids from standard input (a JSON array, or numbers between spaces or commas) into text.")
final class DetokenizeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private ModelFlags model = new ModelFlags();

    @Mixin
    private OutputFlag output = new OutputFlag();

    @Option(names = "--no-special", description = "Leave special tokens out of the text.")
    private boolean noSpecial;

    @Option(names = "--jsonl", description = "Answer JSON requests line by line, as tokenize does.")
    private boolean batch;

    DetokenizeCommand(Terminal terminal) {
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
            int[] ids = ids(new String(terminal.in().readAllBytes(), UTF_8));
            if (output.json()) {
                ObjectNode answer = Json.object();
                answers.putText(ids, false, !noSpecial, answer);
                terminal.out().println(Json.line(answer));
            } else {
                byte[] text = tokenizer.decodeToBytes(ids, false, !noSpecial);
                terminal.out().write(text, 0, text.length);
            }
            return 0;
        }
    }

    private static int[] ids(String input) {
        try {
            return Arrays.stream(input.split("[\\s,\\[\\]]+"))
                    .filter(word -> !word.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new CommandFailure("request", "expected token ids, found something else: " + e.getMessage());
        }
    }
}
