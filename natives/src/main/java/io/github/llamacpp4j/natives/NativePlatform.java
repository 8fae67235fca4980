package io.github.llamacpp4j.natives;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** An operating system and processor for which there are llama.cpp libraries. Immutable, safe for all threads. */
public enum NativePlatform {
    /** Linux with glibc on x86-64. */
    LINUX_X64("linux-x64", LibraryFormat.ELF, Architecture.X64),
    /** Linux with glibc on 64-bit ARM. */
    LINUX_ARM64("linux-arm64", LibraryFormat.ELF, Architecture.ARM64),
    /** macOS on Apple silicon. */
    MAC_ARM64("mac-arm64", LibraryFormat.MACH_O, Architecture.ARM64),
    /** macOS on Intel processors. */
    MAC_X64("mac-x64", LibraryFormat.MACH_O, Architecture.X64),
    /** Windows on x86-64. */
    WIN_X64("win-x64", LibraryFormat.PE, Architecture.X64),
    /** Windows on 64-bit ARM. */
    WIN_ARM64("win-arm64", LibraryFormat.PE, Architecture.ARM64);

    private final String id;
    private final LibraryFormat format;
    private final Architecture architecture;

    NativePlatform(String id, LibraryFormat format, Architecture architecture) {
        this.id = id;
        this.format = format;
        this.architecture = architecture;
    }

    /**
     * The platform of this Java process.
     *
     * @throws NativeSetException when no native set exists for it, which includes Linux with musl (Alpine)
     */
    public static NativePlatform current() {
        NativePlatform platform = of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
        if (platform.format == LibraryFormat.ELF) {
            requireGlibc(LibraryFile.interpreter(Path.of("/proc/self/exe")));
        }
        return platform;
    }

    /**
     * The platform with an id such as {@code linux-x64}.
     *
     * @throws NativeSetException when there is none
     */
    public static NativePlatform byId(String id) {
        return Arrays.stream(values())
                .filter(platform -> platform.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new NativeSetException(
                        "There is no platform \"" + id + "\"; the platforms are " + ids() + "."));
    }

    static NativePlatform of(String osName, String osArchitecture) {
        String os = osName.toLowerCase(Locale.ROOT);
        LibraryFormat format = os.startsWith("linux")
                ? LibraryFormat.ELF
                : os.startsWith("mac") ? LibraryFormat.MACH_O : os.startsWith("windows") ? LibraryFormat.PE : null;
        Architecture architecture = switch (osArchitecture.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64", "x64" -> Architecture.X64;
            case "aarch64", "arm64" -> Architecture.ARM64;
            default -> Architecture.OTHER;
        };
        return Arrays.stream(values())
                .filter(platform -> platform.format == format && platform.architecture == architecture)
                .findFirst()
                .orElseThrow(() -> new NativeSetException("There are no llama.cpp libraries for " + osName + " on "
                        + osArchitecture + ", only for " + ids()
                        + ". Build llama.cpp on this machine and set " + NativeSets.DIRECTORY_VARIABLE
                        + " to its build/bin directory."));
    }

    static void requireGlibc(Optional<String> interpreter) {
        if (interpreter.filter(name -> name.contains("musl")).isPresent()) {
            throw new NativeSetException("This Java runs on musl (" + interpreter.get()
                    + "), but the llama.cpp libraries need glibc 2.34 or newer. Use a glibc image such as Debian 12 or"
                    + " Ubuntu 22.04 instead of Alpine, or build llama.cpp here and set "
                    + NativeSets.DIRECTORY_VARIABLE
                    + " to its build/bin directory.");
        }
    }

    /** The name used for directories, jars and properties, for example {@code linux-x64}. */
    public String id() {
        return id;
    }

    /** The file format of this platform's libraries. */
    public LibraryFormat format() {
        return format;
    }

    /** The processor architecture. */
    public Architecture architecture() {
        return architecture;
    }

    /** The artifact that carries this platform's libraries on the class path. */
    public String artifact() {
        return "io.github.llamacpp4j:llamacpp4j-natives-" + id;
    }

    List<String> librarySuffixes() {
        return switch (format) {
            case ELF -> List.of(".so");
            case MACH_O -> List.of(".dylib", ".so");
            case PE -> List.of(".dll");
        };
    }

    private static String ids() {
        return Arrays.stream(values()).map(NativePlatform::id).collect(Collectors.joining(", "));
    }
}
