package io.github.llamacpp4j.engine;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.grammar.TokenVocabulary;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Tokenizer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The vocabulary of a model. Reads all pieces once when it is made. Thread-safe. */
public final class ModelVocabulary implements EngineVocabulary {

    private final Tokenizer tokenizer;
    private final byte[][] pieces;
    private final byte[][] texts;
    private final BitSet endOfGeneration = new BitSet();
    private final List<Integer> suppressed;
    private @Nullable TokenVocabulary grammarVocabulary;

    /** Reads the vocabulary of a model, which must be open. */
    public ModelVocabulary(Model model) {
        tokenizer = requireNonNull(model, "model").tokenizer();
        pieces = new byte[tokenizer.size()][];
        texts = new byte[tokenizer.size()][];
        for (int token = 0; token < pieces.length; token++) {
            pieces[token] = tokenizer.piece(token, false);
            byte[] text = tokenizer.piece(token, true);
            texts[token] = Arrays.equals(text, pieces[token]) ? pieces[token] : text;
        }
        for (int token : tokenizer.endOfGenerationTokens()) {
            endOfGeneration.set(token);
        }
        suppressed = List.copyOf(tokenizer.suppressedTokens());
    }

    @Override
    public int size() {
        return pieces.length;
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        return endOfGeneration.get(token);
    }

    @Override
    public byte[] piece(int token) {
        return pieces[token];
    }

    @Override
    public byte[] text(int token) {
        return texts[token];
    }

    @Override
    public int[] tokenize(byte[] text) {
        return tokenizer.encode(text, false, false);
    }

    @Override
    public List<Integer> suppressedTokens() {
        return suppressed;
    }

    /** The vocabulary as grammars need it; made when first asked for. */
    public synchronized TokenVocabulary grammarVocabulary() {
        TokenVocabulary made = grammarVocabulary;
        if (made == null) {
            made = TokenVocabulary.of(texts, tokenizer::isControl, this::isEndOfGeneration);
            grammarVocabulary = made;
        }
        return made;
    }
}
