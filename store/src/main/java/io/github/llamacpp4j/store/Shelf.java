package io.github.llamacpp4j.store;

import io.github.llamacpp4j.store.ModelStore.Removal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of a store: one folder per model, {@code .downloads} for what is arriving, {@code .locks}. Whatever changes
 * a model's folder does so under one lock.
 */
final class Shelf {

    private static final String DOWNLOADS = ".downloads";
    private static final int ID_DIGITS = 12;
    private static final Pattern ID = Pattern.compile(".+-[0-9a-f]{" + ID_DIGITS + "}");
    private static final int READABLE_CHARACTERS = 80;

    private final Path folder;
    private final Path locks;

    Shelf(Path folder) {
        this.folder = folder;
        this.locks = folder.resolve(".locks");
    }

    /** All models, the newest first. */
    List<StoredModel> list() {
        return folders(folder).stream()
                .flatMap(path -> Manifest.read(path).stream())
                .sorted(Comparator.comparing(StoredModel::pulledAt).reversed().thenComparing(StoredModel::id))
                .toList();
    }

    /** The models that cannot be used, by id. */
    List<DamagedModel> damaged() {
        return folders(folder).stream()
                .flatMap(path -> Manifest.damaged(path).stream())
                .sorted(Comparator.comparing(DamagedModel::id))
                .toList();
    }

    /** Removes what is left of a model, unless it was made sound meanwhile. */
    void remove(DamagedModel model) {
        locked(() -> {
            Path home = folder.resolve(model.id());
            if (Manifest.damaged(home).isPresent()) {
                Manifest.delete(home);
                Disk.deleteTree(home);
            }
            return model;
        });
    }

    /** The lock for pulling under a name. */
    Path lock(String reference) {
        return Disk.createFolder(locks).resolve(slug(reference) + ".lock");
    }

    /** Where the download for a name collects its files. */
    Path downloads(String reference) {
        return folder.resolve(DOWNLOADS).resolve(slug(reference));
    }

    /** The downloads that were begun and not ended, by name. */
    List<UnfinishedDownload> unfinished() {
        return folders(folder.resolve(DOWNLOADS)).stream()
                .flatMap(path -> UnfinishedDownload.in(path).stream())
                .sorted(Comparator.comparing(UnfinishedDownload::reference))
                .toList();
    }

    /** Makes what was fetched into {@code work} a model, or gives a model with the same bytes one more name. */
    StoredModel keep(Fetched fetched, String reference, Path work) {
        return locked(() -> {
            sweep();
            String id = id(fetched);
            Path home = folder.resolve(id);
            StoredModel model = Manifest.read(home)
                    .map(same -> withReference(same, reference))
                    .orElseGet(() -> moved(fetched, id, reference));
            Manifest.write(home, model);
            Disk.deleteTree(work);
            return model;
        });
    }

    /** Gives a model one more name. */
    StoredModel refer(StoredModel model, String reference) {
        if (model.references().contains(reference)) {
            return model;
        }
        return locked(() -> {
            Path home = folder.resolve(model.id());
            StoredModel named = withReference(Manifest.read(home).orElse(model), reference);
            Manifest.write(home, named);
            return named;
        });
    }

    /** Takes a name away from a model, or all names if {@code reference} is none of them. */
    Removal remove(StoredModel found, String reference) {
        return locked(() -> {
            Path home = folder.resolve(found.id());
            StoredModel model = Manifest.read(home).orElse(found);
            List<String> rest = model.references().stream()
                    .filter(r -> !r.equals(reference))
                    .toList();
            boolean gone = rest.isEmpty() || rest.size() == model.references().size();
            if (gone) {
                Manifest.delete(home);
                Disk.deleteTree(home);
            } else {
                Manifest.write(home, withReferences(model, rest));
            }
            return new Removal(model, gone);
        });
    }

    private <T> T locked(Supplier<T> work) {
        return StoreLock.holding(Disk.createFolder(locks).resolve("store.lock"), () -> {}, work);
    }

    private StoredModel moved(Fetched fetched, String id, String reference) {
        Path home = Disk.createFolder(folder.resolve(id));
        List<Path> files = new ArrayList<>();
        long bytes = 0;
        for (Fetched.File file : fetched.files()) {
            Path target = home.resolve(file.path().getFileName());
            bytes += Disk.size(file.path());
            Disk.move(file.path(), target);
            files.add(target);
        }
        return new StoredModel(
                id,
                List.of(reference),
                fetched.source(),
                files,
                fetched.files().stream().map(Fetched.File::sha256).toList(),
                bytes,
                Instant.now());
    }

    private static StoredModel withReference(StoredModel model, String reference) {
        Set<String> references = new LinkedHashSet<>(model.references());
        references.add(reference);
        return withReferences(model, List.copyOf(references));
    }

    private static StoredModel withReferences(StoredModel model, List<String> references) {
        return new StoredModel(
                model.id(),
                references,
                model.source(),
                model.files(),
                model.sha256(),
                model.sizeBytes(),
                model.pulledAt());
    }

    /**
     * Removes folders that never became a model, or were ceasing to be one when a process ended. Folders that are not
     * named as the store names them belong to somebody else.
     */
    private void sweep() {
        for (Path path : folders(folder)) {
            boolean ours = ID.matcher(String.valueOf(path.getFileName())).matches();
            if (ours && !Manifest.isIn(path)) {
                Disk.deleteTree(path);
            }
        }
    }

    private static List<Path> folders(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(path -> Files.isDirectory(path)
                            && !String.valueOf(path.getFileName()).startsWith("."))
                    .toList();
        } catch (IOException e) {
            throw Disk.failure("cannot list " + folder, folder, e);
        }
    }

    /** A name for the folder of a model that tells file and content. */
    private static String id(Fetched fetched) {
        String name = String.valueOf(fetched.files().getFirst().path().getFileName());
        String stem = name.replaceAll("(?i)\\.gguf$", "").toLowerCase(Locale.ROOT);
        if (fetched.files().size() == 1) {
            return stem + "-" + fetched.files().getFirst().sha256().substring(0, ID_DIGITS);
        }
        MessageDigest digest = Digests.sha256();
        fetched.files().forEach(file -> digest.update(file.sha256().getBytes(StandardCharsets.US_ASCII)));
        return stem + "-" + Digests.hex(digest).substring(0, ID_DIGITS);
    }

    /** A file name for any text, different for different texts. */
    private static String slug(String reference) {
        MessageDigest digest = Digests.sha256();
        digest.update(reference.getBytes(StandardCharsets.UTF_8));
        String readable = reference.replaceAll("[^A-Za-z0-9._-]+", "-");
        String cut = readable.length() <= READABLE_CHARACTERS ? readable : readable.substring(0, READABLE_CHARACTERS);
        return cut + "-" + Digests.hex(digest).substring(0, 8);
    }
}
