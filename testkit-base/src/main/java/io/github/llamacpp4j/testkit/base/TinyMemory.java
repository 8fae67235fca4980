package io.github.llamacpp4j.testkit.base;

import io.github.llamacpp4j.gguf.GgmlType;
import io.github.llamacpp4j.gguf.GgufArray;
import io.github.llamacpp4j.gguf.GgufWriter;
import java.nio.file.Path;

/**
 * Makes generative models with seeded random weights whose memory cannot be cut at any place: one for each kind of memory that
 * llama.cpp has beside the plain one.
 */
public enum TinyMemory {
    /** State space layers only, architecture {@code mamba}. */
    RECURRENT("mamba"),
    /** State space and attention layers in turn, architecture {@code jamba}. */
    HYBRID("jamba"),
    /** Attention with and without a window of {@value #WINDOW} tokens in turn, architecture {@code gemma3}. */
    SLIDING_WINDOW("gemma3");

    /** How many tokens the layers with a window see. */
    public static final int WINDOW = 32;

    private static final int LAYERS = 2;
    private static final int EMBEDDING_SIZE = 64;
    private static final int FEED_FORWARD_SIZE = 128;
    private static final int HEADS = 4;
    private static final int KEY_VALUE_HEADS = 2;
    private static final int INNER_SIZE = 2 * EMBEDDING_SIZE;
    private static final int STATE_SIZE = 16;
    private static final int CONVOLUTION = 4;
    private static final int TIME_STEP_RANK = 4;
    private static final int CONTEXT_SIZE = 4096;

    private final String architecture;

    TinyMemory(String architecture) {
        this.architecture = architecture;
    }

    /** Writes the model. */
    public Path writeTo(Path path) {
        TinyVocabulary vocabulary = TinyVocabulary.spm();
        GgufWriter file = new GgufWriter()
                .put("general.architecture", architecture)
                .put("general.name", "tiny random " + architecture)
                .put(architecture + ".vocab_size", vocabulary.size())
                .put(architecture + ".context_length", CONTEXT_SIZE)
                .put(architecture + ".embedding_length", EMBEDDING_SIZE)
                .put(architecture + ".block_count", LAYERS)
                .put(architecture + ".feed_forward_length", FEED_FORWARD_SIZE)
                .put(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f);
        if (this != SLIDING_WINDOW) {
            putStateSpace(file);
        }
        if (this != RECURRENT) {
            putAttention(file);
        }
        vocabulary.writeTo(file);
        RandomTensors tensors = new RandomTensors(file, GgmlType.F32, 1);
        tensors.embedding("token_embd.weight", EMBEDDING_SIZE, vocabulary.size());
        for (int layer = 0; layer < LAYERS; layer++) {
            addLayer(tensors, "blk." + layer + ".", layer);
        }
        tensors.vector("output_norm.weight", EMBEDDING_SIZE, 1);
        tensors.matrix("output.weight", EMBEDDING_SIZE, vocabulary.size());
        return file.writeTo(path);
    }

    private void putStateSpace(GgufWriter file) {
        file.put(architecture + ".ssm.conv_kernel", CONVOLUTION)
                .put(architecture + ".ssm.inner_size", INNER_SIZE)
                .put(architecture + ".ssm.state_size", STATE_SIZE)
                .put(architecture + ".ssm.time_step_rank", TIME_STEP_RANK);
    }

    private void putAttention(GgufWriter file) {
        file.put(architecture + ".attention.head_count", HEADS);
        if (this == HYBRID) {
            file.put(architecture + ".attention.head_count_kv", GgufArray.ofInts(0, KEY_VALUE_HEADS));
        } else {
            file.put(architecture + ".attention.head_count_kv", KEY_VALUE_HEADS)
                    .put(architecture + ".attention.sliding_window", WINDOW)
                    .put(architecture + ".attention.sliding_window_pattern", LAYERS)
                    .put(architecture + ".attention.key_length", EMBEDDING_SIZE / HEADS)
                    .put(architecture + ".attention.value_length", EMBEDDING_SIZE / HEADS);
        }
    }

    private void addLayer(RandomTensors tensors, String layer, int number) {
        tensors.vector(layer + "attn_norm.weight", EMBEDDING_SIZE, 1);
        if (this == RECURRENT || (this == HYBRID && number == 0)) {
            addStateSpace(tensors, layer);
        } else {
            addAttention(tensors, layer);
        }
        if (this != RECURRENT) {
            tensors.vector(layer + "ffn_norm.weight", EMBEDDING_SIZE, 1);
            tensors.matrix(layer + "ffn_gate.weight", EMBEDDING_SIZE, FEED_FORWARD_SIZE);
            tensors.matrix(layer + "ffn_up.weight", EMBEDDING_SIZE, FEED_FORWARD_SIZE);
            tensors.matrix(layer + "ffn_down.weight", FEED_FORWARD_SIZE, EMBEDDING_SIZE);
        }
    }

    private void addStateSpace(RandomTensors tensors, String layer) {
        tensors.matrix(layer + "ssm_in.weight", EMBEDDING_SIZE, 2 * INNER_SIZE);
        tensors.matrix(layer + "ssm_conv1d.weight", CONVOLUTION, INNER_SIZE);
        tensors.vector(layer + "ssm_conv1d.bias", INNER_SIZE, 0);
        tensors.matrix(layer + "ssm_x.weight", INNER_SIZE, TIME_STEP_RANK + 2 * STATE_SIZE);
        tensors.matrix(layer + "ssm_dt.weight", TIME_STEP_RANK, INNER_SIZE);
        tensors.vector(layer + "ssm_dt.bias", INNER_SIZE, -1);
        tensors.constant(layer + "ssm_a", -0.5f, STATE_SIZE, INNER_SIZE);
        tensors.vector(layer + "ssm_d", INNER_SIZE, 1);
        tensors.matrix(layer + "ssm_out.weight", INNER_SIZE, EMBEDDING_SIZE);
        if (this == HYBRID) {
            tensors.vector(layer + "ssm_dt_norm.weight", TIME_STEP_RANK, 1);
            tensors.vector(layer + "ssm_b_norm.weight", STATE_SIZE, 1);
            tensors.vector(layer + "ssm_c_norm.weight", STATE_SIZE, 1);
        }
    }

    private void addAttention(RandomTensors tensors, String layer) {
        int keyValueSize = EMBEDDING_SIZE / HEADS * KEY_VALUE_HEADS;
        tensors.matrix(layer + "attn_q.weight", EMBEDDING_SIZE, EMBEDDING_SIZE);
        tensors.matrix(layer + "attn_k.weight", EMBEDDING_SIZE, keyValueSize);
        tensors.matrix(layer + "attn_v.weight", EMBEDDING_SIZE, keyValueSize);
        tensors.matrix(layer + "attn_output.weight", EMBEDDING_SIZE, EMBEDDING_SIZE);
        if (this == SLIDING_WINDOW) {
            tensors.vector(layer + "post_attention_norm.weight", EMBEDDING_SIZE, 1);
            tensors.vector(layer + "attn_k_norm.weight", EMBEDDING_SIZE / HEADS, 1);
            tensors.vector(layer + "attn_q_norm.weight", EMBEDDING_SIZE / HEADS, 1);
            tensors.vector(layer + "post_ffw_norm.weight", EMBEDDING_SIZE, 1);
        }
    }
}
