package io.github.llamacpp4j.testkit.base;

import io.github.llamacpp4j.gguf.GgmlType;
import io.github.llamacpp4j.gguf.GgufWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Makes a generative model of architecture {@code llama} with seeded random weights, well under a megabyte. Its output
 * matrix is not tied to its embeddings, so that greedy output varies. Start with {@link #of()}; not thread-safe.
 */
public final class TinyLlama {

    private TinyVocabulary vocabulary = TinyVocabulary.spm();
    private GgmlType matrixType = GgmlType.F16;
    private int layers = 2;
    private int embeddingSize = 64;
    private int heads = 4;
    private int keyValueHeads = 2;
    private int feedForwardSize = 128;
    private int contextSize = 512;
    private long seed = 1;
    private @Nullable String chatTemplate;

    private TinyLlama() {}

    /** A model with 2 layers, embeddings of 64, an SPM vocabulary, F16 matrices and a trained context of 512. */
    public static TinyLlama of() {
        return new TinyLlama();
    }

    /** The vocabulary. */
    public TinyLlama vocabulary(TinyVocabulary value) {
        this.vocabulary = value;
        return this;
    }

    /** The type of the matrices: {@link GgmlType#F16} or {@link GgmlType#F32}. */
    public TinyLlama matrixType(GgmlType value) {
        this.matrixType = value;
        return this;
    }

    /** The number of layers. */
    public TinyLlama layers(int value) {
        this.layers = value;
        return this;
    }

    /** The size of the embeddings; a multiple of twice the heads. */
    public TinyLlama embeddingSize(int value) {
        this.embeddingSize = value;
        return this;
    }

    /** The numbers of query heads and key-value heads. */
    public TinyLlama heads(int queryHeads, int keyValueHeads) {
        this.heads = queryHeads;
        this.keyValueHeads = keyValueHeads;
        return this;
    }

    /** The context named in the metadata. */
    public TinyLlama contextSize(int value) {
        this.contextSize = value;
        return this;
    }

    /** The seed of the weights. */
    public TinyLlama seed(long value) {
        this.seed = value;
        return this;
    }

    /** A chat template to store in the file; none by default. */
    public TinyLlama chatTemplate(String value) {
        this.chatTemplate = value;
        return this;
    }

    /** The file, to be changed or written. */
    public GgufWriter file() {
        GgufWriter file = new GgufWriter();
        writeMetadata(file);
        RandomTensors tensors = new RandomTensors(file, matrixType, seed);
        int keyValueSize = embeddingSize / heads * keyValueHeads;
        tensors.embedding("token_embd.weight", embeddingSize, vocabulary.size());
        for (int i = 0; i < layers; i++) {
            String layer = "blk." + i + ".";
            tensors.vector(layer + "attn_norm.weight", embeddingSize, 1);
            tensors.matrix(layer + "attn_q.weight", embeddingSize, embeddingSize);
            tensors.matrix(layer + "attn_k.weight", embeddingSize, keyValueSize);
            tensors.matrix(layer + "attn_v.weight", embeddingSize, keyValueSize);
            tensors.matrix(layer + "attn_output.weight", embeddingSize, embeddingSize);
            tensors.vector(layer + "ffn_norm.weight", embeddingSize, 1);
            tensors.matrix(layer + "ffn_gate.weight", embeddingSize, feedForwardSize);
            tensors.matrix(layer + "ffn_up.weight", embeddingSize, feedForwardSize);
            tensors.matrix(layer + "ffn_down.weight", feedForwardSize, embeddingSize);
        }
        tensors.vector("output_norm.weight", embeddingSize, 1);
        tensors.matrix("output.weight", embeddingSize, vocabulary.size());
        return file;
    }

    /** The same metadata and vocabulary without any tensor: a file that llama.cpp loads as vocabulary only. */
    public GgufWriter vocabularyOnly() {
        GgufWriter file = new GgufWriter();
        writeMetadata(file);
        return file;
    }

    /** Writes the model. */
    public Path writeTo(Path path) {
        return file().writeTo(path);
    }

    private void writeMetadata(GgufWriter file) {
        file.put("general.architecture", "llama")
                .put("general.name", "tiny random llama")
                .put("general.file_type", matrixType == GgmlType.F16 ? 1 : 0)
                .put("llama.vocab_size", vocabulary.size())
                .put("llama.context_length", contextSize)
                .put("llama.embedding_length", embeddingSize)
                .put("llama.block_count", layers)
                .put("llama.feed_forward_length", feedForwardSize)
                .put("llama.attention.head_count", heads)
                .put("llama.attention.head_count_kv", keyValueHeads)
                .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .put("llama.rope.dimension_count", embeddingSize / heads)
                .put("llama.rope.freq_base", 10_000f);
        vocabulary.writeTo(file);
        if (chatTemplate != null) {
            file.put("tokenizer.chat_template", chatTemplate);
        }
    }
}
