package io.github.llamacpp4j.gguf;

import java.util.List;
import java.util.OptionalLong;

/**
 * How much memory a model will take in llama.cpp, told from its header alone. Compute buffers, which depend on backend
 * and batch size, are not counted. Immutable and thread-safe.
 *
 * @param weightsBytes the tensors of all files
 * @param keyValueBytes the cache of keys and values for the whole context
 * @param contextSize the context in tokens that this is for, rounded up to the 256 that llama.cpp allocates in
 * @param exact false where the header does not tell all: the cache is then an upper bound (sliding windows whose layers
 *     only llama.cpp knows) or lacks the state of recurrent layers
 */
public record MemoryForecast(long weightsBytes, long keyValueBytes, long contextSize, boolean exact) {

    private static final int CONTEXT_STEP = 256;
    private static final long LARGEST_CONTEXT = 1L << 31;
    private static final long MICRO_BATCH_SIZE = 512;
    private static final int MOST_LAYERS = 65_536;

    /** Weights and cache together. */
    public long totalBytes() {
        return weightsBytes + keyValueBytes;
    }

    /**
     * The forecast for a model.
     *
     * @param files all files of the model, the first one with its metadata
     * @param contextSize the context in tokens, for all sequences together; above 0 and at most 2^31
     * @param keyType how keys are cached
     * @param valueType how values are cached
     * @throws GgufException if the metadata lacks what is needed or contradicts itself
     */
    public static MemoryForecast of(List<GgufFile> files, long contextSize, GgmlType keyType, GgmlType valueType) {
        if (contextSize < 1 || contextSize > LARGEST_CONTEXT) {
            throw new IllegalArgumentException("a context has 1 to 2^31 tokens, not " + contextSize);
        }
        long weights = files.stream().mapToLong(GgufFile::tensorBytes).sum();
        GgufMetadata metadata = files.getFirst().metadata();
        long cells = GgufReader.padded(contextSize, CONTEXT_STEP);
        if (!isCausal(metadata)) {
            return new MemoryForecast(weights, 0, cells, true);
        }
        try {
            return new Cache(metadata, keyType, valueType, cells).forecast(weights);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new GgufException("the metadata tells of a cache that cannot be: " + e.getMessage(), e);
        }
    }

    private static boolean isCausal(GgufMetadata metadata) {
        String architecture = metadata.architecture().orElse("");
        boolean encoder = architecture.contains("bert") || architecture.equals("t5encoder");
        return metadata.bool(architecture + ".attention.causal").orElse(!encoder);
    }

    /** The sizes of the layers' caches; the rules are those of {@code llama-kv-cache.cpp}. */
    private static final class Cache {

        private final GgufMetadata metadata;
        private final String prefix;
        private final GgmlType keyType;
        private final GgmlType valueType;
        private final long cells;
        private final long layers;
        private final boolean latent;
        private boolean exact = true;

        Cache(GgufMetadata metadata, GgmlType keyType, GgmlType valueType, long cells) {
            this.metadata = metadata;
            this.prefix = metadata.architecture()
                            .orElseThrow(() -> new GgufException("general.architecture is missing: not a model"))
                    + ".";
            this.keyType = keyType;
            this.valueType = valueType;
            this.cells = cells;
            this.layers = required("block_count");
            this.latent = metadata.integer(prefix + "attention.key_length_mla").isPresent();
            if (layers < 0 || layers > MOST_LAYERS) {
                throw new GgufException(prefix + "block_count is " + layers);
            }
        }

        MemoryForecast forecast(long weightsBytes) {
            if (metadata.value(prefix + "ssm.state_size").isPresent()
                    || metadata.value(prefix + "wkv.head_size").isPresent()) {
                exact = false;
            }
            long bytes = 0;
            for (int layer = 0; layer < layers; layer++) {
                bytes = Math.addExact(bytes, layerBytes(layer));
            }
            return new MemoryForecast(weightsBytes, bytes, cells, exact);
        }

        private long layerBytes(int layer) {
            boolean windowed = isWindowed(layer);
            long heads = headCount(layer);
            long keys = Math.multiplyExact(heads, headSize("key", windowed));
            long values = latent ? 0 : Math.multiplyExact(heads, headSize("value", windowed));
            long rows = windowed ? windowCells() : cells;
            return Math.multiplyExact(rows, Math.addExact(keyType.bytesFor(keys), valueType.bytesFor(values)));
        }

        /** Key-value heads: one number, or one per layer with 0 for layers without attention. */
        private long headCount(int layer) {
            OptionalLong keyValueHeads = perLayer("attention.head_count_kv", layer);
            return keyValueHeads.isPresent()
                    ? keyValueHeads.getAsLong()
                    : perLayer("attention.head_count", layer)
                            .orElseThrow(() -> new GgufException(prefix + "attention.head_count is missing"));
        }

        private long headSize(String kind, boolean windowed) {
            OptionalLong own = metadata.integer(prefix + "attention." + kind + "_length" + (windowed ? "_swa" : ""));
            OptionalLong named = own.isPresent() ? own : metadata.integer(prefix + "attention." + kind + "_length");
            if (named.isPresent()) {
                return named.getAsLong();
            }
            long heads = perLayer("attention.head_count", 0).orElse(0);
            if (heads == 0) {
                throw new GgufException(prefix + "attention.head_count is missing or 0");
            }
            return required("embedding_length") / heads;
        }

        private boolean isWindowed(int layer) {
            if (metadata.integer(prefix + "attention.sliding_window").orElse(0) == 0) {
                return false;
            }
            GgufValue pattern = metadata.values().get(prefix + "attention.sliding_window_pattern");
            if (pattern instanceof GgufArray array && layer < array.size()) {
                return array.elementType() == GgufType.BOOL ? array.bool(layer) : array.integer(layer) != 0;
            }
            exact = false;
            return false;
        }

        /** A layer with a window keeps that and one micro-batch. */
        private long windowCells() {
            long window = metadata.integer(prefix + "attention.sliding_window").orElse(0);
            return Math.min(cells, GgufReader.padded(Math.addExact(window, MICRO_BATCH_SIZE), CONTEXT_STEP));
        }

        private OptionalLong perLayer(String key, int layer) {
            if (metadata.values().get(prefix + key) instanceof GgufArray array) {
                return layer < array.size() ? OptionalLong.of(array.integer(layer)) : OptionalLong.empty();
            }
            return metadata.integer(prefix + key);
        }

        private long required(String key) {
            return metadata.integer(prefix + key)
                    .orElseThrow(() -> new GgufException(prefix + key + " is missing: not a model that generates"));
        }
    }
}
