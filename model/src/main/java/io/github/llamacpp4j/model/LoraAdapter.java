package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.github.llamacpp4j.ffi.NativeHandle;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A LoRA adapter: small changes to a model's weights, put to use by {@link Context#setAdapters(java.util.List)}.
 *
 * <p>Thread-safe. Made by {@link Model#loadAdapter(java.nio.file.Path)}, closed by the caller; keeps its model alive, and
 * contexts that use it keep it.
 */
public final class LoraAdapter implements AutoCloseable {

    private final NativeHandle model;
    private final NativeHandle handle;
    private final Map<String, String> metadata;
    private final int[] invocationTokens;

    LoraAdapter(NativeHandle model, NativeHandle handle) {
        this.model = model;
        this.handle = handle;
        MemorySegment adapter = handle.segment();
        this.metadata = metadata(adapter);
        long tokens = llama_adapter_get_alora_n_invocation_tokens(adapter);
        this.invocationTokens = tokens == 0
                ? new int[0]
                : llama_adapter_get_alora_invocation_tokens(adapter)
                        .asSlice(0, tokens * Integer.BYTES)
                        .toArray(JAVA_INT);
    }

    private static Map<String, String> metadata(MemorySegment adapter) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < llama_adapter_meta_count(adapter); i++) {
            int index = i;
            NativeText.read((buffer, size) -> llama_adapter_meta_key_by_index(adapter, index, buffer, size))
                    .ifPresent(key -> values.put(
                            key,
                            NativeText.read((buffer, size) ->
                                            llama_adapter_meta_val_str_by_index(adapter, index, buffer, size))
                                    .orElse("")));
        }
        return Collections.unmodifiableMap(values);
    }

    /** The metadata of the adapter's file that are no arrays, in its order. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The tokens after which an activated LoRA (aLoRA) begins to work; empty for ordinary ones. */
    public int[] invocationTokens() {
        return invocationTokens.clone();
    }

    /** Whether the adapter has not been closed yet. */
    public boolean isOpen() {
        return handle.isOpen();
    }

    NativeHandle model() {
        return model;
    }

    NativeHandle handle() {
        return handle;
    }

    /** Gives the adapter up; it is freed when no context uses it any more. Closing twice does nothing. */
    @Override
    public void close() {
        handle.close();
    }
}
