package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ChatMessage.AssistantMessage;
import io.github.llamacpp4j.chat.ToolCall;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConversationFileTest {

    @TempDir
    Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void nameFile() {
        file = folder.resolve("talk.json");
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        ToolCall call = new ToolCall("call-1", "get_weather", Map.of("city", "Kraków"));
        List<ChatMessage> messages = List.of(
                ChatMessage.system("Be brief."),
                ChatMessage.user("Weather?\n🌦"),
                new AssistantMessage("", "Ask the tool.", List.of(call)),
                ChatMessage.toolResult(call, "{\"sky\": \"clear\"}"),
                ChatMessage.assistant("Clear."));
        ConversationFile.write(List.of(ChatMessage.user("old")), file);
        ConversationFile.write(messages, file);

        assertThat(ConversationFile.read(file)).isEqualTo(messages);
        assertThat(Files.readString(file)).contains("\"role\":\"user\"", "\"reasoning_content\":\"Ask the tool.\"");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void whatIsNoConversationIsRefusedWithTheFilesName() throws IOException {
        for (String text : List.of("", "{}", "[{\"role\":\"king\",\"content\":\"\"}]", "[1", "[[]]")) {
            Files.writeString(file, text);
            assertThatThrownBy(() -> ConversationFile.read(file))
                    .as(text)
                    .isInstanceOf(ChatException.class)
                    .hasMessageStartingWith(file + ": expected a JSON array of messages");
        }
    }

    @Test
    void aFileThatIsTooLargeIsRefusedUnread() throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength((64L << 20) + 1);
        }
        assertThatThrownBy(() -> ConversationFile.read(file))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("at most 67108864 bytes");
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        Files.writeString(file, "[".repeat(100_000));
        assertThatThrownBy(() -> ConversationFile.read(file)).isInstanceOf(ChatException.class);
    }

    @Test
    void aMissingFileOrFolderIsNamed() {
        assertThatThrownBy(() -> ConversationFile.read(file))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString());
        Path nowhere = folder.resolve("no/talk.json");
        assertThatThrownBy(() -> ConversationFile.write(List.of(), nowhere))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(nowhere.toString());
    }

    @Test
    void aFolderIsNotReplaced() throws IOException {
        Files.createDirectory(file);

        assertThatThrownBy(() -> ConversationFile.write(List.of(ChatMessage.user("q")), file))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString());
        assertThat(file).isEmptyDirectory();
    }
}
