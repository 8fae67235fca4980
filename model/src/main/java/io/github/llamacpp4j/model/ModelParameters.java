package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_max_devices;
import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_model_default_params;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.llamacpp4j.ffi.generated.LlamaH;
import io.github.llamacpp4j.ffi.generated.llama_model_kv_override;
import io.github.llamacpp4j.ffi.generated.llama_model_params;
import io.github.llamacpp4j.ffi.generated.llama_model_tensor_buft_override;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Writes {@link ModelOptions} as {@code llama_model_params}; everything lives in the arena given. */
final class ModelParameters {

    private ModelParameters() {}

    static MemorySegment write(Arena arena, ModelOptions options, MemorySegment progressCallback) {
        MemorySegment params = llama_model_default_params(arena);
        llama_model_params.n_gpu_layers(params, options.gpuLayers());
        llama_model_params.split_mode(params, options.splitMode().nativeValue());
        llama_model_params.load_mode(params, options.loadMode().nativeValue());
        llama_model_params.lazy_mode(params, options.lazyMode().nativeValue());
        llama_model_params.main_gpu(params, options.mainDevice());
        llama_model_params.vocab_only(params, options.vocabularyOnly());
        llama_model_params.check_tensors(params, options.checkTensors());
        llama_model_params.use_extra_bufts(params, options.extraBufferTypes());
        llama_model_params.no_host(params, options.bypassHostBuffer());
        llama_model_params.load_mtp(params, options.multiTokenPrediction());
        llama_model_params.progress_callback(params, progressCallback);
        options.devices().ifPresent(devices -> llama_model_params.devices(params, devices(arena, devices)));
        if (!options.tensorSplit().isEmpty()) {
            llama_model_params.tensor_split(params, tensorSplit(arena, options.tensorSplit()));
        }
        if (!options.tensorPlacements().isEmpty()) {
            llama_model_params.tensor_buft_overrides(params, placements(arena, options.tensorPlacements()));
        }
        if (!options.metadataOverrides().isEmpty()) {
            llama_model_params.kv_overrides(params, overrides(arena, options.metadataOverrides()));
        }
        return params;
    }

    /** A list that ends with NULL; the processor is always used and never listed. */
    private static MemorySegment devices(Arena arena, List<Device> devices) {
        List<Device> listed = devices.stream()
                .filter(device -> device.type() != DeviceType.CPU && device.type() != DeviceType.ACCELERATOR)
                .toList();
        MemorySegment array = arena.allocate(ADDRESS, listed.size() + 1L);
        for (int i = 0; i < listed.size(); i++) {
            array.setAtIndex(ADDRESS, i, Backends.nativeDevice(listed.get(i)));
        }
        return array;
    }

    private static MemorySegment tensorSplit(Arena arena, List<Float> shares) {
        long slots = llama_max_devices();
        if (shares.size() > slots) {
            throw new IllegalArgumentException(
                    "tensorSplit may name at most " + slots + " devices, found " + shares.size());
        }
        MemorySegment array = arena.allocate(JAVA_FLOAT, slots);
        for (int i = 0; i < shares.size(); i++) {
            array.setAtIndex(JAVA_FLOAT, i, shares.get(i));
        }
        return array;
    }

    /** A list that ends with a NULL pattern. */
    private static MemorySegment placements(Arena arena, List<TensorPlacement> placements) {
        MemorySegment array = llama_model_tensor_buft_override.allocateArray(arena, placements.size() + 1L);
        for (int i = 0; i < placements.size(); i++) {
            TensorPlacement placement = placements.get(i);
            MemorySegment entry = llama_model_tensor_buft_override.elementAt(array, i);
            llama_model_tensor_buft_override.pattern(entry, arena.allocateFrom(placement.pattern()));
            llama_model_tensor_buft_override.buft(entry, Backends.nativeBufferType(placement.device()));
        }
        return array;
    }

    /** A list that ends with an empty key. */
    private static MemorySegment overrides(Arena arena, List<MetadataOverride> overrides) {
        MemorySegment array = llama_model_kv_override.allocateArray(arena, overrides.size() + 1L);
        for (int i = 0; i < overrides.size(); i++) {
            MetadataOverride override = overrides.get(i);
            MemorySegment entry = llama_model_kv_override.elementAt(array, i);
            llama_model_kv_override.key(entry).setString(0, override.key());
            switch (override) {
                case MetadataOverride.OfInteger integer -> {
                    llama_model_kv_override.tag(entry, LlamaH.LLAMA_KV_OVERRIDE_TYPE_INT);
                    llama_model_kv_override.val_i64(entry, integer.value());
                }
                case MetadataOverride.OfFloat number -> {
                    llama_model_kv_override.tag(entry, LlamaH.LLAMA_KV_OVERRIDE_TYPE_FLOAT);
                    llama_model_kv_override.val_f64(entry, number.value());
                }
                case MetadataOverride.OfBoolean truth -> {
                    llama_model_kv_override.tag(entry, LlamaH.LLAMA_KV_OVERRIDE_TYPE_BOOL);
                    llama_model_kv_override.val_bool(entry, truth.value());
                }
                case MetadataOverride.OfString text -> {
                    llama_model_kv_override.tag(entry, LlamaH.LLAMA_KV_OVERRIDE_TYPE_STR);
                    llama_model_kv_override.val_str(entry).setString(0, text.value());
                }
            }
        }
        return array;
    }
}
