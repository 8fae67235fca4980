package io.github.llamacpp4j.ffi;

import io.github.llamacpp4j.natives.InstallListener;
import io.github.llamacpp4j.natives.LlamaCppHome;
import io.github.llamacpp4j.natives.NativePin;
import io.github.llamacpp4j.natives.NativePins;
import io.github.llamacpp4j.natives.NativePlatform;
import io.github.llamacpp4j.natives.NativeSet;
import io.github.llamacpp4j.natives.NativeSetException;
import io.github.llamacpp4j.natives.NativeSets;
import io.github.llamacpp4j.natives.NativesInstaller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Good sets, sets of other machines and releases, and copies to be damaged. */
final class TestSets {

    private static final NativePin OLD = new NativePin(
            NativePlatform.LINUX_X64,
            "cpu",
            "b4753",
            "@node-llama-cpp/linux-x64",
            "3.5.0",
            3073267,
            "sha512-0Vdt2/ZjduGETSD6Eebvh9+8K3KM0fSpb1TMGzVllLMalJNa8CkyvobbpR+2wU6ZrgkZF74alEUV8vo2KVrrsg==");

    private static final NativePin OLDEST_SUPPORTED = new NativePin(
            NativePlatform.LINUX_X64,
            "cpu",
            "v0.4.0",
            "@node-llama-cpp/linux-x64",
            "3.21.1",
            10_800_000,
            "sha512-Totj6RTDMGo3FoK2yNUaz/oGmZD0olAqTrRluFUWmu0kW2i9TOzHSW0OWCAiGkzRCVX0WsU2CyUQo/W2NYtdPA==");

    private TestSets() {}

    /** The set that the build packed for this machine. */
    static NativeSet host() {
        return NativeSets.current().locate();
    }

    /** llama.cpp b4753, whose structs are shorter. */
    static NativeSet old() {
        return fetched(OLD);
    }

    /** llama.cpp v0.4.0, the oldest release whose layouts are those of the bindings. */
    static NativeSet oldestSupported() {
        return fetched(OLDEST_SUPPORTED);
    }

    /** The libraries for Linux on ARM. */
    static NativeSet arm() {
        return fetched(NativePins.load().defaultFor(NativePlatform.LINUX_ARM64));
    }

    private static NativeSet fetched(NativePin pin) {
        Path directory = LlamaCppHome.current().directory().resolve("test-natives");
        try {
            return NativesInstaller.into(directory).install(pin, InstallListener.NONE);
        } catch (NativeSetException e) {
            return Assumptions.abort("skipped, since npm did not fetch " + pin.packageSpec() + ": " + e.getMessage());
        }
    }

    /** A copy of the libraries of a set, without its manifest. */
    static NativeSet copy(NativeSet set, Path directory) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(set.directory())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        Files.deleteIfExists(directory.resolve("native-set.properties"));
        return NativeSet.in(directory, NativeSet.Origin.EXPLICIT);
    }
}
