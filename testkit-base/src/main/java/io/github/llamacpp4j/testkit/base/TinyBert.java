package io.github.llamacpp4j.testkit.base;

import io.github.llamacpp4j.gguf.GgmlType;
import io.github.llamacpp4j.gguf.GgufWriter;
import java.nio.file.Path;

/**
 * Makes an embedding model of architecture {@code bert} with seeded random weights: WordPiece vocabulary, mean pooling,
 * 2 layers, embeddings of 32, a trained context of 64.
 */
public final class TinyBert {

    /** The size of the vectors that the model makes. */
    public static final int EMBEDDING_SIZE = 32;

    /** The longest input that the model was trained for, in tokens. */
    public static final int CONTEXT_SIZE = 64;

    private static final int LAYERS = 2;
    private static final int HEADS = 4;
    private static final int FEED_FORWARD_SIZE = 64;
    private static final int MEAN_POOLING = 1;
    private static final int RANK_POOLING = 4;

    private TinyBert() {}

    /** The file, to be changed or written. */
    public static GgufWriter file(long seed) {
        TinyVocabulary vocabulary = TinyVocabulary.wordPiece();
        GgufWriter file = new GgufWriter()
                .put("general.architecture", "bert")
                .put("general.name", "tiny random bert")
                .put("bert.context_length", CONTEXT_SIZE)
                .put("bert.embedding_length", EMBEDDING_SIZE)
                .put("bert.block_count", LAYERS)
                .put("bert.feed_forward_length", FEED_FORWARD_SIZE)
                .put("bert.attention.head_count", HEADS)
                .put("bert.attention.layer_norm_epsilon", 1e-12f)
                .put("bert.attention.causal", false)
                .put("bert.pooling_type", MEAN_POOLING);
        vocabulary.writeTo(file);
        RandomTensors tensors = new RandomTensors(file, GgmlType.F32, seed);
        tensors.embedding("token_embd.weight", EMBEDDING_SIZE, vocabulary.size());
        tensors.embedding("token_types.weight", EMBEDDING_SIZE, 2);
        tensors.embedding("position_embd.weight", EMBEDDING_SIZE, CONTEXT_SIZE);
        norm(tensors, "token_embd_norm");
        for (int i = 0; i < LAYERS; i++) {
            String layer = "blk." + i + ".";
            for (String matrix : new String[] {"attn_q", "attn_k", "attn_v", "attn_output"}) {
                tensors.matrix(layer + matrix + ".weight", EMBEDDING_SIZE, EMBEDDING_SIZE);
                tensors.vector(layer + matrix + ".bias", EMBEDDING_SIZE, 0);
            }
            norm(tensors, layer + "attn_output_norm");
            tensors.matrix(layer + "ffn_up.weight", EMBEDDING_SIZE, FEED_FORWARD_SIZE);
            tensors.vector(layer + "ffn_up.bias", FEED_FORWARD_SIZE, 0);
            tensors.matrix(layer + "ffn_down.weight", FEED_FORWARD_SIZE, EMBEDDING_SIZE);
            tensors.vector(layer + "ffn_down.bias", EMBEDDING_SIZE, 0);
            norm(tensors, layer + "layer_output_norm");
        }
        return file;
    }

    /** A reranker: the same model with a random classification head of one output. */
    public static GgufWriter crossEncoder(long seed) {
        GgufWriter file = file(seed).put("bert.pooling_type", RANK_POOLING);
        new RandomTensors(file, GgmlType.F32, seed + 1).matrix("cls.output.weight", EMBEDDING_SIZE, 1);
        return file.tensorF32("cls.output.bias", new float[1], 1);
    }

    /** Writes the model. */
    public static Path writeTo(Path path) {
        return file(1).writeTo(path);
    }

    private static void norm(RandomTensors tensors, String name) {
        tensors.vector(name + ".weight", EMBEDDING_SIZE, 1);
        tensors.vector(name + ".bias", EMBEDDING_SIZE, 0);
    }
}
