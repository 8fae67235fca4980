package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.*;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/** What a loaded model says about itself. Immutable and thread-safe; usable after the model is closed. */
public final class ModelInfo {

    /** The architectures whose graphs in llama.cpp end without an output layer ({@code src/models}). */
    private static final Set<String> WITHOUT_LOGITS = Set.of(
            "bert",
            "nomic-bert",
            "nomic-bert-moe",
            "neo-bert",
            "jina-bert-v2",
            "jina-bert-v3",
            "eurobert",
            "modern-bert",
            "gemma-embedding",
            "llama-embed",
            "t5encoder",
            "wavtokenizer-dec");

    private static final String TEMPLATE_KEY = "tokenizer.chat_template";

    private final String description;
    private final String fileType;
    private final long parameterCount;
    private final long sizeBytes;
    private final int trainedContextSize;
    private final int embeddingSize;
    private final int inputEmbeddingSize;
    private final int outputEmbeddingSize;
    private final int layers;
    private final int predictionLayers;
    private final int heads;
    private final int keyValueHeads;
    private final int slidingWindow;
    private final RopeType ropeType;
    private final float ropeFrequencyScale;
    private final boolean encoder;
    private final boolean decoder;
    private final boolean recurrent;
    private final boolean hybrid;
    private final boolean diffusion;
    private final boolean logits;
    private final OptionalInt decoderStartToken;
    private final List<String> classifierLabels;
    private final Map<String, String> metadata;

    ModelInfo(MemorySegment model, ModelFile file, boolean vocabularyOnly) {
        this.description = NativeText.read((buffer, capacity) -> llama_model_desc(model, buffer, capacity))
                .orElse("");
        this.fileType =
                NativeText.of(llama_ftype_name(llama_model_ftype(model))).orElse("");
        this.parameterCount = llama_model_n_params(model);
        this.sizeBytes = llama_model_size(model);
        this.trainedContextSize = vocabularyOnly ? declared(file, "context_length") : llama_model_n_ctx_train(model);
        this.embeddingSize = vocabularyOnly ? declared(file, "embedding_length") : llama_model_n_embd(model);
        this.inputEmbeddingSize = vocabularyOnly ? declared(file, "embedding_length") : llama_model_n_embd_inp(model);
        this.outputEmbeddingSize = vocabularyOnly ? declared(file, "embedding_length") : llama_model_n_embd_out(model);
        this.layers = vocabularyOnly ? declared(file, "block_count") : llama_model_n_layer(model);
        this.predictionLayers = llama_model_n_layer_nextn(model);
        this.heads = vocabularyOnly || layers == 0 ? declared(file, "attention.head_count") : llama_model_n_head(model);
        this.keyValueHeads = vocabularyOnly || layers == 0
                ? declared(file, "attention.head_count_kv")
                : llama_model_n_head_kv(model);
        this.slidingWindow = vocabularyOnly ? declared(file, "attention.sliding_window") : llama_model_n_swa(model);
        this.ropeType = NativeConstant.of(RopeType.class, llama_model_rope_type(model));
        this.ropeFrequencyScale = vocabularyOnly ? 1 : llama_model_rope_freq_scale_train(model);
        this.encoder = llama_model_has_encoder(model);
        this.decoder = llama_model_has_decoder(model);
        this.recurrent = llama_model_is_recurrent(model);
        this.hybrid = llama_model_is_hybrid(model);
        this.diffusion = llama_model_is_diffusion(model);
        int start = llama_model_decoder_start_token(model);
        this.decoderStartToken = start < 0 ? OptionalInt.empty() : OptionalInt.of(start);
        this.classifierLabels = file.hasClassifierHead() ? classifierLabels(model) : List.of();
        this.metadata = metadata(model, file);
        this.logits = decoder && !WITHOUT_LOGITS.contains(architecture());
    }

    /** What the file says: without weights llama.cpp does not read these settings and asserts where it is asked. */
    private static int declared(ModelFile file, String suffix) {
        return (int) file.setting(suffix, 0);
    }

    private static List<String> classifierLabels(MemorySegment model) {
        return IntStream.range(0, llama_model_n_cls_out(model))
                .mapToObj(i -> NativeText.of(llama_model_cls_label(model, i)).orElse(""))
                .toList();
    }

    /** llama.cpp keeps no order, so it is taken from the file. */
    private static Map<String, String> metadata(MemorySegment model, ModelFile file) {
        Map<String, String> unordered = new LinkedHashMap<>();
        for (int i = 0; i < llama_model_meta_count(model); i++) {
            int index = i;
            NativeText.read((buffer, capacity) -> llama_model_meta_key_by_index(model, index, buffer, capacity))
                    .ifPresent(key -> unordered.put(key, value(model, index)));
        }
        Map<String, String> ordered = new LinkedHashMap<>();
        file.metadata().values().keySet().forEach(key -> {
            String value = unordered.remove(key);
            if (value != null) {
                ordered.put(key, value);
            }
        });
        ordered.putAll(unordered);
        return Collections.unmodifiableMap(ordered);
    }

    private static String value(MemorySegment model, int index) {
        return NativeText.read((buffer, capacity) -> llama_model_meta_val_str_by_index(model, index, buffer, capacity))
                .orElse("");
    }

    /** A short description such as {@code llama 1B Q8_0}. */
    public String description() {
        return description;
    }

    /** How most weights are stored, such as {@code Q8_0} or {@code Q4_K - Medium}. */
    public String fileType() {
        return fileType;
    }

    /** The architecture's name, such as {@code llama}. */
    public String architecture() {
        return metadata.getOrDefault("general.architecture", "");
    }

    /** How many weights there are. */
    public long parameterCount() {
        return parameterCount;
    }

    /** The size of all tensors in bytes. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** How many positions the model was trained for; 0 if it does not say. */
    public int trainedContextSize() {
        return trainedContextSize;
    }

    /** The width of the model ({@code n_embd}). */
    public int embeddingSize() {
        return embeddingSize;
    }

    /** The width of embeddings given as input ({@code n_embd_inp}). */
    public int inputEmbeddingSize() {
        return inputEmbeddingSize;
    }

    /** The width of embeddings that come out ({@code n_embd_out}). */
    public int outputEmbeddingSize() {
        return outputEmbeddingSize;
    }

    /** How many layers there are. */
    public int layers() {
        return layers;
    }

    /** How many layers for multi-token prediction there are. */
    public int predictionLayers() {
        return predictionLayers;
    }

    /** How many attention heads the first layer has. */
    public int heads() {
        return heads;
    }

    /** How many heads for keys and values the first layer has. */
    public int keyValueHeads() {
        return keyValueHeads;
    }

    /** How many positions the layers with a sliding window see; 0 if there are none. */
    public int slidingWindow() {
        return slidingWindow;
    }

    /** How rotary positions are applied. */
    public RopeType ropeType() {
        return ropeType;
    }

    /** The frequency scale of rotary positions that the model was trained with, 1 if none; 1 if only the vocabulary is loaded. */
    public float ropeFrequencyScale() {
        return ropeFrequencyScale;
    }

    /** Whether there is an encoder, which {@link Context#encode(Batch)} runs. */
    public boolean hasEncoder() {
        return encoder;
    }

    /** Whether there is a decoder, which {@link Context#decode(Batch)} runs. */
    public boolean hasDecoder() {
        return decoder;
    }

    /** Whether the model has an output layer, which gives logits; encoders give vectors or a classification head's scores alone. */
    public boolean hasLogits() {
        return logits;
    }

    /** Whether the model keeps a state instead of a cache (Mamba, RWKV). */
    public boolean recurrent() {
        return recurrent;
    }

    /** Whether the model has both recurrent and attention layers. */
    public boolean hybrid() {
        return hybrid;
    }

    /** Whether the model writes by diffusion instead of from left to right. */
    public boolean diffusion() {
        return diffusion;
    }

    /** The token with which the decoder of an encoder-decoder model starts. */
    public OptionalInt decoderStartToken() {
        return decoderStartToken;
    }

    /** The names of a classification head's outputs, empty where one has no name; empty for other models. */
    public List<String> classifierLabels() {
        return classifierLabels;
    }

    /** The metadata of the file that are no arrays, in its order; every value in full length. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The chat template that is used by default. */
    public Optional<String> chatTemplate() {
        return Optional.ofNullable(metadata.get(TEMPLATE_KEY));
    }

    /** The chat template for a purpose, such as {@code tool_use}. */
    public Optional<String> chatTemplate(String name) {
        return Optional.ofNullable(metadata.get(TEMPLATE_KEY + "." + name));
    }

    /** All chat templates for certain purposes by name, without the default one. */
    public Map<String, String> namedChatTemplates() {
        Map<String, String> templates = new LinkedHashMap<>();
        metadata.forEach((key, value) -> {
            if (key.startsWith(TEMPLATE_KEY + ".")) {
                templates.put(key.substring(TEMPLATE_KEY.length() + 1), value);
            }
        });
        return Collections.unmodifiableMap(templates);
    }

    @Override
    public String toString() {
        return description;
    }
}
