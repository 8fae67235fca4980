package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_adapter_lora_init;
import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_model_load_from_file;
import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_model_load_from_splits;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.ffi.NativeCallback;
import io.github.llamacpp4j.ffi.NativeHandle;
import io.github.llamacpp4j.ffi.NativePaths;
import io.github.llamacpp4j.ffi.generated.LlamaH;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.model.ModelLoadException.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A model's weights and vocabulary in memory ({@code llama_model}), loaded once and shared by its contexts.
 *
 * <p>Thread-safe. The caller closes it; contexts, samplers and adapters made from it keep the native model alive, so the
 * order of closing does not matter. After closing, nothing new can be made from it and its {@link #tokenizer()} stops,
 * while {@link #info()} stays readable.
 */
public final class Model implements AutoCloseable {

    private final Path path;
    private final ModelOptions options;
    private final ModelFile file;
    private final NativeHandle handle;
    private final Vocabulary vocabulary;
    private final Tokenizer tokenizer;
    private final ModelInfo info;
    private final ModelFingerprint fingerprint;
    private final ReentrantLock making = new ReentrantLock();

    private Model(Path path, ModelOptions options, ModelFile file, NativeHandle handle) {
        this.path = path;
        this.options = options;
        this.file = file;
        this.handle = handle;
        this.info = new ModelInfo(handle.segment(), file, options.vocabularyOnly());
        this.fingerprint = ModelFingerprint.of(file, info);
        this.vocabulary = new Vocabulary(handle);
        this.tokenizer = new Tokenizer(vocabulary);
    }

    /**
     * Loads a model with the defaults.
     *
     * @see #load(Path, ModelOptions)
     */
    public static Model load(Path file) {
        return load(file, ModelOptions.defaults());
    }

    /**
     * Loads a model.
     *
     * @param file a GGUF file; of a model in several files the first, if they are named as llama.cpp names them
     * @param options how to load it
     * @throws ModelLoadException if it cannot be loaded, with the reason and what llama.cpp logged
     * @throws IllegalArgumentException if the options do not fit the file or the devices
     * @throws NativeLibraryException if llama.cpp cannot be loaded
     */
    public static Model load(Path file, ModelOptions options) {
        requireNonNull(options, "options");
        ModelFile checked = ModelFile.open(requireNonNull(file, "file"));
        return load(
                file,
                checked,
                options,
                (arena, params) -> llama_model_load_from_file(NativePaths.allocate(arena, file), params));
    }

    /**
     * Loads a model from several files, whatever they are called.
     *
     * @param parts the files in their order
     * @param options how to load it
     * @throws ModelLoadException if it cannot be loaded, with the reason and what llama.cpp logged
     * @throws IllegalArgumentException if the options do not fit the file or the devices
     * @throws NativeLibraryException if llama.cpp cannot be loaded
     */
    public static Model load(List<Path> parts, ModelOptions options) {
        requireNonNull(options, "options");
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a model has at least one file, found none");
        }
        ModelFile checked = ModelFile.open(List.copyOf(parts));
        return load(parts.getFirst(), checked, options, (arena, params) -> {
            MemorySegment paths = arena.allocate(ADDRESS, parts.size());
            for (int i = 0; i < parts.size(); i++) {
                paths.setAtIndex(ADDRESS, i, NativePaths.allocate(arena, parts.get(i)));
            }
            return llama_model_load_from_splits(paths, parts.size(), params);
        });
    }

    @FunctionalInterface
    private interface Loader {
        MemorySegment load(Arena arena, MemorySegment params);
    }

    private static Model load(Path path, ModelFile file, ModelOptions options, Loader loader) {
        NativeRuntime.ensureLoaded();
        file.requireOverridable(options.metadataOverrides());
        if (!options.vocabularyOnly()) {
            file.requireSoundSettings(options.metadataOverrides());
        }
        if (!options.vocabularyOnly()
                && file.headers().stream().allMatch(header -> header.tensors().isEmpty())) {
            throw new ModelLoadException(
                    path, Reason.REFUSED, "the file holds a vocabulary and no weights; load it with vocabularyOnly");
        }
        Arena arena = Arena.ofShared();
        try {
            AtomicBoolean cancelled = new AtomicBoolean();
            NativeCallback progress = NativeCallback.progress(arena, fraction -> {
                boolean goOn = options.progressListener()
                        .map(listener -> listener.onProgress(fraction))
                        .orElse(true);
                cancelled.compareAndSet(false, !goOn);
                return goOn;
            });
            MemorySegment params = ModelParameters.write(arena, options, progress.pointer());
            NativeRuntime.Logged<MemorySegment> result = NativeRuntime.logging(() -> loader.load(arena, params));
            if (result.value().address() == 0) {
                progress.rethrow();
                throw cancelled.get()
                        ? new ModelLoadException(path, Reason.CANCELLED, "the progress listener asked to stop")
                        : new ModelLoadException(
                                path, Reason.REFUSED, "llama.cpp refuses the file", result.log(), null);
            }
            return opened(path, options, file, arena, result.value());
        } catch (RuntimeException | Error failure) {
            if (arena.scope().isAlive()) {
                arena.close();
            }
            throw failure;
        }
    }

    private static Model opened(Path path, ModelOptions options, ModelFile file, Arena arena, MemorySegment pointer) {
        NativeHandle handle = NativeHandle.own("model", arena, pointer, LlamaH::llama_model_free);
        try {
            return new Model(path, options, file, handle);
        } catch (RuntimeException | Error failure) {
            handle.close();
            throw failure;
        }
    }

    /** The file, or the first one, that was loaded. */
    public Path path() {
        return path;
    }

    /** The options with which it was loaded. */
    public ModelOptions options() {
        return options;
    }

    /** What the model says about itself. */
    public ModelInfo info() {
        return info;
    }

    /** The vocabulary. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Whether {@link #close()} has not been called yet. */
    public boolean isOpen() {
        return handle.isOpen();
    }

    /**
     * Makes a context, which the caller closes.
     *
     * @throws ContextCreationException if it does not fit into memory or llama.cpp refuses it
     * @throws IllegalArgumentException if the model cannot do what the options ask for
     * @throws IllegalStateException if the model is closed or was loaded with its vocabulary only
     */
    public Context newContext(ContextOptions contextOptions) {
        if (options.vocabularyOnly()) {
            throw new IllegalStateException(
                    "the model " + path + " was loaded with its vocabulary only and cannot compute");
        }
        if (contextOptions.pooling() == Pooling.RANK && !file.hasClassifierHead()) {
            throw new IllegalArgumentException(
                    "Pooling.RANK needs a reranking model; " + path + " has no classification head");
        }
        making.lock();
        try {
            return ContextFactory.make(this, contextOptions);
        } finally {
            making.unlock();
        }
    }

    /**
     * Loads a LoRA adapter for this model, which the caller closes.
     *
     * @param adapterFile a GGUF file with an adapter
     * @throws ModelLoadException if it cannot be loaded or is made for another model
     * @throws IllegalStateException if the model is closed or was loaded with its vocabulary only
     */
    public LoraAdapter loadAdapter(Path adapterFile) {
        if (options.vocabularyOnly()) {
            throw new IllegalStateException(
                    "the model " + path + " was loaded with its vocabulary only and takes no adapter");
        }
        GgufFile header = ModelFile.header(requireNonNull(adapterFile, "adapterFile"));
        if (!header.metadata()
                .value("general.type")
                .map(Object::toString)
                .orElse("")
                .equals("adapter")) {
            throw new ModelLoadException(
                    adapterFile,
                    Reason.REFUSED,
                    "expected general.type adapter, found "
                            + header.metadata()
                                    .value("general.type")
                                    .map(Object::toString)
                                    .orElse("none")
                            + ": this is no LoRA adapter");
        }
        making.lock();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = NativePaths.allocate(arena, adapterFile);
            NativeRuntime.Logged<MemorySegment> result =
                    NativeRuntime.logging(() -> llama_adapter_lora_init(handle.segment(), name));
            if (result.value().address() == 0) {
                throw new ModelLoadException(
                        adapterFile, Reason.REFUSED, "llama.cpp refuses the adapter", result.log(), null);
            }
            return new LoraAdapter(handle, NativeHandle.own("adapter", result.value(), this::freeAdapter, handle));
        } finally {
            making.unlock();
        }
    }

    private void freeAdapter(MemorySegment adapter) {
        making.lock();
        try {
            LlamaH.llama_adapter_lora_free(adapter);
        } finally {
            making.unlock();
        }
    }

    ModelFile file() {
        return file;
    }

    NativeHandle handle() {
        return handle;
    }

    ModelFingerprint fingerprint() {
        return fingerprint;
    }

    /**
     * Gives the model up; the native model is freed when nothing made from it is open any more. Closing twice does
     * nothing.
     */
    @Override
    public void close() {
        vocabulary.close();
        making.lock();
        try {
            handle.close();
        } finally {
            making.unlock();
        }
    }

    @Override
    public String toString() {
        return info + " from " + path;
    }
}
