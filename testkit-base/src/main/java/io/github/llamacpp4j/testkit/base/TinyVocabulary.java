package io.github.llamacpp4j.testkit.base;

import io.github.llamacpp4j.gguf.GgufArray;
import io.github.llamacpp4j.gguf.GgufWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A small vocabulary that can spell every text. Immutable and thread-safe.
 *
 * <p>Token types are those of llama.cpp: 1 normal, 2 unknown, 3 control, 4 user defined, 6 byte.
 */
public final class TinyVocabulary {

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int BYTE = 6;
    private static final List<String> WORDS =
            List.of("the", "cat", "sat", "on", "mat", "and", "a", "dog", "ran", "fast", "hello", "world", "one", "two");

    private final String model;
    private final List<String> tokens = new ArrayList<>();
    private final List<Integer> types = new ArrayList<>();
    private final List<Float> scores = new ArrayList<>();
    private final List<String> merges = new ArrayList<>();

    private TinyVocabulary(String model) {
        this.model = model;
    }

    /**
     * A vocabulary as of Llama 2 ({@code tokenizer.ggml.model = llama}): {@code <unk>} 0, {@code <s>} 1, {@code </s>} 2,
     * the 256 byte tokens 3 to 258, then letters, some words with a space in front, and {@code <think>},
     * {@code </think>} as user-defined tokens. BOS is added.
     */
    public static TinyVocabulary spm() {
        TinyVocabulary vocabulary = new TinyVocabulary("llama");
        vocabulary.add("<unk>", UNKNOWN, 0);
        vocabulary.add("<s>", CONTROL, 0);
        vocabulary.add("</s>", CONTROL, 0);
        for (int i = 0; i < 256; i++) {
            vocabulary.add(String.format(Locale.ROOT, "<0x%02X>", i), BYTE, 0);
        }
        List<String> pieces = new ArrayList<>();
        for (String word : WORDS) {
            for (int end = 2; end <= word.length(); end++) {
                addNew(pieces, word.substring(0, end));
            }
            addNew(pieces, "▁" + word.charAt(0));
            for (int end = 2; end <= word.length(); end++) {
                addNew(pieces, "▁" + word.substring(0, end));
            }
        }
        addNew(pieces, "▁");
        for (char letter = '!'; letter <= '~'; letter++) {
            addNew(pieces, String.valueOf(letter));
        }
        for (int i = 0; i < pieces.size(); i++) {
            vocabulary.add(pieces.get(i), NORMAL, -i - 1);
        }
        vocabulary.add("<think>", USER_DEFINED, 0);
        vocabulary.add("</think>", USER_DEFINED, 0);
        return vocabulary;
    }

    /**
     * A byte-level vocabulary as of GPT-2 ({@code tokenizer.ggml.model = gpt2}): the 256 bytes as tokens 0 to 255,
     * merges of some words, then {@code <|endoftext|>} (BOS), {@code <|im_start|>} and {@code <|im_end|>} (EOS).
     * Nothing is added.
     */
    public static TinyVocabulary bpe() {
        TinyVocabulary vocabulary = new TinyVocabulary("gpt2");
        IntStream.range(0, 256).forEach(i -> vocabulary.add(String.valueOf(byteLetter(i)), NORMAL, 0));
        for (String word : WORDS) {
            vocabulary.merge(word);
            vocabulary.merge("Ġ" + word);
        }
        vocabulary.add("<|endoftext|>", CONTROL, 0);
        vocabulary.add("<|im_start|>", CONTROL, 0);
        vocabulary.add("<|im_end|>", CONTROL, 0);
        return vocabulary;
    }

    /** Fills up this vocabulary with words that no text has, until there are {@code size} tokens. */
    public TinyVocabulary filledTo(int size) {
        while (size() < size) {
            add("<filler" + size() + ">", NORMAL, 0);
        }
        return this;
    }

    /**
     * A vocabulary as of BERT ({@code tokenizer.ggml.model = bert}): {@code [PAD]} 0, {@code [UNK]} 1, {@code [CLS]} 2,
     * {@code [SEP]} 3, then words and letters, alone and as continuations. Begin and end are added.
     */
    public static TinyVocabulary wordPiece() {
        TinyVocabulary vocabulary = new TinyVocabulary("bert");
        for (String special : List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")) {
            vocabulary.add(special, special.equals("[UNK]") ? UNKNOWN : CONTROL, 0);
        }
        List<String> pieces = new ArrayList<>();
        WORDS.forEach(word -> addNew(pieces, "▁" + word));
        for (char letter = '!'; letter <= '~'; letter++) {
            if (Character.toLowerCase(letter) == letter) {
                addNew(pieces, "▁" + letter);
                addNew(pieces, String.valueOf(letter));
            }
        }
        pieces.forEach(piece -> vocabulary.add(piece, NORMAL, 0));
        return vocabulary;
    }

    /** The number of tokens. */
    public int size() {
        return tokens.size();
    }

    /** The tokens as they stand in a file. */
    public List<String> tokens() {
        return List.copyOf(tokens);
    }

    /** Adds the vocabulary to a file. */
    public GgufWriter writeTo(GgufWriter file) {
        file.put("tokenizer.ggml.model", model)
                .put("tokenizer.ggml.pre", "default")
                .put("tokenizer.ggml.tokens", tokens)
                .put("tokenizer.ggml.token_type", intArray(types));
        switch (model) {
            case "llama" ->
                file.put("tokenizer.ggml.scores", floatArray(scores))
                        .put("tokenizer.ggml.unknown_token_id", 0)
                        .put("tokenizer.ggml.bos_token_id", 1)
                        .put("tokenizer.ggml.eos_token_id", 2)
                        .put("tokenizer.ggml.add_bos_token", true)
                        .put("tokenizer.ggml.add_eos_token", false);
            case "gpt2" ->
                file.put("tokenizer.ggml.pre", "gpt-2")
                        .put("tokenizer.ggml.merges", merges)
                        .put("tokenizer.ggml.bos_token_id", tokens.indexOf("<|endoftext|>"))
                        .put("tokenizer.ggml.eos_token_id", tokens.indexOf("<|im_end|>"))
                        .put("tokenizer.ggml.add_bos_token", false);
            default ->
                file.put("tokenizer.ggml.token_type_count", 2)
                        .put("tokenizer.ggml.padding_token_id", 0)
                        .put("tokenizer.ggml.unknown_token_id", 1)
                        .put("tokenizer.ggml.cls_token_id", 2)
                        .put("tokenizer.ggml.bos_token_id", 2)
                        .put("tokenizer.ggml.seperator_token_id", 3)
                        .put("tokenizer.ggml.eos_token_id", 3)
                        .put("tokenizer.ggml.mask_token_id", 4);
        }
        return file;
    }

    private void add(String token, int type, float score) {
        tokens.add(token);
        types.add(type);
        scores.add(score);
    }

    private void merge(String word) {
        for (int end = 1; end < word.length(); end++) {
            String whole = word.substring(0, end + 1);
            if (!tokens.contains(whole)) {
                add(whole, NORMAL, 0);
                merges.add(word.substring(0, end) + " " + word.charAt(end));
            }
        }
    }

    private static void addNew(List<String> pieces, String piece) {
        if (!pieces.contains(piece)) {
            pieces.add(piece);
        }
    }

    /** The letter that stands for a byte in byte-level vocabularies: itself if printable, else from U+0100 upwards. */
    private static char byteLetter(int value) {
        int next = 0x100;
        for (int i = 0; i < 256; i++) {
            boolean printable = (i >= '!' && i <= '~') || (i >= 0xA1 && i <= 0xAC) || i >= 0xAE;
            if (i == value) {
                return (char) (printable ? i : next);
            }
            next += printable ? 0 : 1;
        }
        throw new IllegalArgumentException(value + " is no byte");
    }

    private static GgufArray intArray(List<Integer> values) {
        return GgufArray.ofInts(values.stream().mapToInt(i -> i).toArray());
    }

    private static GgufArray floatArray(List<Float> values) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return GgufArray.ofFloats(array);
    }
}
