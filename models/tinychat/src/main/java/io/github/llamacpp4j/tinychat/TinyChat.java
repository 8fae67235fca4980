package io.github.llamacpp4j.tinychat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The demonstration models that come inside this artifact. They know a few dozen facts and nothing else: test equipment
 * and a proof that everything works, not assistants. Several threads and processes may extract at once.
 */
public enum TinyChat {
    /** The chat model, 3.4 million parameters. */
    MODEL("tinychat-q8_0.gguf"),
    /** The draft model with the same vocabulary for speculative decoding, 0.45 million parameters. */
    DRAFT("tinychat-draft-q8_0.gguf");

    private final String fileName;

    TinyChat(String fileName) {
        this.fileName = fileName;
    }

    /** The name of the file in this artifact and where it is extracted. */
    public String fileName() {
        return fileName;
    }

    /**
     * The model as a file in {@code folder}; written there unless a file of that name and size exists.
     *
     * @throws UncheckedIOException if the folder cannot be written
     */
    public Path extractTo(Path folder) {
        Path target = folder.resolve(fileName);
        try {
            URL resource = TinyChat.class.getResource(fileName);
            if (resource == null) {
                throw new FileNotFoundException(fileName + " is missing from the llamacpp4j-tinychat artifact");
            }
            URLConnection connection = resource.openConnection();
            try (InputStream model = connection.getInputStream()) {
                if (!Files.isRegularFile(target) || Files.size(target) != connection.getContentLengthLong()) {
                    write(model, folder, target);
                }
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot extract the bundled model to " + target + ": " + e, e);
        }
    }

    private static void write(InputStream model, Path folder, Path target) throws IOException {
        Files.createDirectories(folder);
        Path partial = Files.createTempFile(folder, target.getFileName() + ".", ".part");
        try {
            Files.copy(model, partial, StandardCopyOption.REPLACE_EXISTING);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }
}
