package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.GgmlBackendH.ggml_backend_dev_buffer_type;
import static io.github.llamacpp4j.ffi.generated.GgmlBackendH.ggml_backend_dev_by_name;

import io.github.llamacpp4j.ffi.LoadedNatives;
import io.github.llamacpp4j.ffi.NativeDevices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * What llama.cpp can compute with on this machine. The first use of this class, as of {@link Model}, loads the native
 * libraries. Thread-safe.
 */
public final class Backends {

    private Backends() {}

    /**
     * The libraries in use, which are loaded first if need be.
     *
     * @throws NativeLibraryException if llama.cpp cannot be loaded
     */
    public static LoadedLibraries libraries() {
        return describe(NativeRuntime.ensureLoaded());
    }

    /**
     * Loads the libraries in a directory: an installed set, or a plain llama.cpp {@code build/bin}. It goes before every
     * other place where libraries are looked for, so it must be the first use of llama.cpp in the process.
     *
     * @throws NativeLibraryException if llama.cpp cannot be loaded from there, or has been loaded from elsewhere
     */
    public static LoadedLibraries load(Path directory) {
        return describe(NativeRuntime.load(directory));
    }

    private static LoadedLibraries describe(LoadedNatives natives) {
        return new LoadedLibraries(
                natives.set().directory(),
                natives.set().origin().toString(),
                natives.llamaVersion(),
                natives.ggmlVersion() + " (" + natives.ggmlCommit() + ")",
                natives.cpuVariant());
    }

    /**
     * All loaded backends with their devices and features.
     *
     * @throws NativeLibraryException if llama.cpp cannot be loaded
     */
    public static List<Backend> list() {
        List<Device> devices = devices();
        return NativeDevices.registries().stream()
                .map(registry -> new Backend(
                        registry.name(),
                        devices.stream()
                                .filter(device -> device.backend().equals(registry.name()))
                                .toList(),
                        registry.features()))
                .toList();
    }

    /**
     * All devices of all backends.
     *
     * @throws NativeLibraryException if llama.cpp cannot be loaded
     */
    public static List<Device> devices() {
        NativeRuntime.ensureLoaded();
        return NativeDevices.devices().stream()
                .map(device -> new Device(
                        device.name(),
                        device.description(),
                        type(device.kind()),
                        device.registry(),
                        device.memoryFreeBytes(),
                        device.memoryTotalBytes()))
                .toList();
    }

    private static DeviceType type(NativeDevices.Kind kind) {
        return switch (kind) {
            case CPU -> DeviceType.CPU;
            case GPU -> DeviceType.GPU;
            case INTEGRATED_GPU -> DeviceType.INTEGRATED_GPU;
            case ACCELERATOR -> DeviceType.ACCELERATOR;
            case META -> DeviceType.META;
            case UNKNOWN -> DeviceType.UNKNOWN;
        };
    }

    /** The native device of that name; devices are never freed. */
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
}
