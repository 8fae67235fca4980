package io.github.llamacpp4j.benchmarks;

import io.github.llamacpp4j.engine.ModelVocabulary;
import io.github.llamacpp4j.grammar.CompiledGrammar;
import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.GrammarCursor;
import io.github.llamacpp4j.grammar.SchemaOptions;
import io.github.llamacpp4j.grammar.TokenMask;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.ModelOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a constraint costs per token: the mask of what may come, then taking a token, for the grammar of any JSON object. Texts
 * differ from one another, so that places of the grammar are met that no text met before.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED"})
public class GrammarBenchmark {
    private static final int TEXTS = 256;

    /** The GGUF file with the vocabulary. */
    @Param("smollm2.gguf")
    public String model = "";

    private CompiledGrammar grammar =
            Grammar.jsonObject(SchemaOptions.Whitespace.COMPACT).compile(TokenVocabulary.empty());
    private int[][] texts = {};
    private int text;
    private int position;
    private GrammarCursor cursor = grammar.cursor();

    /** Reads the vocabulary and cuts the texts. */
    @Setup
    public void read() {
        try (Model opened = Model.load(
                Path.of(model), ModelOptions.builder().vocabularyOnly(true).build())) {
            ModelVocabulary vocabulary = new ModelVocabulary(opened);
            grammar =
                    Grammar.jsonObject(SchemaOptions.Whitespace.OPTIONAL_SPACE).compile(vocabulary.grammarVocabulary());
            texts = new int[TEXTS][];
            for (int i = 0; i < TEXTS; i++) {
                texts[i] = vocabulary.tokenize(json(i).getBytes(StandardCharsets.UTF_8));
            }
        }
        next();
    }

    private static String json(int i) {
        String open = "{\"k" + i + "\": [";
        String close = "]}";
        int depth = 1 + i % 8;
        return open.repeat(depth) + "{\"name\": \"Anna \\u00e9 " + i + "\", \"age\": " + i + ", \"score\": -" + i
                + ".5e3, \"tags\": [true, false, null, \"x\"], \"empty\": {}, \"none\": []}" + close.repeat(depth);
    }

    private void next() {
        text = text + 1 < texts.length ? text + 1 : 0;
        position = 0;
        cursor = grammar.cursor();
    }

    /** One token: its mask, and taking it. */
    @Benchmark
    public TokenMask maskAndAccept() {
        if (position == texts[text].length) {
            next();
        }
        TokenMask mask = cursor.mask();
        cursor.accept(texts[text][position++]);
        return mask;
    }
}
