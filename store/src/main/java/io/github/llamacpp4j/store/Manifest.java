package io.github.llamacpp4j.store;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * The file that makes a folder of the store a model. It is written last and removed first, so that a folder without it is
 * rubbish at any moment at which a process can end.
 */
final class Manifest {

    private static final String NAME = "manifest.properties";

    private Manifest() {}

    static void write(Path folder, StoredModel model) {
        Properties properties = new Properties();
        properties.setProperty("source", model.source());
        properties.setProperty("pulled", model.pulledAt().toString());
        properties.setProperty("bytes", Long.toString(model.sizeBytes()));
        number(properties, "reference", model.references());
        number(properties, "sha256", model.sha256());
        number(
                properties,
                "file",
                model.files().stream()
                        .map(file -> String.valueOf(file.getFileName()))
                        .toList());
        Disk.save(properties, folder.resolve(NAME));
    }

    static void delete(Path folder) {
        Disk.delete(folder.resolve(NAME));
    }

    static boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve(NAME));
    }

    /** The model in a folder; empty where there is none or somebody damaged it. */
    static Optional<StoredModel> read(Path folder) {
        if (!isIn(folder)) {
            return Optional.empty();
        }
        Properties properties = Disk.load(folder.resolve(NAME));
        List<Path> files = numbered(properties, "file").stream()
                .flatMap(name -> file(folder, name).stream())
                .toList();
        List<String> names = numbered(properties, "file");
        List<String> references = numbered(properties, "reference");
        try {
            long bytes = Long.parseLong(properties.getProperty("bytes", ""));
            boolean whole = !files.isEmpty()
                    && !references.isEmpty()
                    && files.size() == names.size()
                    && files.stream().mapToLong(Disk::size).sum() == bytes;
            return whole
                    ? Optional.of(new StoredModel(
                            String.valueOf(folder.getFileName()),
                            references,
                            properties.getProperty("source", ""),
                            files,
                            numbered(properties, "sha256"),
                            bytes,
                            Instant.parse(properties.getProperty("pulled", ""))))
                    : Optional.empty();
        } catch (NumberFormatException | DateTimeException damaged) {
            return Optional.empty();
        }
    }

    /** A file of a model, if it is there. */
    private static Optional<Path> file(Path folder, String name) {
        try {
            Path file = folder.resolve(name).normalize();
            return folder.equals(file.getParent()) && Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
        } catch (InvalidPathException damaged) {
            return Optional.empty();
        }
    }

    /** What is wrong with the model in a folder; empty where there is none, or a sound one. */
    static Optional<DamagedModel> damaged(Path folder) {
        if (!isIn(folder) || read(folder).isPresent()) {
            return Optional.empty();
        }
        Properties properties = Disk.load(folder.resolve(NAME));
        List<String> names = numbered(properties, "file");
        String damage = names.stream()
                .filter(name -> file(folder, name).isEmpty())
                .map(name -> name + " is missing")
                .findFirst()
                .orElseGet(() -> sizeDamage(folder, properties, names));
        return Optional.of(new DamagedModel(
                String.valueOf(folder.getFileName()),
                numbered(properties, "reference"),
                damage,
                Disk.folderSize(folder)));
    }

    private static String sizeDamage(Path folder, Properties properties, List<String> names) {
        long bytes = names.stream()
                .flatMap(name -> file(folder, name).stream())
                .mapToLong(Disk::size)
                .sum();
        String expected = properties.getProperty("bytes", "");
        return names.isEmpty() || !expected.matches("\\d+") || expected.equals(Long.toString(bytes))
                ? NAME + " is damaged"
                : String.join(", ", names) + ": " + expected + " bytes were stored, " + bytes + " are there";
    }

    private static void number(Properties properties, String key, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            properties.setProperty(key + "." + (i + 1), values.get(i));
        }
    }

    private static List<String> numbered(Properties properties, String key) {
        List<String> values = new ArrayList<>();
        for (int i = 1; properties.getProperty(key + "." + i) != null; i++) {
            values.add(properties.getProperty(key + "." + i));
        }
        return values;
    }
}
