package io.github.llamacpp4j.natives;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * What the installer writes beside the libraries of a set: where they come from and what they must be. Immutable, safe for
 * all threads.
 *
 * @param platform the platform they run on
 * @param backend the name of the set, for example {@code cpu}
 * @param release the llama.cpp release
 * @param source where they were fetched, for example {@code npm:@node-llama-cpp/linux-x64@3.22.1}
 * @param integrity the hash of what was fetched, as npm writes it
 * @param files every file of the set but the manifest, sorted by name
 */
public record NativeSetManifest(
        NativePlatform platform,
        String backend,
        String release,
        String source,
        String integrity,
        List<FileEntry> files) {

    /** The file name of the manifest. */
    public static final String FILE_NAME = "native-set.properties";

    private static final int MAX_BYTES = 1 << 20;
    private static final String FILE_NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";

    /**
     * One file of a set.
     *
     * @param name plain file name
     * @param bytes its length
     * @param sha256 its hash in lower-case hexadecimal digits
     */
    public record FileEntry(String name, long bytes, String sha256) {}

    /** Sorts and copies the files, and refuses a name that is not plain. */
    public NativeSetManifest {
        for (FileEntry file : files) {
            requirePlain(file.name());
        }
        files = files.stream().sorted(Comparator.comparing(FileEntry::name)).toList();
    }

    static boolean isPlain(String fileName) {
        return fileName.matches(FILE_NAME_PATTERN);
    }

    private static void requirePlain(String fileName) {
        if (!isPlain(fileName)) {
            throw new NativeSetException("A native set names the file \"" + fileName
                    + "\"; expected a plain file name without directories.");
        }
    }

    /** The manifest in a directory; empty when there is none. */
    static Optional<NativeSetManifest> in(Path directory) {
        Path file = directory.resolve(FILE_NAME);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(read(in, file.toString()));
        } catch (IOException e) {
            throw new NativeSetException("The native set manifest " + file + " cannot be read: " + e, e);
        }
    }

    static NativeSetManifest read(InputStream in, String place) throws IOException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new NativeSetException(
                    "The native set manifest " + place + " is longer than " + MAX_BYTES + " bytes.");
        }
        Properties properties = new Properties();
        properties.load(new StringReader(new String(bytes, StandardCharsets.UTF_8)));
        try {
            List<FileEntry> files = new ArrayList<>();
            for (String name : properties.stringPropertyNames()) {
                if (name.startsWith("file.")) {
                    String[] value = properties.getProperty(name).split(" ", 2);
                    files.add(new FileEntry(name.substring("file.".length()), Long.parseLong(value[0]), value[1]));
                }
            }
            return new NativeSetManifest(
                    NativePlatform.byId(required(properties, "platform")),
                    required(properties, "backend"),
                    required(properties, "release"),
                    required(properties, "source"),
                    required(properties, "integrity"),
                    files);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new NativeSetException(
                    "The native set manifest " + place + " is damaged: " + e.getMessage()
                            + ". Delete its directory and install the set again.",
                    e);
        }
    }

    private static String required(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("it lacks " + key);
        }
        return value;
    }

    /** The manifest's text: the same for the same set, byte for byte. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append("platform=").append(platform.id()).append('\n');
        text.append("backend=").append(backend).append('\n');
        text.append("release=").append(release).append('\n');
        text.append("source=").append(source).append('\n');
        text.append("integrity=").append(integrity).append('\n');
        for (FileEntry file : files) {
            text.append("file.").append(file.name()).append('=');
            text.append(file.bytes()).append(' ').append(file.sha256()).append('\n');
        }
        return text.toString();
    }

    /** The name of the directory for this set; different contents have different names. */
    String directoryName() {
        String hash = Hashes.hex(Hashes.sha256(text().getBytes(StandardCharsets.UTF_8)));
        return platform.id() + "-" + backend + "-" + release + "-" + hash.substring(0, 16);
    }

    /** Whether every file is there with its length; the hashes are not computed. */
    boolean isCompleteIn(Path directory) {
        return files.stream().allMatch(file -> hasLength(directory.resolve(file.name()), file.bytes()));
    }

    private static boolean hasLength(Path file, long bytes) {
        try {
            return Files.size(file) == bytes;
        } catch (IOException absent) {
            return false;
        }
    }

    /**
     * Reads every file in a directory and compares its hash.
     *
     * @return the names of the files that are missing or differ, sorted
     * @throws IOException when a file that exists cannot be read
     */
    public List<String> damagedIn(Path directory) throws IOException {
        List<String> damaged = new ArrayList<>();
        for (FileEntry file : files) {
            Path path = directory.resolve(file.name());
            if (!hasLength(path, file.bytes())
                    || !Hashes.hex(Hashes.sha256(path)).equals(file.sha256())) {
                damaged.add(file.name());
            }
        }
        return damaged;
    }
}
