package io.github.llamacpp4j.engine;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.grammar.TokenVocabulary;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Tokenizer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The vocabulary of a model, for as long as that is open. Thread-safe. */
public final class ModelVocabulary implements EngineVocabulary {

    private final Tokenizer tokenizer;
    private final BitSet endOfGeneration = new BitSet();
    private final List<Integer> suppressed;
    private @Nullable TokenVocabulary grammarVocabulary;

    /** The vocabulary of a model, which must be open. Bytes are read when a token is first asked for. */
    public ModelVocabulary(Model model) {
        tokenizer = requireNonNull(model, "model").tokenizer();
        for (int token : tokenizer.endOfGenerationTokens()) {
            endOfGeneration.set(token);
        }
        suppressed = List.copyOf(tokenizer.suppressedTokens());
    }

    @Override
    public int size() {
        return tokenizer.size();
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        return endOfGeneration.get(token);
    }

    @Override
    public byte[] piece(int token) {
        return tokenizer.piece(token, false);
    }

    @Override
    public byte[] text(int token) {
        return tokenizer.piece(token, true);
    }

    @Override
    public int[] tokenize(byte[] text) {
        return tokenizer.encode(text, false, false);
    }

    @Override
    public int[] tokenizeContinuation(byte[] text) {
        return tokenizer.encodeContinuation(text);
    }

    @Override
    public List<Integer> suppressedTokens() {
        return suppressed;
    }

    /** The vocabulary as grammars need it; made when first asked for. */
    public synchronized TokenVocabulary grammarVocabulary() {
        TokenVocabulary made = grammarVocabulary;
        if (made == null) {
            byte[][] texts = new byte[size()][];
            Arrays.setAll(texts, this::text);
            made = TokenVocabulary.of(texts, tokenizer::isControl, this::isEndOfGeneration);
            grammarVocabulary = made;
        }
        return made;
    }
}
