package io.github.llamacpp4j.ffi;

import io.github.llamacpp4j.ffi.generated.GgmlBackendH;
import io.github.llamacpp4j.ffi.generated.GgmlH;
import io.github.llamacpp4j.ffi.generated.LlamaH;
import io.github.llamacpp4j.natives.NativePins;
import io.github.llamacpp4j.natives.NativePlatform;
import io.github.llamacpp4j.natives.NativeSet;
import io.github.llamacpp4j.natives.NativeSets;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Loads the libraries of llama.cpp, once per process. Thread-safe.
 *
 * <p>The outcome is static because it is the process's: C code cannot be unloaded, and a second copy of ggml-base ends the
 * process. So once a directory's libraries have been opened, no other directory can be used any more, even if they turned
 * out to be unusable.
 */
public final class NativeLoader {

    /** An environment variable with which ggml loads a backend from anywhere. */
    static final String BACKEND_PATH_VARIABLE = "GGML_BACKEND_PATH";

    private static final String OPENED_PROPERTY = "llamacpp4j.native.opened";
    private static final System.Logger LOGGER = System.getLogger(NativeLoader.class.getName());
    private static final Pattern LOADED_BACKEND = Pattern.compile("load_backend: loaded (.+) backend from (.+)");
    private static final NativeLoader PROCESS = new NativeLoader();

    private final NativeLog log = new NativeLog();
    private @Nullable LoadedNatives loaded;
    private @Nullable Path openedDirectory;
    private @Nullable NativeLoadException failure;

    private NativeLoader() {}

    /**
     * Loads the set that {@link NativeSets#locate()} finds, unless libraries are loaded already.
     *
     * @throws NativeLoadException when they cannot be loaded or must not be used
     * @throws io.github.llamacpp4j.natives.NativeSetException when there is no set
     */
    public static LoadedNatives load() {
        return PROCESS.load(null, () -> NativeSets.current().locate());
    }

    /**
     * Loads the set in a directory, unless that is done already.
     *
     * @throws NativeLoadException when it cannot be loaded or must not be used, or when the process uses another directory
     * @throws io.github.llamacpp4j.natives.NativeSetException when the directory holds no set
     */
    public static LoadedNatives load(Path directory) {
        return PROCESS.load(
                directory.toAbsolutePath().normalize(),
                () -> NativeSets.current().locate(directory));
    }

    /** What is loaded; empty before the first successful load. */
    public static Optional<LoadedNatives> loaded() {
        synchronized (PROCESS) {
            return Optional.ofNullable(PROCESS.loaded);
        }
    }

    /** The log of the native libraries. */
    public static NativeLog log() {
        return PROCESS.log;
    }

    private synchronized LoadedNatives load(@Nullable Path wanted, Supplier<NativeSet> locator) {
        if (wanted != null && openedDirectory != null && !wanted.equals(openedDirectory)) {
            throw secondCopy(wanted, openedDirectory);
        }
        if (failure != null) {
            throw new NativeLoadException(String.valueOf(failure.getMessage()), failure);
        }
        if (loaded == null) {
            loaded = open(locator.get());
        }
        return loaded;
    }

    private LoadedNatives open(NativeSet set) {
        String backendPath = System.getenv(BACKEND_PATH_VARIABLE);
        if (backendPath != null && !backendPath.isEmpty()) {
            throw new NativeLoadException(
                    "The environment variable " + BACKEND_PATH_VARIABLE + " is set to " + backendPath
                            + ", which makes ggml load code from there into this process. Expected it to be absent; unset it and"
                            + " put the backend into " + set.directory() + " instead.");
        }
        LibraryOpener opener = new LibraryOpener(NativePlatform.current());
        opener.requireLoadable(set);
        claimProcess(set.directory());
        openedDirectory = set.directory();
        try {
            return open(set, opener);
        } catch (NativeLoadException e) {
            failure = e;
            throw e;
        } catch (IllegalCallerException e) {
            openedDirectory = null;
            System.clearProperty(OPENED_PROPERTY);
            throw new NativeLoadException(nativeAccessDenied(), e);
        }
    }

    private LoadedNatives open(NativeSet set, LibraryOpener opener) {
        SymbolLookup lookup = opener.open(set);
        AbiCheck abi = new AbiCheck(lookup, NativePins.load());
        List<String> problems = abi.problems();
        if (!problems.isEmpty()) {
            throw new NativeLoadException("The library " + set.llama() + " does not fit this release of llamacpp4j: "
                    + String.join("; ", problems) + ". Expected llama.cpp "
                    + NativePins.load().llamaReleases()
                    + ". Install the right set with \"llamacpp4j natives install\", or correct LLAMACPP4J_NATIVE_DIR.");
        }
        NativeLibrary.install(lookup);
        listen();
        LoadedNatives natives = new LoadedNatives(
                set,
                abi.string("llama_version").orElseThrow(),
                abi.string("ggml_version").orElseThrow(),
                abi.string("ggml_commit").orElseThrow(),
                loadBackends(set));
        LlamaH.llama_backend_init();
        LOGGER.log(Level.DEBUG, () -> "loaded llama.cpp " + natives.llamaVersion() + " from " + set.directory());
        return natives;
    }

    /** Another class loader may hold this class a second time, which shares nothing with us but the process. */
    private static void claimProcess(Path directory) {
        String opened = System.getProperty(OPENED_PROPERTY);
        if (opened != null && !opened.equals(directory.toString())) {
            throw secondCopy(directory, Path.of(opened));
        }
        System.setProperty(OPENED_PROPERTY, directory.toString());
    }

    private static NativeLoadException secondCopy(Path wanted, Path opened) {
        return new NativeLoadException("The libraries in " + wanted
                + " cannot be loaded: this process has opened those in "
                + opened + ", and a process can hold only one llama.cpp. Name one directory only, or use another Java"
                + " process.");
    }

    /** The callbacks live as long as the process, as the libraries do. */
    private void listen() {
        NativeCallback sink = NativeCallback.log(Arena.global(), log::accept);
        LlamaH.llama_log_set(sink.pointer(), MemorySegment.NULL);
        NativeCallback lastWords = NativeCallback.lastWords(
                Arena.global(),
                message -> LOGGER.log(
                        Level.ERROR,
                        () -> "llama.cpp is about to end this process: " + message + "\n"
                                + String.join("\n", log.since(0))));
        GgmlH.ggml_set_abort_callback(lastWords.pointer());
    }

    private Map<String, Path> loadBackends(NativeSet set) {
        long mark = log.mark();
        try (Arena arena = Arena.ofConfined()) {
            GgmlBackendH.ggml_backend_load_all_from_path(NativePaths.allocate(arena, set.directory()));
        }
        Map<String, Path> plugins = new HashMap<>();
        for (String line : log.since(mark)) {
            Matcher matcher = LOADED_BACKEND.matcher(line);
            if (matcher.matches()) {
                plugins.put(matcher.group(1), Path.of(matcher.group(2)));
            }
        }
        if (NativeDevices.registries().stream()
                .noneMatch(registry -> registry.name().equals("CPU"))) {
            throw new NativeLoadException(
                    "No CPU backend was found in " + set.directory() + ": expected a library such as "
                            + "ggml-cpu beside " + set.llama().getFileName() + ", found "
                            + set.backends().stream().map(Path::getFileName).toList()
                            + ". ggml says: " + log.since(mark)
                            + ". Install the set again with \"llamacpp4j natives install\".");
        }
        return plugins;
    }

    private static String nativeAccessDenied() {
        Module module = NativeLoader.class.getModule();
        String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
        return "This Java was started without the right to call native code: expected the option --enable-native-access="
                + name + ", found --illegal-native-access=deny. Add --enable-native-access=" + name
                + " to the java command line.";
    }
}
