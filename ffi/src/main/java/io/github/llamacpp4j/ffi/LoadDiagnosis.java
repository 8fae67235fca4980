package io.github.llamacpp4j.ffi;

import io.github.llamacpp4j.natives.Architecture;
import io.github.llamacpp4j.natives.LibraryFile;
import io.github.llamacpp4j.natives.LibraryFormat;
import io.github.llamacpp4j.natives.NativePlatform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in words why a library does not load, and what helps. */
final class LoadDiagnosis {

    private static final String OTHER_SET =
            "Install the set for this machine with \"llamacpp4j natives install\", or correct LLAMACPP4J_NATIVE_DIR.";

    private static final Pattern MISSING_FILE =
            Pattern.compile("([^\\s:]+): cannot open shared object file: No such file or directory");
    private static final Pattern MISSING_DYLIB = Pattern.compile("Library not loaded: (\\S+)");
    private static final Pattern MISSING_VERSION = Pattern.compile("version [`']([A-Z]+_[0-9.]+)' not found");
    private static final Pattern MISSING_SYMBOL = Pattern.compile("undefined symbol: (\\w+)");

    private final NativePlatform platform;

    LoadDiagnosis(NativePlatform platform) {
        this.platform = platform;
    }

    /**
     * Looks at a file before the operating system does, because mapping a truncated library can end the process.
     *
     * @throws NativeLoadException when the file cannot be a library of this platform
     */
    void requireLoadable(Path file) {
        Optional<LibraryFile> library;
        try {
            library = LibraryFile.read(file);
        } catch (IOException e) {
            throw new NativeLoadException(
                    "The library " + file + " cannot be read: " + e + ". Expected a readable file; "
                            + "check its permissions.",
                    e);
        }
        if (library.isEmpty()) {
            throw new NativeLoadException("The file " + file + " is not a shared library: expected " + platform.format()
                    + " for " + platform.architecture() + ", found " + start(file) + ". " + OTHER_SET);
        }
        requireComplete(file, library.get());
        Architecture architecture = library.get().architecture();
        LibraryFormat format = library.get().format();
        if (format != platform.format() || architecture != platform.architecture()) {
            throw new NativeLoadException("The library " + file + " is for another machine: expected "
                    + platform.format() + " for " + platform.architecture() + ", found " + format + " for "
                    + architecture
                    + ". " + OTHER_SET);
        }
    }

    /** Refuses a backend plugin that is cut off; any other fault in it only means that ggml does not use it. */
    void requireComplete(Path plugin) {
        try {
            Optional<LibraryFile> library = LibraryFile.read(plugin);
            if (library.isPresent()) {
                requireComplete(plugin, library.get());
            }
        } catch (IOException e) {
            throw new NativeLoadException("The library " + plugin + " cannot be read: " + e + ".", e);
        }
    }

    private static void requireComplete(Path file, LibraryFile library) {
        if (library.truncated()) {
            throw new NativeLoadException("The library " + file + " is truncated: expected at least "
                    + library.requiredBytes() + " bytes, found " + library.actualBytes()
                    + ". Delete its directory and install the set again.");
        }
    }

    private static String start(Path file) {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(40);
        } catch (IOException e) {
            return "an unreadable file";
        }
        if (start.length == 0) {
            return "an empty file";
        }
        for (byte b : start) {
            if (b < ' ' && b != '\n' && b != '\r' && b != '\t') {
                return "other data";
            }
        }
        String line =
                new String(start, StandardCharsets.UTF_8).lines().findFirst().orElse("");
        return "text that starts with \"" + line + "\"";
    }

    /** The exception for a library that the operating system refused. */
    NativeLoadException refused(Path file, String reason) {
        return new NativeLoadException(
                "The library " + file + " could not be loaded: " + reason + ". " + remedy(file, reason));
    }

    String remedy(Path file, String reason) {
        Matcher version = MISSING_VERSION.matcher(reason);
        if (version.find()) {
            return "This system's C or C++ runtime is too old: expected " + version.group(1)
                    + " or newer. The prebuilt libraries need glibc 2.34 (Debian 12, Ubuntu 22.04, RHEL 9 or newer);"
                    + " elsewhere build llama.cpp and set LLAMACPP4J_NATIVE_DIR to its build/bin directory.";
        }
        Matcher missing = MISSING_FILE.matcher(reason);
        if (missing.find()) {
            return missingDependency(missing.group(1));
        }
        Matcher dylib = MISSING_DYLIB.matcher(reason);
        if (dylib.find()) {
            return missingDependency(dylib.group(1));
        }
        Matcher symbol = MISSING_SYMBOL.matcher(reason);
        if (symbol.find()) {
            return "The libraries in " + file.getParent() + " do not belong together: expected all of one llama.cpp"
                    + " release, found one without " + symbol.group(1) + ". " + OTHER_SET;
        }
        if (MountOptions.forbidExecution(file)) {
            return "The directory " + file.getParent()
                    + " is on a file system that is mounted noexec; expected one from"
                    + " which code may run. Point LLAMACPP4J_HOME (or LLAMACPP4J_NATIVE_DIR) to another file system.";
        }
        if (platform.format() == LibraryFormat.PE) {
            return windowsDependencies(file);
        }
        if (reason.contains("code signature")
                || reason.contains("quarantine")
                || reason.contains("not valid for use")) {
            return "macOS refuses the file. Clear its quarantine: xattr -dr com.apple.quarantine " + file.getParent();
        }
        return "Check that the file may be read and executed by this user (also SELinux or AppArmor rules). "
                + OTHER_SET;
    }

    private static String missingDependency(String library) {
        String name = library.substring(library.lastIndexOf('/') + 1);
        String install = switch (name) {
            case "libstdc++.so.6" -> "Install it (Debian and Ubuntu: libstdc++6; Fedora and RHEL: libstdc++).";
            case "libgomp.so.1" -> "Install it (Debian and Ubuntu: libgomp1; Fedora and RHEL: libgomp).";
            case "libgcc_s.so.1" -> "Install it (Debian and Ubuntu: libgcc-s1; Fedora and RHEL: libgcc).";
            default -> "Install the package that has it, or put the file beside the other libraries.";
        };
        return "It needs " + name + ", which is not on this system. " + install;
    }

    private static String windowsDependencies(Path file) {
        List<String> names;
        try {
            names = LibraryFile.read(file).map(LibraryFile::dependencies).orElse(List.of());
        } catch (IOException e) {
            names = List.of();
        }
        return "It needs " + String.join(", ", names) + ". If MSVCP140.dll or VCRUNTIME140.dll is missing, install the"
                + " Microsoft Visual C++ Redistributable (x64 or ARM64).";
    }
}
