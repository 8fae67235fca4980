package io.github.llamacpp4j.cli;

import com.sun.management.OperatingSystemMXBean;
import io.github.llamacpp4j.model.Backend;
import io.github.llamacpp4j.model.Backends;
import io.github.llamacpp4j.model.Device;
import io.github.llamacpp4j.model.DeviceType;
import io.github.llamacpp4j.model.LoadedLibraries;
import io.github.llamacpp4j.model.NativeLibraryException;
import io.github.llamacpp4j.natives.LlamaCppHome;
import io.github.llamacpp4j.natives.NativePlatform;
import io.github.llamacpp4j.natives.NativeSet;
import io.github.llamacpp4j.natives.NativeSetException;
import io.github.llamacpp4j.natives.NativeSets;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Looks at everything that a model needs to run here. Each look is independent, so that one fault does not hide another. */
final class Doctor {

    private static final int REQUIRED_JAVA = 25;
    private static final long MIN_MEMORY_BYTES = 2L << 30;
    private static final long MIN_DISK_BYTES = 5L << 30;
    private static final String MOVE_HOME = "Point " + LlamaCppHome.VARIABLE + " to a directory that can be written.";

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(java());
        findings.add(locale());
        findings.add(natives());
        findings.addAll(library());
        findings.add(memory());
        findings.add(home());
        findings.add(models());
        return findings;
    }

    private static Finding java() {
        Runtime.Version version = Runtime.version();
        String detail = version + " (" + System.getProperty("java.vendor") + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + ") in " + System.getProperty("java.home");
        if (version.feature() < REQUIRED_JAVA) {
            return Finding.failed(
                    "java", detail, "Install a JDK " + REQUIRED_JAVA + " or newer and set JAVA_HOME to it.");
        }
        return Doctor.class.getModule().isNativeAccessEnabled()
                ? Finding.ok("java", detail)
                : Finding.warning(
                        "java",
                        detail + ", without the right to call native code",
                        "Add --enable-native-access=ALL-UNNAMED to the java command line.");
    }

    private static Finding locale() {
        String name = System.getProperty("sun.jnu.encoding", "unknown");
        boolean utf8 = Charset.isSupported(name) && Charset.forName(name).equals(StandardCharsets.UTF_8);
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        return utf8 || windows
                ? Finding.ok("locale", "file names are " + name)
                : Finding.warning(
                        "locale",
                        "file names are " + name
                                + ", so that files with other characters in their names cannot be opened",
                        "Set LC_ALL to a UTF-8 locale such as C.UTF-8.");
    }

    private static Finding natives() {
        try {
            NativePlatform platform = NativePlatform.current();
            NativeSet set = NativeSets.current().locate();
            String detail = platform.id() + " " + set.release().orElse("(release not named)") + " in " + set.directory()
                    + " (" + set.origin() + ")";
            if (set.manifest().isEmpty()) {
                return Finding.ok("natives", detail + ", a build without checksums");
            }
            List<String> damaged = set.manifest().get().damagedIn(set.directory());
            return damaged.isEmpty()
                    ? Finding.ok("natives", detail + ", checksums verified")
                    : Finding.failed(
                            "natives",
                            detail + ", damaged: " + String.join(", ", damaged),
                            "Delete " + set.directory() + " and run \"llamacpp4j natives install\".");
        } catch (NativeSetException e) {
            return Finding.failed("natives", String.valueOf(e.getMessage()), nativesRemedy());
        } catch (IOException e) {
            return Finding.failed("natives", "a library cannot be read: " + e, "Run \"llamacpp4j natives install\".");
        }
    }

    private static List<Finding> library() {
        try {
            LoadedLibraries libraries = Backends.libraries();
            return List.of(
                    Finding.ok(
                            "abi",
                            "llama.cpp " + libraries.llamaVersion() + ", ggml " + libraries.ggmlVersion()
                                    + "; functions, struct layouts and defaults are the expected ones"),
                    cpu(libraries),
                    devices());
        } catch (NativeLibraryException e) {
            String reason = "the libraries are not loaded";
            Finding abi = e.getCause() instanceof NativeSetException
                    ? Finding.skipped("abi", "there are no libraries to be loaded")
                    : Finding.failed(
                            "abi", String.valueOf(e.getMessage()), "Correct what is said here, then run doctor again.");
            return List.of(abi, Finding.skipped("cpu", reason), Finding.skipped("devices", reason));
        }
    }

    private static String nativesRemedy() {
        if (home().verdict() != Finding.Verdict.OK) {
            return MOVE_HOME;
        }
        boolean chosen = System.getProperty(NativeSets.DIRECTORY_PROPERTY) != null
                || System.getenv(NativeSets.DIRECTORY_VARIABLE) != null;
        return chosen
                ? "Correct or unset " + NativeSets.DIRECTORY_VARIABLE + "."
                : "Run \"llamacpp4j natives install\".";
    }

    private static Finding cpu(LoadedLibraries libraries) {
        Map<String, String> features = Backends.list().stream()
                .filter(backend -> backend.name().equals("CPU"))
                .findFirst()
                .map(Backend::features)
                .orElse(Map.of());
        int processors = Runtime.getRuntime().availableProcessors();
        return Finding.ok(
                "cpu",
                libraries.cpuVariant().map(variant -> "variant " + variant).orElse("one variant only")
                        + ", "
                        + features.entrySet().stream()
                                .map(feature -> feature.getValue().equals("1")
                                        ? feature.getKey()
                                        : feature.getKey() + "=" + feature.getValue())
                                .collect(Collectors.joining(" "))
                        + ", " + processors + (processors == 1 ? " processor" : " processors"));
    }

    private static Finding devices() {
        List<Device> devices = Backends.devices();
        String detail = devices.stream().map(Doctor::describe).collect(Collectors.joining("; "));
        boolean graphics = devices.stream()
                .anyMatch(device -> device.type() == DeviceType.GPU || device.type() == DeviceType.INTEGRATED_GPU);
        return Finding.ok("devices", graphics ? detail : detail + "; no GPU in this set, models run on the processor");
    }

    private static String describe(Device device) {
        String title = device.name() + " (" + device.description() + ", "
                + device.type().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return device.totalMemoryBytes() == 0
                ? title + ")"
                : title + ", " + size(device.freeMemoryBytes()) + " of " + size(device.totalMemoryBytes()) + " free)";
    }

    /** What the JVM reports honours the limits of a container. */
    private static Finding memory() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long total = system.getTotalMemorySize();
        String detail = size(total) + " for this process, heap up to "
                + size(Runtime.getRuntime().maxMemory()) + " (models do not use the heap)";
        return total < MIN_MEMORY_BYTES
                ? Finding.warning("memory", detail, "Give the container or machine more memory, or use a small model.")
                : Finding.ok("memory", detail);
    }

    private static Finding home() {
        try {
            Path home = LlamaCppHome.current().directory();
            return isWritable(home)
                    ? Finding.ok("home", home.toString())
                    : Finding.warning("home", home + " cannot be written", MOVE_HOME);
        } catch (NativeSetException e) {
            return Finding.failed("home", String.valueOf(e.getMessage()), MOVE_HOME);
        }
    }

    private static Finding models() {
        try {
            Path models = LlamaCppHome.current().modelsDirectory();
            Path existing = nearestExisting(models);
            long free = Files.getFileStore(existing).getUsableSpace();
            String detail = models + (Files.isDirectory(models) ? "" : " (empty so far)") + ", " + size(free) + " free";
            if (!isWritable(models)) {
                return Finding.warning("models", detail + ", cannot be written", MOVE_HOME);
            }
            return free < MIN_DISK_BYTES
                    ? Finding.warning(
                            "models", detail, "Make room, or point " + LlamaCppHome.VARIABLE + " to another disk.")
                    : Finding.ok("models", detail);
        } catch (NativeSetException e) {
            return Finding.failed("models", String.valueOf(e.getMessage()), MOVE_HOME);
        } catch (IOException e) {
            return Finding.warning("models", "the disk cannot be asked: " + e, MOVE_HOME);
        }
    }

    private static boolean isWritable(Path directory) {
        Path existing = nearestExisting(directory);
        return Files.isDirectory(existing) && Files.isWritable(existing);
    }

    private static Path nearestExisting(Path path) {
        Path existing = path;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        return existing;
    }

    private static String size(long bytes) {
        return bytes >= 1L << 30
                ? String.format(Locale.ROOT, "%.1f GiB", (double) bytes / (1L << 30))
                : String.format(Locale.ROOT, "%.0f MiB", (double) bytes / (1L << 20));
    }
}
