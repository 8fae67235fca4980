package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.Conversation;
import io.github.llamacpp4j.ConversationOptions;
import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.engine.EngineListener;
import io.github.llamacpp4j.engine.EngineStep;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jline.terminal.impl.DumbTerminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code chat} on terminals made of pipes. */
@Timeout(60)
class ScreenChatIT {

    private static final String CTRL_C = "\u0003";
    private static final String CTRL_D = "\u0004";
    private static final String CTRL_P = "\u0010";
    private static final String FRANCE = "What is the capital of France?\r";
    private static final String PARIS = "The capital of France is Paris.";

    /** How long the engine rests after each step of an answer that is to be stopped, so that it is still under way by then. */
    private static final Duration REST = Duration.ofMillis(20);

    private static volatile boolean rests;
    private static Llama llama;

    private static final class Pace implements EngineListener {
        @Override
        public void stepped(EngineStep step) {
            if (rests) {
                LockSupport.parkNanos(REST.toNanos());
            }
        }
    }

    @TempDir
    Path folder;

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final PipedOutputStream keys = new PipedOutputStream();
    private PipedInputStream input = new PipedInputStream();
    private Thread talk = new Thread();
    private Path history = Path.of("");

    @BeforeAll
    static void load() {
        llama = Llama.load(
                TestModels.tinychat(),
                LlamaOptions.builder()
                        .context(context -> context.threads(1).batchThreads(1))
                        .engine(engine -> engine.addListener(new Pace()))
                        .build());
    }

    @AfterAll
    static void close() {
        llama.close();
    }

    @BeforeEach
    void connect() throws IOException {
        input = new PipedInputStream(keys, 1 << 16);
        history = folder.resolve("home/chat_history");
    }

    @AfterEach
    void hangUp() throws Exception {
        rests = false;
        keys.close();
        talk.join();
    }

    private void start(boolean endless) throws IOException {
        rests = endless;
        talkOn(new ExternalTerminal("test", "xterm", input, shown, UTF_8), endless);
    }

    private void talkOn(org.jline.terminal.Terminal screen, boolean endless) {
        ConversationOptions options = ConversationOptions.builder()
                .chat(chat -> chat.temperature(0)
                        .maxTokens(1_500)
                        .generation(generation -> generation.ignoreEndOfGeneration(endless)))
                .answerTokens(100)
                .build();
        talk = Thread.ofPlatform()
                .start(() -> ScreenChat.run(
                        screen,
                        terminal -> new ChatSession(
                                llama,
                                terminal,
                                answer -> {
                                    AnswerPrinter printer = AnswerPrinter.of(terminal);
                                    answer.forEachRemaining(printer::print);
                                    printer.end();
                                },
                                Conversation.with(llama, options),
                                false),
                        history));
    }

    private void type(String text) throws IOException {
        OutputStream keyboard = keys;
        keyboard.write(text.getBytes(UTF_8));
        keyboard.flush();
    }

    private void await(String text) throws InterruptedException {
        while (!shown.toString(UTF_8).contains(text)) {
            assertThat(talk.isAlive() || shown.toString(UTF_8).contains(text))
                    .as("never shown: %s, but %s", text, shown.toString(UTF_8))
                    .isTrue();
            Thread.sleep(5);
        }
    }

    /** How often the line editor has begun to read. */
    private int prompts() {
        return shown.toString(UTF_8).split("\u001b\\[\\?2004h", -1).length - 1;
    }

    /** A signal that comes before the editor has begun to read is lost, so a person presses the keys again. */
    private void leaveByCtrlC() throws Exception {
        while (talk.isAlive()) {
            type(CTRL_C);
            talk.join(100);
        }
        assertThat(shown.toString(UTF_8)).contains("(Ctrl-C again or /exit leaves)");
    }

    private void assertLeft() throws InterruptedException {
        talk.join(60_000);
        assertThat(talk.isAlive()).as(shown.toString(UTF_8)).isFalse();
    }

    @Test
    void aQuestionIsAnsweredAndRememberedInTheHistory() throws Exception {
        start(false);
        type(FRANCE);
        await(PARIS);
        assertThat(shown.toString(UTF_8)).contains("\u001b[2mThe");
        type("/exit\r");
        assertLeft();
        assertThat(Files.readString(history)).contains("What is the capital of France?", "/exit");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
                .isEqualTo("rw-------");
    }

    @Test
    void messagesMayHaveSeveralLines() throws Exception {
        start(false);
        type("What is the capital\\\rof France?\r");
        await("…");
        type("/undo\r");
        await("(took back: What is the capital of France?)");
        type(CTRL_D);
        assertLeft();
    }

    @Test
    void ctrlCStopsTheAnswerOnly() throws Exception {
        start(true);
        type(FRANCE);
        await("Paris");
        type(CTRL_C);
        await("(stopped)");
        type("/tokens\r");
        await("tokens in 2 messages)");
        leaveByCtrlC();
    }

    @Test
    void ctrlCOnALineDropsTheLine() throws Exception {
        start(false);
        type("/nonsense");
        await("/nonsense");
        while (prompts() < 2) {
            type(CTRL_C);
            Thread.sleep(100);
        }
        type("/tokens\r");
        await("(0 of");
        leaveByCtrlC();
        assertThat(shown.toString(UTF_8)).doesNotContain("error");
    }

    @Test
    void earlierMessagesComeBack() throws Exception {
        Files.createDirectories(history.getParent());
        Files.writeString(history, "1795381586021:/tokens\n");
        start(false);
        type(CTRL_P + "\r");
        await("(0 of");
        type("/exit\r");
        assertLeft();
    }

    @Test
    void aDumbTerminalWorksWithoutColours() throws Exception {
        DumbTerminal dumb = new DumbTerminal("dumb", "dumb", input, shown, UTF_8);
        talkOn(dumb, false);
        type(FRANCE.replace('\r', '\n'));
        await(PARIS);
        type("/exit\n");
        assertLeft();
        assertThat(shown.toString(UTF_8)).doesNotContain("\u001b[2m");
    }
}
