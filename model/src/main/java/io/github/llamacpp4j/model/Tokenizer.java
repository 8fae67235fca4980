package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_detokenize;
import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_token_to_piece;
import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_tokenize;
import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_vocab_get_attr;
import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_vocab_get_score;
import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_vocab_get_text;
import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_vocab_is_eog;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/**
 * A model's vocabulary: text to token ids and back.
 *
 * <p>Text is any {@link String}. U+0000 is a character like every other. A lone surrogate, which is half a character and
 * has no bytes in UTF-8, counts as U+FFFD, the replacement character. Token ids outside the vocabulary are refused with
 * {@link IllegalArgumentException}.
 *
 * <p>Thread-safe. Belongs to its {@link Model}: after that is closed, every method which needs the native vocabulary
 * throws {@link IllegalStateException}.
 */
public final class Tokenizer {

    /** The longest text that can be tokenized in one call, in UTF-8 bytes. */
    public static final int MAX_TEXT_BYTES = 1 << 24;

    /** The most tokens that can be decoded in one call. */
    public static final int MAX_TOKENS = 1 << 26;

    /** A character that vocabularies have as a single byte only, so that no token holds it and what follows. */
    private static final String NEVER_MERGED = "\u0001";

    private static final int FIRST_GUESS_TOKENS = 1 << 14;
    private static final int EXTRA_TOKENS = 4;
    private static final int PIECE_GUESS_BYTES = 64;
    private static final int BYTES_PER_TOKEN_GUESS = 8;

    private final Vocabulary vocabulary;
    private final VocabularyFacts facts;
    private final AtomicReferenceArray<byte[]> plainPieces;
    private final AtomicReferenceArray<byte[]> writtenPieces;

    Tokenizer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.facts = vocabulary.facts();
        this.plainPieces = new AtomicReferenceArray<>(facts.size());
        this.writtenPieces = new AtomicReferenceArray<>(facts.size());
    }

    /** How many tokens there are; ids go from 0 to one less. */
    public int size() {
        return facts.size();
    }

    /** How text is split. */
    public VocabularyType type() {
        return facts.type();
    }

    /** The tokens with a role. */
    public SpecialTokens specialTokens() {
        return facts.specialTokens();
    }

    /** Whether a text gets a beginning token in front when special tokens are added. */
    public boolean addsBeginning() {
        return facts.addsBeginning();
    }

    /** Whether a text gets an end token behind it when special tokens are added. */
    public boolean addsEnd() {
        return facts.addsEnd();
    }

    /** Whether a text gets a separator behind it when special tokens are added. */
    public boolean addsSeparator() {
        return facts.addsSeparator();
    }

    /** The tokens which the model's author wants never to be generated. */
    public List<Integer> suppressedTokens() {
        return facts.suppressedTokens();
    }

    /**
     * The tokens of a user's text: special tokens are added as the model wants it, and none is recognised in the text.
     *
     * @see #encode(String, boolean, boolean)
     */
    public int[] encode(String text) {
        return encode(text, true, false);
    }

    /**
     * The tokens of a text.
     *
     * @param text the text
     * @param addSpecial whether beginning and end tokens are added, if the model is set up so
     * @param parseSpecial whether special tokens written out in the text, such as {@code <|im_end|>}, become those
     *     tokens; never do that with text from a stranger
     * @throws TokenizationException if the model has no vocabulary or lacks a special token which it says to add
     * @throws IllegalArgumentException if the text is longer than {@link #MAX_TEXT_BYTES}
     */
    public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
        return encodeUtf8(utf8(requireNonNull(text, "text")), addSpecial, parseSpecial);
    }

    /**
     * The tokens of a text given as UTF-8; what is not UTF-8 counts as U+FFFD.
     *
     * @see #encode(String, boolean, boolean)
     */
    public int[] encode(byte[] text, boolean addSpecial, boolean parseSpecial) {
        return encode(new String(text, StandardCharsets.UTF_8), addSpecial, parseSpecial);
    }

    /**
     * The tokens of a text that goes on where other text has ended: no special token is added or recognised, and a vocabulary that
     * puts a space in front of a text does not do so here.
     *
     * @param text UTF-8; what is not UTF-8 counts as U+FFFD
     * @throws IllegalArgumentException if the text is longer than {@link #MAX_TEXT_BYTES}
     */
    public int[] encodeContinuation(byte[] text) {
        if (type() != VocabularyType.SENTENCE_PIECE && type() != VocabularyType.UNIGRAM) {
            return encode(text, false, false);
        }
        int[] before = encode(NEVER_MERGED, false, false);
        int[] whole = encode(NEVER_MERGED + new String(text, StandardCharsets.UTF_8), false, false);
        return Arrays.equals(before, Arrays.copyOf(whole, before.length))
                ? Arrays.copyOfRange(whole, before.length, whole.length)
                : encode(text, false, false);
    }

    /** Bytes that are not UTF-8 must not come here: the native tokenizer throws where nothing catches. */
    private int[] encodeUtf8(byte[] text, boolean addSpecial, boolean parseSpecial) {
        if (text.length > MAX_TEXT_BYTES) {
            throw new IllegalArgumentException("a text may have at most " + MAX_TEXT_BYTES + " bytes, found "
                    + text.length + "; tokenize it in parts");
        }
        facts.requireUsable(addSpecial);
        return vocabulary.tokenize(text, vocab -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment bytes = arena.allocate(Math.max(1, text.length));
                MemorySegment.copy(text, 0, bytes, JAVA_BYTE, 0, text.length);
                int capacity = Math.min(text.length, FIRST_GUESS_TOKENS + text.length / 2) + EXTRA_TOKENS;
                MemorySegment tokens = arena.allocate(JAVA_INT, capacity);
                int count = llama_tokenize(vocab, bytes, text.length, tokens, capacity, addSpecial, parseSpecial);
                if (count < 0 && count != Integer.MIN_VALUE) {
                    capacity = -count;
                    tokens = arena.allocate(JAVA_INT, capacity);
                    count = llama_tokenize(vocab, bytes, text.length, tokens, capacity, addSpecial, parseSpecial);
                }
                if (count < 0) {
                    throw new TokenizationException("a text of " + text.length + " bytes has too many tokens");
                }
                return tokens.asSlice(0, (long) count * Integer.BYTES).toArray(JAVA_INT);
            }
        });
    }

    /**
     * The text of tokens as it would be shown: special tokens are left out, beginning and end are not removed.
     *
     * @see #decode(int[], boolean, boolean)
     */
    public String decode(int[] tokens) {
        return decode(tokens, false, false);
    }

    /**
     * The text of tokens; bytes that are no UTF-8, such as half a character at the end, appear as U+FFFD.
     *
     * @param tokens the tokens
     * @param removeSpecial whether a beginning and an end token are removed, if the model is set up to add them
     * @param unparseSpecial whether special tokens are written out
     * @throws IllegalArgumentException if an id is outside the vocabulary or there are more than {@link #MAX_TOKENS}
     */
    public String decode(int[] tokens, boolean removeSpecial, boolean unparseSpecial) {
        return new String(decodeToBytes(tokens, removeSpecial, unparseSpecial), StandardCharsets.UTF_8);
    }

    /**
     * The bytes of tokens, exactly.
     *
     * @see #decode(int[], boolean, boolean)
     */
    public byte[] decodeToBytes(int[] tokens, boolean removeSpecial, boolean unparseSpecial) {
        if (tokens.length > MAX_TOKENS) {
            throw new IllegalArgumentException(
                    "at most " + MAX_TOKENS + " tokens can be decoded in one call, found " + tokens.length);
        }
        for (int token : tokens) {
            facts.requireToken(token);
        }
        facts.requireUsable(false);
        return vocabulary.call(vocab -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment ids = arena.allocateFrom(JAVA_INT, tokens);
                int capacity = (tokens.length + 1) * BYTES_PER_TOKEN_GUESS;
                MemorySegment text = arena.allocate(capacity);
                int length = llama_detokenize(vocab, ids, tokens.length, text, capacity, removeSpecial, unparseSpecial);
                if (length < 0) {
                    capacity = -length;
                    text = arena.allocate(capacity);
                    length = llama_detokenize(vocab, ids, tokens.length, text, capacity, removeSpecial, unparseSpecial);
                }
                if (length < 0) {
                    throw new TokenizationException("the text of " + tokens.length + " tokens is too long");
                }
                return text.asSlice(0, length).toArray(JAVA_BYTE);
            }
        });
    }

    /**
     * The bytes of one token, exactly; they may be a part of a character, see {@link Utf8Decoder}.
     *
     * @param token the token
     * @param special whether a special token is written out; otherwise it has no bytes
     * @throws IllegalArgumentException if the id is outside the vocabulary
     */
    public byte[] piece(int token, boolean special) {
        return cachedPiece(token, special).clone();
    }

    /**
     * Appends the text of one token to a stream.
     *
     * @param token the token
     * @param special whether a special token is written out
     * @param stream the stream that holds back incomplete characters
     * @return the characters that are now complete
     * @throws IllegalArgumentException if the id is outside the vocabulary
     */
    public String pieceText(int token, boolean special, Utf8Decoder stream) {
        return stream.decode(cachedPiece(token, special));
    }

    private byte[] cachedPiece(int token, boolean special) {
        facts.requireToken(token);
        AtomicReferenceArray<byte[]> cache = special ? writtenPieces : plainPieces;
        byte[] cached = cache.get(token);
        if (cached == null) {
            cached = readPiece(token, special);
            cache.set(token, cached);
        }
        return cached;
    }

    private byte[] readPiece(int token, boolean special) {
        facts.requireUsable(false);
        return vocabulary.call(vocab -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment piece = arena.allocate(PIECE_GUESS_BYTES);
                int length = llama_token_to_piece(vocab, token, piece, PIECE_GUESS_BYTES, 0, special);
                if (length < 0) {
                    int capacity = -length;
                    piece = arena.allocate(capacity);
                    length = llama_token_to_piece(vocab, token, piece, capacity, 0, special);
                }
                return piece.asSlice(0, Math.max(0, length)).toArray(JAVA_BYTE);
            }
        });
    }

    /**
     * The token as the vocabulary spells it, for example with {@code Ġ} for a space.
     *
     * @throws IllegalArgumentException if the id is outside the vocabulary
     */
    public String spelling(int token) {
        facts.requireToken(token);
        facts.requireUsable(false);
        return vocabulary.call(vocab -> llama_vocab_get_text(vocab, token).getString(0));
    }

    /**
     * The score that the vocabulary gives a token; its meaning depends on the {@link #type()}.
     *
     * @throws IllegalArgumentException if the id is outside the vocabulary
     */
    public float score(int token) {
        facts.requireToken(token);
        facts.requireUsable(false);
        return vocabulary.call(vocab -> llama_vocab_get_score(vocab, token));
    }

    /**
     * The properties of a token.
     *
     * @throws IllegalArgumentException if the id is outside the vocabulary
     */
    public Set<TokenAttribute> attributes(int token) {
        facts.requireToken(token);
        facts.requireUsable(false);
        int bits = vocabulary.call(vocab -> llama_vocab_get_attr(vocab, token));
        Set<TokenAttribute> attributes = EnumSet.noneOf(TokenAttribute.class);
        for (TokenAttribute attribute : TokenAttribute.values()) {
            if ((bits & attribute.nativeValue()) != 0) {
                attributes.add(attribute);
            }
        }
        return attributes;
    }

    /**
     * Whether a token ends generation: end of text, end of turn and the like.
     *
     * @throws IllegalArgumentException if the id is outside the vocabulary
     */
    public boolean isEndOfGeneration(int token) {
        facts.requireToken(token);
        return vocabulary.call(vocab -> llama_vocab_is_eog(vocab, token));
    }

    /**
     * Whether a token steers the model and is no text.
     *
     * @throws IllegalArgumentException if the id is outside the vocabulary
     */
    public boolean isControl(int token) {
        return attributes(token).contains(TokenAttribute.CONTROL);
    }

    /** All tokens that end generation, in ascending order. */
    public int[] endOfGenerationTokens() {
        return vocabulary.call(vocab -> IntStream.range(0, facts.size())
                .filter(token -> llama_vocab_is_eog(vocab, token))
                .toArray());
    }

    Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The longest piece in bytes, control tokens left out. */
    int longestPieceBytes() {
        return IntStream.range(0, facts.size())
                .map(token -> cachedPiece(token, false).length)
                .max()
                .orElse(0);
    }

    private static byte[] utf8(String text) {
        if (text.codePoints().noneMatch(Tokenizer::isLoneSurrogate)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        StringBuilder whole = new StringBuilder(text.length());
        text.codePoints()
                .map(codePoint -> isLoneSurrogate(codePoint) ? '\uFFFD' : codePoint)
                .forEach(whole::appendCodePoint);
        return whole.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isLoneSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
