package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Function;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Reference;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;

/**
 * A conversation on a screen, with a line editor: history, completion of commands, lines that go on, Ctrl-C. The only class
 * that touches JLine, so that nothing else waits for it to load.
 */
final class ScreenChat {

    private static final String PROMPT = "> ";
    private static final String NEXT_LINE_PROMPT = "… ";
    private static final int HISTORY_LINES = 1_000;

    private final org.jline.terminal.Terminal screen;
    private final ChatSession session;

    private ScreenChat(org.jline.terminal.Terminal screen, ChatSession session) {
        this.screen = screen;
        this.session = session;
    }

    /** Talks on the terminal of this process. */
    static void run(Function<Terminal, ChatSession> sessions, Path history) throws IOException {
        try (org.jline.terminal.Terminal screen = TerminalBuilder.builder()
                .system(true)
                .providers("ffm,exec")
                .nativeSignals(true)
                .encoding(UTF_8)
                .build()) {
            run(screen, sessions, history);
        }
    }

    /** Talks on a terminal. */
    static void run(org.jline.terminal.Terminal screen, Function<Terminal, ChatSession> sessions, Path history) {
        PrintStream out = new PrintStream(screen.output(), true, UTF_8);
        boolean dims = !screen.getType().startsWith(org.jline.terminal.Terminal.TYPE_DUMB);
        new ScreenChat(screen, sessions.apply(new Terminal(InputStream.nullInputStream(), out, out, dims)))
                .talk(history, out);
    }

    private void talk(Path history, PrintStream out) {
        screen.handle(Signal.INT, signal -> session.interrupt());
        LineReader reader = reader(history, out);
        boolean interrupted = false;
        while (!session.hasLeft()) {
            try {
                String line = reader.readLine(PROMPT);
                interrupted = false;
                session.accept(line);
            } catch (UserInterruptException e) {
                if (interrupted && e.getPartialLine().isEmpty()) {
                    return;
                }
                interrupted = e.getPartialLine().isEmpty();
                if (interrupted) {
                    out.println("(Ctrl-C again or /exit leaves)");
                }
            } catch (EndOfFileException e) {
                return;
            }
        }
    }

    private LineReader reader(Path history, PrintStream out) {
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(screen)
                .parser(new MessageParser())
                .completer(new StringsCompleter(session.commandNames()))
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.INSERT_TAB, true)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, NEXT_LINE_PROMPT)
                .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
                .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES);
        try {
            keepPrivate(history);
            builder.variable(LineReader.HISTORY_FILE, history);
        } catch (IOException e) {
            out.println("(no history is kept: " + history + ": " + e.getMessage() + ")");
        }
        LineReader reader = builder.build();
        Reference insertLineFeed = new Reference("insert-line-feed");
        reader.getWidgets().put(insertLineFeed.name(), () -> {
            reader.getBuffer().write('\n');
            return true;
        });
        requireNonNull(reader.getKeyMaps().get(LineReader.MAIN)).bind(insertLineFeed, "\u001b\r", "\u001b\n");
        return reader;
    }

    /** What was said is nobody else's business. */
    private static void keepPrivate(Path history) throws IOException {
        if (!Files.exists(history)) {
            Path folder = history.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (history.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        history, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } else {
                Files.createFile(history);
            }
        }
    }

    /** Takes a line as it is, and asks for more where one goes on. */
    private static final class MessageParser extends DefaultParser {

        MessageParser() {
            setQuoteChars(new char[0]);
            setEscapeChars(new char[0]);
        }

        @Override
        public ParsedLine parse(String line, int cursor, ParseContext context) {
            if (context == ParseContext.ACCEPT_LINE && MessageLines.isOpen(line)) {
                throw new EOFError(-1, cursor, "the message goes on");
            }
            return super.parse(line, cursor, context);
        }
    }
}
