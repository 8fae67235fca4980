package io.github.llamacpp4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.ChatJson;
import io.github.llamacpp4j.chat.ChatMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Messages in a file: a JSON array in OpenAI's shape. */
final class ConversationFile {

    private static final int MOST_BYTES = 64 << 20;

    private ConversationFile() {}

    static List<ChatMessage> read(Path file) {
        String json = text(file);
        try {
            return ChatJson.readMessages(json);
        } catch (ChatException e) {
            throw new ChatException(file + ": expected a JSON array of messages; " + e.getMessage(), e);
        }
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new ChatException(
                        file + ": expected a conversation of at most " + MOST_BYTES + " bytes, found a larger file");
            }
            return new String(bytes, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the conversation " + file, e);
        }
    }

    static void write(List<ChatMessage> messages, Path file) {
        Path target = file.toAbsolutePath();
        Path folder = target.getParent();
        try {
            Path unfinished = Files.createTempFile(folder == null ? target : folder, ".conversation", ".part");
            try {
                Files.writeString(unfinished, ChatJson.writeMessages(messages) + "\n");
                Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the conversation " + file, e);
        }
    }
}
