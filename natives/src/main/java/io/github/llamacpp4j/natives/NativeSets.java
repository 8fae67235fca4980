package io.github.llamacpp4j.natives;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Finds the native set to load. The first of these places that has one wins:
 *
 * <ol>
 *   <li>a directory that the caller names,
 *   <li>the system property {@value #DIRECTORY_PROPERTY}, else the environment variable {@value #DIRECTORY_VARIABLE},
 *   <li>a natives jar on the class path, unpacked once under {@link LlamaCppHome},
 *   <li>a set that was installed under {@link LlamaCppHome}.
 * </ol>
 *
 * <p>A directory is an installed set or a plain llama.cpp {@code build/bin}. Safe for all threads, and for any number of
 * processes at once.
 */
public final class NativeSets {

    /** Environment variable that names the directory of the libraries. */
    public static final String DIRECTORY_VARIABLE = "LLAMACPP4J_NATIVE_DIR";

    /** System property that names the directory of the libraries; it goes before {@link #DIRECTORY_VARIABLE}. */
    public static final String DIRECTORY_PROPERTY = "llamacpp4j.native.dir";

    /** Not a legal package name, so that a named module does not hide it. */
    static final String RESOURCE_ROOT = "META-INF/llamacpp4j/natives/";

    private final Surroundings surroundings;
    private final LlamaCppHome home;
    private final NativePins pins;
    private final List<ClassLoader> classLoaders;

    NativeSets(Surroundings surroundings, NativePins pins, List<ClassLoader> classLoaders) {
        this.surroundings = surroundings;
        this.home = LlamaCppHome.of(surroundings);
        this.pins = pins;
        this.classLoaders = List.copyOf(classLoaders);
    }

    /** The sets of this process: its environment, properties, class path and home directory. */
    public static NativeSets current() {
        ClassLoader own = NativeSets.class.getClassLoader();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return new NativeSets(
                Surroundings.SYSTEM, NativePins.load(), context == null ? List.of(own) : List.of(context, own));
    }

    /**
     * Finds the set to load.
     *
     * @throws NativeSetException when there is none, or the one that a setting names is no native set
     */
    public NativeSet locate() {
        String directory = surroundings.setting(DIRECTORY_PROPERTY, DIRECTORY_VARIABLE);
        if (directory != null) {
            return NativeSet.in(Surroundings.path(directory, DIRECTORY_VARIABLE), NativeSet.Origin.SETTING);
        }
        NativePlatform platform = NativePlatform.current();
        return onClassPath(platform)
                .or(() -> installed(platform).stream().findFirst())
                .orElseThrow(() -> notFound(platform));
    }

    /**
     * The set in a directory that the caller names.
     *
     * @throws NativeSetException when it is no native set
     */
    public NativeSet locate(Path directory) {
        return NativeSet.in(directory, NativeSet.Origin.EXPLICIT);
    }

    /** The complete sets under {@link LlamaCppHome} for a platform: those of the newest release first. */
    public List<NativeSet> installed(NativePlatform platform) {
        List<NativeSet> sets = new ArrayList<>();
        for (Path directory : new SetStore(home.nativesDirectory()).sets()) {
            NativeSetManifest manifest = NativeSetManifest.in(directory).orElseThrow();
            if (manifest.platform() == platform) {
                sets.add(NativeSet.in(directory, NativeSet.Origin.INSTALLED));
            }
        }
        List<String> order = pins.of(platform).stream()
                .map(pin -> pin.backend() + "@" + pin.release())
                .toList();
        sets.sort((a, b) -> Integer.compare(rank(order, a), rank(order, b)));
        return Collections.unmodifiableList(sets);
    }

    /** A set that is pinned goes first, in the order of the pins; an older one follows. */
    private static int rank(List<String> order, NativeSet set) {
        int index = set.manifest()
                .map(manifest -> order.indexOf(manifest.backend() + "@" + manifest.release()))
                .orElse(-1);
        return index < 0 ? Integer.MAX_VALUE : index;
    }

    private Optional<NativeSet> onClassPath(NativePlatform platform) {
        for (NativePin pin : pins.of(platform)) {
            String manifest = resourceDirectory(platform, pin.backend()) + NativeSetManifest.FILE_NAME;
            for (ClassLoader classLoader : classLoaders) {
                URL found = classLoader.getResource(manifest);
                if (found != null) {
                    return Optional.of(NativeSet.in(extract(found), NativeSet.Origin.CLASS_PATH));
                }
            }
        }
        return Optional.empty();
    }

    static String resourceDirectory(NativePlatform platform, String backend) {
        return RESOURCE_ROOT + platform.id() + "/" + backend + "/";
    }

    private Path extract(URL manifestUrl) {
        NativeSetManifest manifest;
        try (InputStream in = open(manifestUrl)) {
            manifest = NativeSetManifest.read(in, manifestUrl.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + manifestUrl, e);
        }
        return new SetStore(home.nativesDirectory()).provide(manifest, directory -> {
            String base = manifestUrl.toExternalForm();
            base = base.substring(0, base.length() - NativeSetManifest.FILE_NAME.length());
            for (NativeSetManifest.FileEntry file : manifest.files()) {
                copy(URI.create(base + file.name()).toURL(), file, directory.resolve(file.name()));
            }
        });
    }

    private static void copy(URL from, NativeSetManifest.FileEntry entry, Path to) throws IOException {
        try (DigestInputStream in = new DigestInputStream(open(from), Hashes.sha256())) {
            Files.copy(in, to);
            String sha256 = Hashes.hex(in.getMessageDigest().digest());
            if (!sha256.equals(entry.sha256())) {
                throw new NativeSetException("The file " + from + " is damaged: expected SHA-256 " + entry.sha256()
                        + ", found " + sha256 + ". Fetch the natives jar again.");
            }
        }
    }

    /** Without the cache of jar connections, which would keep the jar open for as long as the process lives. */
    private static InputStream open(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        return connection.getInputStream();
    }

    private NativeSetException notFound(NativePlatform platform) {
        return new NativeSetException("No llama.cpp libraries for " + platform.id() + " were found. Tried: "
                + DIRECTORY_PROPERTY + " and " + DIRECTORY_VARIABLE + " (not set), " + platform.artifact()
                + " on the class path (absent), " + home.nativesDirectory() + " (no set installed). " + remedy());
    }

    /** The sentence that ends a message about missing libraries. */
    static String remedy() {
        return "Run \"llamacpp4j natives install\", put the natives jar of your platform on the class path, or set "
                + DIRECTORY_VARIABLE + " to a directory with the libraries of llama.cpp v0.4.0 to v0.5.0.";
    }
}
