package io.github.llamacpp4j.natives;

import io.github.llamacpp4j.natives.InstallListener.Step;
import io.github.llamacpp4j.natives.NativeSetManifest.FileEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fetches prebuilt native sets with the npm client, verifies them against their pins, and unpacks them into a directory of
 * sets. Safe for all threads; two processes may install the same set at once.
 */
public final class NativesInstaller {

    private static final String LLAMA_CPP_LICENCE = "LICENSE.llama.cpp";
    private static final String PACKAGE_LICENCE = "LICENSE.node-llama-cpp";

    private final Path directory;
    private final NpmClient npm;

    NativesInstaller(Path directory, NpmClient npm) {
        this.directory = directory;
        this.npm = npm;
    }

    /** An installer into the home directory of this process. */
    public static NativesInstaller current() {
        return into(LlamaCppHome.current().nativesDirectory());
    }

    /** An installer into a directory, in which each set gets its own sub-directory. */
    public static NativesInstaller into(Path directory) {
        return new NativesInstaller(directory.toAbsolutePath(), new NpmClient(Surroundings.SYSTEM));
    }

    /** The installed set of a pin; empty when it is not installed. */
    public Optional<NativeSet> installed(NativePin pin) {
        return new SetStore(directory)
                .sets().stream()
                        .filter(set -> NativeSetManifest.in(set)
                                .filter(manifest -> manifest.integrity().equals(pin.integrity())
                                        && manifest.backend().equals(pin.backend()))
                                .isPresent())
                        .map(set -> NativeSet.in(set, NativeSet.Origin.INSTALLED))
                        .findFirst();
    }

    /**
     * Installs a set unless it is installed.
     *
     * @throws NativeSetException when npm is absent or fails, when the package is not what the pin says, or when the
     *     directory cannot be written
     */
    public NativeSet install(NativePin pin, InstallListener listener) {
        Optional<NativeSet> present = installed(pin);
        if (present.isPresent()) {
            return present.get();
        }
        SetStore store = new SetStore(directory);
        Path staging = store.newStaging();
        try {
            Path tarball = npm.pack(pin, staging.resolve("download"), listener);
            verify(pin, tarball, listener);
            Path unpacked = Files.createDirectory(staging.resolve("set"));
            NativeSetManifest manifest = unpack(pin, tarball, unpacked, listener);
            return NativeSet.in(store.publish(unpacked, manifest), NativeSet.Origin.INSTALLED);
        } catch (IOException e) {
            throw new NativeSetException(
                    "The native set " + pin.title() + " could not be written below " + directory + ": " + e
                            + ". Expected a writable directory with about 60 MB of space; " + LlamaCppHome.VARIABLE
                            + " moves it.",
                    e);
        } finally {
            SetStore.delete(staging);
        }
    }

    private static void verify(NativePin pin, Path tarball, InstallListener listener) throws IOException {
        listener.progress(Step.VERIFY, 0, pin.packageBytes());
        String found = Hashes.integrity(tarball);
        if (!found.equals(pin.integrity())) {
            throw new NativeSetException("The npm package " + pin.packageSpec() + " is not the pinned one: expected "
                    + pin.integrity() + ", found " + found + ". Nothing was unpacked. Check which registry npm uses"
                    + " (npm config get registry) and try again.");
        }
        listener.progress(Step.VERIFY, pin.packageBytes(), pin.packageBytes());
    }

    private static NativeSetManifest unpack(NativePin pin, Path tarball, Path target, InstallListener listener)
            throws IOException {
        long total = Files.size(tarball);
        listener.progress(Step.UNPACK, 0, total);
        try (PackageArchive archive = PackageArchive.open(tarball)) {
            archive.forEachFile((name, content) -> {
                Optional<String> kept = keptAs(name);
                if (kept.isPresent()) {
                    Files.copy(content, target.resolve(kept.get()));
                    listener.progress(Step.UNPACK, Math.min(total, archive.compressedBytesRead()), total);
                }
            });
        }
        try (InputStream licence = NativesInstaller.class.getResourceAsStream(LLAMA_CPP_LICENCE)) {
            if (licence == null) {
                throw new IllegalStateException(LLAMA_CPP_LICENCE + " is missing from the llamacpp4j-natives jar");
            }
            Files.copy(licence, target.resolve(LLAMA_CPP_LICENCE));
        }
        listener.progress(Step.UNPACK, total, total);
        return new NativeSetManifest(
                pin.platform(),
                pin.backend(),
                pin.release(),
                "npm:" + pin.packageSpec(),
                pin.integrity(),
                entries(target));
    }

    /**
     * The name under which a file of the package is kept: libraries and the licence. The Node add-on is of no use, and
     * llama-common exports C++ only.
     */
    static Optional<String> keptAs(String archivePath) {
        if (archivePath.equals("package/LICENSE")) {
            return Optional.of(PACKAGE_LICENCE);
        }
        if (!archivePath.matches("package/bins/[^/]+/[^/]+")) {
            return Optional.empty();
        }
        String name = archivePath.substring(archivePath.lastIndexOf('/') + 1);
        boolean library = name.endsWith(".so") || name.endsWith(".dylib") || name.endsWith(".dll");
        return library && !name.contains("llama-common") ? Optional.of(name) : Optional.empty();
    }

    private static List<FileEntry> entries(Path directory) throws IOException {
        List<FileEntry> entries = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                entries.add(new FileEntry(
                        String.valueOf(file.getFileName()), Files.size(file), Hashes.hex(Hashes.sha256(file))));
            }
        }
        return entries;
    }
}
