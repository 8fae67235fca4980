package io.github.llamacpp4j.model;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a model is loaded ({@code llama_model_params}). Immutable and thread-safe.
 *
 * <p>The defaults are llama.cpp's own: everything on the best devices, the file mapped where that is possible.
 */
public final class ModelOptions {

    /** For {@link Builder#gpuLayers(int)}: every layer. */
    public static final int ALL_LAYERS = -1;

    private static final ModelOptions DEFAULTS = new ModelOptions(new Builder());

    private final int gpuLayers;
    private final SplitMode splitMode;
    private final LoadMode loadMode;
    private final LazyMode lazyMode;
    private final int mainDevice;
    private final @Nullable List<Device> devices;
    private final List<Float> tensorSplit;
    private final List<TensorPlacement> tensorPlacements;
    private final List<MetadataOverride> metadataOverrides;
    private final @Nullable LoadProgressListener progressListener;
    private final boolean vocabularyOnly;
    private final boolean checkTensors;
    private final boolean extraBufferTypes;
    private final boolean bypassHostBuffer;
    private final boolean multiTokenPrediction;

    private ModelOptions(Builder builder) {
        this.gpuLayers = builder.gpuLayers;
        this.splitMode = builder.splitMode;
        this.loadMode = builder.loadMode;
        this.lazyMode = builder.lazyMode;
        this.mainDevice = builder.mainDevice;
        this.devices = builder.devices;
        this.tensorSplit = builder.tensorSplit;
        this.tensorPlacements = builder.tensorPlacements;
        this.metadataOverrides = builder.metadataOverrides;
        this.progressListener = builder.progressListener;
        this.vocabularyOnly = builder.vocabularyOnly;
        this.checkTensors = builder.checkTensors;
        this.extraBufferTypes = builder.extraBufferTypes;
        this.bypassHostBuffer = builder.bypassHostBuffer;
        this.multiTokenPrediction = builder.multiTokenPrediction;
    }

    /** llama.cpp's defaults. */
    public static ModelOptions defaults() {
        return DEFAULTS;
    }

    /** The defaults, to be changed. */
    public static Builder builder() {
        return new Builder();
    }

    /** These options, to be changed. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** See {@link Builder#gpuLayers(int)}. */
    public int gpuLayers() {
        return gpuLayers;
    }

    /** See {@link Builder#splitMode(SplitMode)}. */
    public SplitMode splitMode() {
        return splitMode;
    }

    /** See {@link Builder#loadMode(LoadMode)}. */
    public LoadMode loadMode() {
        return loadMode;
    }

    /** See {@link Builder#lazyMode(LazyMode)}. */
    public LazyMode lazyMode() {
        return lazyMode;
    }

    /** See {@link Builder#mainDevice(int)}. */
    public int mainDevice() {
        return mainDevice;
    }

    /** See {@link Builder#devices(List)}; empty means that llama.cpp chooses. */
    public Optional<List<Device>> devices() {
        return Optional.ofNullable(devices);
    }

    /** See {@link Builder#tensorSplit(List)}. */
    public List<Float> tensorSplit() {
        return tensorSplit;
    }

    /** See {@link Builder#tensorPlacements(List)}. */
    public List<TensorPlacement> tensorPlacements() {
        return tensorPlacements;
    }

    /** See {@link Builder#metadataOverrides(List)}. */
    public List<MetadataOverride> metadataOverrides() {
        return metadataOverrides;
    }

    /** See {@link Builder#progressListener(LoadProgressListener)}. */
    public Optional<LoadProgressListener> progressListener() {
        return Optional.ofNullable(progressListener);
    }

    /** See {@link Builder#vocabularyOnly(boolean)}. */
    public boolean vocabularyOnly() {
        return vocabularyOnly;
    }

    /** See {@link Builder#checkTensors(boolean)}. */
    public boolean checkTensors() {
        return checkTensors;
    }

    /** See {@link Builder#extraBufferTypes(boolean)}. */
    public boolean extraBufferTypes() {
        return extraBufferTypes;
    }

    /** See {@link Builder#bypassHostBuffer(boolean)}. */
    public boolean bypassHostBuffer() {
        return bypassHostBuffer;
    }

    /** See {@link Builder#multiTokenPrediction(boolean)}. */
    public boolean multiTokenPrediction() {
        return multiTokenPrediction;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {

        private static final int MAX_PLACEMENTS = 4000;

        private int gpuLayers = ALL_LAYERS;
        private SplitMode splitMode = SplitMode.LAYER;
        private LoadMode loadMode = LoadMode.AUTO;
        private LazyMode lazyMode = LazyMode.AUTO;
        private int mainDevice;
        private @Nullable List<Device> devices;
        private List<Float> tensorSplit = List.of();
        private List<TensorPlacement> tensorPlacements = List.of();
        private List<MetadataOverride> metadataOverrides = List.of();
        private @Nullable LoadProgressListener progressListener;
        private boolean vocabularyOnly;
        private boolean checkTensors;
        private boolean extraBufferTypes = true;
        private boolean bypassHostBuffer;
        private boolean multiTokenPrediction;

        private Builder() {}

        private Builder(ModelOptions options) {
            this.gpuLayers = options.gpuLayers;
            this.splitMode = options.splitMode;
            this.loadMode = options.loadMode;
            this.lazyMode = options.lazyMode;
            this.mainDevice = options.mainDevice;
            this.devices = options.devices;
            this.tensorSplit = options.tensorSplit;
            this.tensorPlacements = options.tensorPlacements;
            this.metadataOverrides = options.metadataOverrides;
            this.progressListener = options.progressListener;
            this.vocabularyOnly = options.vocabularyOnly;
            this.checkTensors = options.checkTensors;
            this.extraBufferTypes = options.extraBufferTypes;
            this.bypassHostBuffer = options.bypassHostBuffer;
            this.multiTokenPrediction = options.multiTokenPrediction;
        }

        /**
         * How many layers are put on the devices other than the processor ({@code n_gpu_layers}). Default
         * {@link #ALL_LAYERS}. Zero does not keep work off a graphics processor, which still helps with large matrices;
         * {@link #devices(List)} with an empty list does.
         */
        public Builder gpuLayers(int layers) {
            this.gpuLayers = layers;
            return this;
        }

        /** How the model is spread over several devices ({@code split_mode}). Default {@link SplitMode#LAYER}. */
        public Builder splitMode(SplitMode mode) {
            this.splitMode = requireNonNull(mode, "mode");
            return this;
        }

        /** How the weights get into memory ({@code load_mode}). Default {@link LoadMode#AUTO}. */
        public Builder loadMode(LoadMode mode) {
            this.loadMode = requireNonNull(mode, "mode");
            return this;
        }

        /** Whether marked tensors are read on demand ({@code lazy_mode}). Default {@link LazyMode#AUTO}. */
        public Builder lazyMode(LazyMode mode) {
            this.lazyMode = requireNonNull(mode, "mode");
            return this;
        }

        /**
         * Which of the devices takes the whole model with {@link SplitMode#NONE} ({@code main_gpu}); a negative number
         * takes none. Default 0.
         */
        public Builder mainDevice(int index) {
            this.mainDevice = index;
            return this;
        }

        /**
         * Exactly the devices to use besides the processor ({@code devices}); an empty list keeps everything on the
         * processor. Default: llama.cpp chooses.
         */
        public Builder devices(List<Device> devices) {
            this.devices = List.copyOf(devices);
            return this;
        }

        /**
         * What share of the model each device takes ({@code tensor_split}), in any unit. Default: by their free memory.
         */
        public Builder tensorSplit(List<Float> shares) {
            this.tensorSplit = List.copyOf(shares);
            return this;
        }

        /** Where tensors with certain names are kept ({@code tensor_buft_overrides}); the first match counts. */
        public Builder tensorPlacements(List<TensorPlacement> placements) {
            this.tensorPlacements = List.copyOf(placements);
            return this;
        }

        /** Metadata values that replace those of the file ({@code kv_overrides}). */
        public Builder metadataOverrides(List<MetadataOverride> overrides) {
            this.metadataOverrides = List.copyOf(overrides);
            return this;
        }

        /** Who is told about the progress and may cancel ({@code progress_callback}). */
        public Builder progressListener(LoadProgressListener listener) {
            this.progressListener = requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Load the vocabulary and the metadata but no weights ({@code vocab_only}): enough for a {@link Tokenizer}, not
         * for a {@link Context}. Default {@code false}.
         */
        public Builder vocabularyOnly(boolean vocabularyOnly) {
            this.vocabularyOnly = vocabularyOnly;
            return this;
        }

        /** Validate the numbers in the weights, which reads all of them ({@code check_tensors}). Default {@code false}. */
        public Builder checkTensors(boolean checkTensors) {
            this.checkTensors = checkTensors;
            return this;
        }

        /** Rearrange weights for faster arithmetic where that helps ({@code use_extra_bufts}). Default {@code true}. */
        public Builder extraBufferTypes(boolean extraBufferTypes) {
            this.extraBufferTypes = extraBufferTypes;
            return this;
        }

        /** Do not keep weights in a device's pinned host memory ({@code no_host}). Default {@code false}. */
        public Builder bypassHostBuffer(boolean bypassHostBuffer) {
            this.bypassHostBuffer = bypassHostBuffer;
            return this;
        }

        /** Load the layers for multi-token prediction ({@code load_mtp}). Default {@code false}. */
        public Builder multiTokenPrediction(boolean multiTokenPrediction) {
            this.multiTokenPrediction = multiTokenPrediction;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if one of them is out of its range
         */
        public ModelOptions build() {
            if (gpuLayers < ALL_LAYERS) {
                throw new IllegalArgumentException("gpuLayers must be -1 (all) or more, found " + gpuLayers);
            }
            double sum = 0;
            for (float share : tensorSplit) {
                if (!Float.isFinite(share) || share < 0) {
                    throw new IllegalArgumentException(
                            "a share of tensorSplit must be finite and not negative, found " + share);
                }
                sum += share;
            }
            if (!tensorSplit.isEmpty() && sum == 0) {
                throw new IllegalArgumentException("tensorSplit must give at least one device a share above 0");
            }
            if (tensorPlacements.size() > MAX_PLACEMENTS) {
                throw new IllegalArgumentException("at most " + MAX_PLACEMENTS
                        + " tensorPlacements are possible, found " + tensorPlacements.size());
            }
            List<String> keys = new ArrayList<>();
            for (MetadataOverride override : metadataOverrides) {
                if (keys.contains(override.key())) {
                    throw new IllegalArgumentException("metadata key " + override.key() + " is overridden twice");
                }
                keys.add(override.key());
            }
            return new ModelOptions(this);
        }
    }
}
