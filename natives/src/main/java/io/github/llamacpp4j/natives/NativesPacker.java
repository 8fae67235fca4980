package io.github.llamacpp4j.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Puts an installed set where a natives jar has it. The build of the natives jars runs {@link #main}; it fetches a set only
 * when the home directory has none.
 */
final class NativesPacker {

    private NativesPacker() {}

    /**
     * Packs the default set of a platform.
     *
     * @param arguments a platform such as {@code linux-x64}, and the directory of the jar's classes
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException(
                    "expected a platform and a directory, found " + arguments.length + " arguments");
        }
        NativePin pin = NativePins.load().defaultFor(NativePlatform.byId(arguments[0]));
        pack(NativesInstaller.current().install(pin, InstallListener.NONE), Path.of(arguments[1]));
    }

    static void pack(NativeSet set, Path classes) throws IOException {
        NativeSetManifest manifest = set.manifest().orElseThrow();
        for (String damaged : manifest.damagedIn(set.directory())) {
            throw new NativeSetException("The file " + set.directory().resolve(damaged)
                    + " is damaged; delete its directory and build again.");
        }
        Path target = classes.resolve(NativeSets.resourceDirectory(manifest.platform(), manifest.backend()));
        if (NativeSetManifest.in(target).filter(manifest::equals).isPresent() && manifest.isCompleteIn(target)) {
            return;
        }
        SetStore.delete(target);
        Files.createDirectories(target);
        for (NativeSetManifest.FileEntry file : manifest.files()) {
            Files.copy(
                    set.directory().resolve(file.name()),
                    target.resolve(file.name()),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.writeString(target.resolve(NativeSetManifest.FILE_NAME), manifest.text());
    }
}
