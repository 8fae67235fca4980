package io.github.llamacpp4j.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of text that an option names. */
final class TextFile {

    private TextFile() {}

    /** Reads it; what fails names the file. */
    static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (FileSystemException explained) {
            throw explained;
        } catch (CharacterCodingException e) {
            throw new CommandFailure("request", file + " is not text in UTF-8");
        } catch (IOException e) {
            throw new CommandFailure("request", file + " cannot be read: " + e.getMessage());
        }
    }
}
