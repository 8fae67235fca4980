package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.GgmlBackendH.*;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.llamacpp4j.ffi.generated.GgmlH;
import io.github.llamacpp4j.ffi.generated.LlamaH;
import io.github.llamacpp4j.ffi.generated.ggml_backend_feature;
import io.github.llamacpp4j.ffi.generated.ggml_backend_get_features_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What llama.cpp can compute with on this machine. The first use of this class, as of {@link Model}, loads the native
 * libraries. Thread-safe.
 */
public final class Backends {

    private static final int MAX_FEATURES = 1000;

    private Backends() {}

    /**
     * All loaded backends with their devices and features.
     *
     * @throws NativeLibraryException if llama.cpp cannot be loaded
     */
    public static List<Backend> list() {
        NativeRuntime.ensureLoaded();
        List<Backend> backends = new ArrayList<>();
        for (long i = 0; i < ggml_backend_reg_count(); i++) {
            MemorySegment registration = ggml_backend_reg_get(i);
            List<Device> devices = new ArrayList<>();
            for (long d = 0; d < ggml_backend_reg_dev_count(registration); d++) {
                devices.add(device(ggml_backend_reg_dev_get(registration, d)));
            }
            backends.add(new Backend(name(registration), devices, features(registration)));
        }
        return List.copyOf(backends);
    }

    /**
     * All devices of all backends.
     *
     * @throws NativeLibraryException if llama.cpp cannot be loaded
     */
    public static List<Device> devices() {
        NativeRuntime.ensureLoaded();
        List<Device> devices = new ArrayList<>();
        for (long i = 0; i < ggml_backend_dev_count(); i++) {
            devices.add(device(ggml_backend_dev_get(i)));
        }
        return List.copyOf(devices);
    }

    /**
     * llama.cpp's version, such as {@code 0.5.0}.
     *
     * @throws NativeLibraryException if llama.cpp cannot be loaded
     */
    public static String llamaVersion() {
        NativeRuntime.ensureLoaded();
        return NativeText.of(LlamaH.llama_version()).orElse("");
    }

    /**
     * ggml's version and commit, such as {@code 0.25.1 (0ad4a86)}.
     *
     * @throws NativeLibraryException if llama.cpp cannot be loaded
     */
    public static String ggmlVersion() {
        NativeRuntime.ensureLoaded();
        return NativeText.of(GgmlH.ggml_version()).orElse("") + " ("
                + NativeText.of(GgmlH.ggml_commit()).orElse("unknown") + ")";
    }

    /** The native device of a listing; the list may be older than a backend's state but never names freed memory. */
    static MemorySegment nativeDevice(Device device) {
        NativeRuntime.ensureLoaded();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = ggml_backend_dev_by_name(arena.allocateFrom(device.name()));
            if (found.address() == 0) {
                throw new IllegalArgumentException("there is no device " + device.name() + "; known are "
                        + devices().stream().map(Device::name).toList());
            }
            return found;
        }
    }

    static MemorySegment nativeBufferType(Device device) {
        return ggml_backend_dev_buffer_type(nativeDevice(device));
    }

    private static Device device(MemorySegment device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(JAVA_LONG);
            MemorySegment total = arena.allocate(JAVA_LONG);
            ggml_backend_dev_memory(device, free, total);
            return new Device(
                    NativeText.of(ggml_backend_dev_name(device)).orElse(""),
                    NativeText.of(ggml_backend_dev_description(device)).orElse(""),
                    NativeConstant.of(DeviceType.class, ggml_backend_dev_type(device)),
                    name(ggml_backend_dev_backend_reg(device)),
                    free.get(JAVA_LONG, 0),
                    total.get(JAVA_LONG, 0));
        }
    }

    private static String name(MemorySegment registration) {
        return NativeText.of(ggml_backend_reg_name(registration)).orElse("");
    }

    /** Reads the list that a backend offers under a well-known name; it ends with a NULL name. */
    private static Map<String, String> features(MemorySegment registration) {
        Map<String, String> features = new LinkedHashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = ggml_backend_reg_get_proc_address(
                    registration, arena.allocateFrom("ggml_backend_get_features"));
            if (function.address() == 0) {
                return features;
            }
            MemorySegment array = ggml_backend_get_features_t.invoke(function, registration);
            for (int i = 0; array.address() != 0 && i < MAX_FEATURES; i++) {
                MemorySegment entry = ggml_backend_feature.elementAt(array, i);
                MemorySegment name = ggml_backend_feature.name(entry);
                if (name.address() == 0) {
                    break;
                }
                features.put(
                        name.getString(0),
                        NativeText.of(ggml_backend_feature.value(entry)).orElse(""));
            }
        }
        return features;
    }
}
