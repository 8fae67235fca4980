package io.github.llamacpp4j.ffi;

import io.github.llamacpp4j.ffi.generated.GgmlBackendH;
import io.github.llamacpp4j.ffi.generated.ggml_backend_dev_props;
import io.github.llamacpp4j.ffi.generated.ggml_backend_feature;
import io.github.llamacpp4j.ffi.generated.ggml_backend_get_features_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The backends and devices of the loaded libraries. Safe for all threads once {@link NativeLoader} has loaded them. */
public final class NativeDevices {

    private static final int MAX_FEATURES = 1000;

    /** What a device is, as {@code enum ggml_backend_dev_type} tells. */
    public enum Kind {
        /** The processor, with the system's memory. */
        CPU,
        /** A graphics card with memory of its own. */
        GPU,
        /** A graphics processor that shares the system's memory. */
        INTEGRATED_GPU,
        /** An accelerator that works beside the processor, such as BLAS or AMX. */
        ACCELERATOR,
        /** Several devices that act as one. */
        META,
        /** A kind that this release does not know. */
        UNKNOWN;

        static Kind of(int nativeType) {
            return switch (nativeType) {
                case GgmlBackendH.GGML_BACKEND_DEVICE_TYPE_CPU -> CPU;
                case GgmlBackendH.GGML_BACKEND_DEVICE_TYPE_GPU -> GPU;
                case GgmlBackendH.GGML_BACKEND_DEVICE_TYPE_IGPU -> INTEGRATED_GPU;
                case GgmlBackendH.GGML_BACKEND_DEVICE_TYPE_ACCEL -> ACCELERATOR;
                case GgmlBackendH.GGML_BACKEND_DEVICE_TYPE_META -> META;
                default -> UNKNOWN;
            };
        }
    }

    /**
     * A backend, as ggml registers it.
     *
     * @param name its name, such as {@code CPU}, {@code Vulkan} or {@code MTL}
     * @param features what it was compiled with or found, such as {@code AVX2} to {@code 1}; in ggml's order
     * @param deviceCount how many devices it has
     */
    public record Registry(String name, Map<String, String> features, int deviceCount) {

        /** Wraps the map, keeping its order. */
        public Registry {
            features = Collections.unmodifiableMap(new LinkedHashMap<>(features));
        }
    }

    /**
     * Something that computes.
     *
     * @param registry the name of its backend
     * @param name its name, by which it is chosen, such as {@code CPU} or {@code Vulkan0}
     * @param description its name for people
     * @param kind what it is
     * @param memoryFreeBytes memory that is free now; 0 when the backend does not tell
     * @param memoryTotalBytes memory in all; 0 when the backend does not tell
     */
    public record Device(
            String registry, String name, String description, Kind kind, long memoryFreeBytes, long memoryTotalBytes) {}

    private NativeDevices() {}

    /** The backends, in ggml's order. */
    public static List<Registry> registries() {
        List<Registry> registries = new ArrayList<>();
        for (long i = 0; i < GgmlBackendH.ggml_backend_reg_count(); i++) {
            MemorySegment registry = GgmlBackendH.ggml_backend_reg_get(i);
            registries.add(new Registry(
                    NativeStrings.text(GgmlBackendH.ggml_backend_reg_name(registry)),
                    features(registry),
                    Math.toIntExact(GgmlBackendH.ggml_backend_reg_dev_count(registry))));
        }
        return List.copyOf(registries);
    }

    /** The devices, in ggml's order. */
    public static List<Device> devices() {
        List<Device> devices = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment properties = ggml_backend_dev_props.allocate(arena);
            for (long i = 0; i < GgmlBackendH.ggml_backend_dev_count(); i++) {
                MemorySegment device = GgmlBackendH.ggml_backend_dev_get(i);
                GgmlBackendH.ggml_backend_dev_get_props(device, properties);
                MemorySegment registry = GgmlBackendH.ggml_backend_dev_backend_reg(device);
                devices.add(new Device(
                        NativeStrings.text(GgmlBackendH.ggml_backend_reg_name(registry)),
                        NativeStrings.text(ggml_backend_dev_props.name(properties)),
                        NativeStrings.text(ggml_backend_dev_props.description(properties)),
                        Kind.of(ggml_backend_dev_props.type(properties)),
                        ggml_backend_dev_props.memory_free(properties),
                        ggml_backend_dev_props.memory_total(properties)));
            }
        }
        return List.copyOf(devices);
    }

    private static Map<String, String> features(MemorySegment registry) {
        Map<String, String> features = new LinkedHashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = GgmlBackendH.ggml_backend_reg_get_proc_address(
                    registry, arena.allocateFrom("ggml_backend_get_features"));
            if (function.address() == 0) {
                return features;
            }
            MemorySegment list = ggml_backend_get_features_t.invoke(function, registry);
            for (int i = 0; i < MAX_FEATURES; i++) {
                MemorySegment feature = ggml_backend_feature.elementAt(list, i);
                MemorySegment name = ggml_backend_feature.name(feature);
                if (name.address() == 0) {
                    break;
                }
                features.put(NativeStrings.text(name), NativeStrings.text(ggml_backend_feature.value(feature)));
            }
        }
        return features;
    }
}
