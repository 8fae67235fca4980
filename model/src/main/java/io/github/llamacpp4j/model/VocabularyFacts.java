package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** What a vocabulary says about itself, read once. */
record VocabularyFacts(
        VocabularyType type,
        int size,
        boolean addsBeginning,
        boolean addsEnd,
        boolean addsSeparator,
        SpecialTokens specialTokens,
        List<Integer> suppressedTokens) {

    static VocabularyFacts of(MemorySegment vocab) {
        return new VocabularyFacts(
                NativeConstant.of(VocabularyType.class, llama_vocab_type(vocab)),
                llama_vocab_n_tokens(vocab),
                llama_vocab_get_add_bos(vocab),
                llama_vocab_get_add_eos(vocab),
                llama_vocab_get_add_sep(vocab),
                new SpecialTokens(
                        token(llama_vocab_bos(vocab)),
                        token(llama_vocab_eos(vocab)),
                        token(llama_vocab_eot(vocab)),
                        token(llama_vocab_sep(vocab)),
                        token(llama_vocab_nl(vocab)),
                        token(llama_vocab_pad(vocab)),
                        token(llama_vocab_mask(vocab)),
                        token(llama_vocab_fim_pre(vocab)),
                        token(llama_vocab_fim_suf(vocab)),
                        token(llama_vocab_fim_mid(vocab)),
                        token(llama_vocab_fim_pad(vocab)),
                        token(llama_vocab_fim_rep(vocab)),
                        token(llama_vocab_fim_sep(vocab))),
                suppressed(vocab));
    }

    private static OptionalInt token(int id) {
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    private static List<Integer> suppressed(MemorySegment vocab) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            MemorySegment tokens = llama_vocab_get_suppress_tokens(vocab, count);
            int length = tokens.address() == 0 ? 0 : count.get(JAVA_INT, 0);
            return IntStream.range(0, length)
                    .mapToObj(i -> tokens.getAtIndex(JAVA_INT, i))
                    .toList();
        }
    }

    /** Refuses an id that the native library would look up without a look at its table's end. */
    void requireToken(int token) {
        if (token < 0 || token >= size) {
            throw new IllegalArgumentException("token ids go from 0 to " + (size - 1) + ", found " + token);
        }
    }

    /** Refuses what the native tokenizer only asserts: a vocabulary, and the special tokens that it is to add. */
    void requireUsable(boolean addSpecial) {
        if (type == VocabularyType.NONE) {
            throw new TokenizationException("this model has no vocabulary: it works with token ids only");
        }
        if (!addSpecial) {
            return;
        }
        boolean wordPiece = type == VocabularyType.WORD_PIECE;
        require(wordPiece || addsBeginning, specialTokens.beginning(), "beginning");
        require(!wordPiece && addsEnd, specialTokens.end(), "end");
        require(wordPiece || addsSeparator, specialTokens.separator(), "separator");
    }

    private static void require(boolean needed, OptionalInt token, String role) {
        if (needed && token.isEmpty()) {
            throw new TokenizationException("the model says to add a token for the " + role
                    + " of a text but has none; tokenize with addSpecial = false");
        }
    }
}
