package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.gguf.GgufException;
import io.github.llamacpp4j.grammar.GrammarException;
import io.github.llamacpp4j.grammar.SchemaException;
import io.github.llamacpp4j.model.LlamaException;
import io.github.llamacpp4j.natives.NativeSetException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code llamacpp4j} command: runs GGUF models on this machine. */
@Command(
        name = "llamacpp4j",
        description = "Run GGUF models on this machine.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "llamacpp4j COMMAND --help tells the options of a command."})
public final class Main implements Runnable {

    /** Exit code of a request that failed. */
    static final int FAILED = 1;

    private static final int WRONG_USAGE = CommandLine.ExitCode.USAGE;

    /** Exit code where the reader of standard output left first: that of a process ended by SIGPIPE. */
    private static final int READER_LEFT = 141;

    @Spec
    private CommandSpec spec;

    private Main() {}

    /**
     * Runs one command and exits with its code: 0 done, 1 failed, 2 wrong usage, 130 interrupted, 141 when nobody reads
     * standard output any longer.
     *
     * @param arguments the command and its options
     */
    public static void main(String[] arguments) {
        setIfAbsent("java.util.logging.SimpleFormatter.format", "%4$s: %5$s%6$s%n");
        setIfAbsent("slf4j.internal.verbosity", "ERROR");
        Terminal terminal = Terminal.system();
        int code = writing(terminal, () -> {
            int status = run(terminal, arguments);
            terminal.out().flush();
            return status;
        });
        terminal.err().flush();
        System.exit(code);
    }

    /** What the libraries log is for a person to read: a line each, without the place in the code. */
    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static int writing(Terminal terminal, IntSupplier command) {
        try {
            return command.getAsInt();
        } catch (OutputFailure failure) {
            return ended(terminal, failure);
        }
    }

    private static int ended(Terminal terminal, OutputFailure failure) {
        if (failure.readerLeft()) {
            return READER_LEFT;
        }
        terminal.err().println("error: " + reason(failure));
        return FAILED;
    }

    static int run(Terminal terminal, String... arguments) {
        StringWriter help = new StringWriter();
        CommandLine commands = commandLine(terminal, arguments);
        commands.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                // A prompt may begin with @.
                .setExpandAtFiles(false)
                .setOut(new PrintWriter(help))
                .setErr(new PrintWriter(terminal.err(), true, UTF_8));
        commands.setParameterExceptionHandler((exception, all) -> refused(terminal, exception));
        commands.setExecutionStrategy(parsed -> {
            FlagCheck.check(parsed.asCommandLineList().getLast());
            return new CommandLine.RunLast().execute(parsed);
        });
        commands.setExecutionExceptionHandler((exception, command, parsed) -> {
            if (exception instanceof OutputFailure failure) {
                return ended(terminal, failure);
            }
            terminal.err().println("error: " + reason(exception));
            return exception instanceof CommandFailure failure && failure.kind().equals("usage") ? WRONG_USAGE : FAILED;
        });
        int code = commands.execute(arguments);
        terminal.out().print(help);
        return code;
    }

    /** The command with the one below it that the arguments want, or with all. */
    static CommandLine commandLine(Terminal terminal, String... arguments) {
        CommandLine commands = new CommandLine(new Main());
        addCommands(commands, terminal, arguments);
        return commands;
    }

    /** Says what is wrong in a line; a hundred options behind it would hide that. */
    private static int refused(Terminal terminal, ParameterException exception) {
        CommandLine command = exception.getCommandLine();
        String place = command.getDefaultValueProvider() instanceof ServeSettings settings
                ? settings.place(exception.getArgSpec())
                        .map(where -> where + ": ")
                        .orElse("")
                : "";
        terminal.err().println("error: " + place + exception.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(exception, command.getErr())) {
            if (command.getSubcommands().isEmpty()) {
                terminal.err().println(command.getCommandSpec().qualifiedName() + " --help tells the options.");
            } else {
                command.usage(command.getErr());
            }
        }
        return WRONG_USAGE;
    }

    /** Adds the command that is wanted, or all: reading the options of each takes longer than loading a small model. */
    private static void addCommands(CommandLine commands, Terminal terminal, String... arguments) {
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        all.put("run", () -> RunCommand.commandLine(terminal));
        all.put("chat", () -> ChatCommand.commandLine(terminal));
        all.put("serve", () -> ServeCommand.commandLine(terminal, System.getenv(), arguments));
        all.put("tokenize", () -> new TokenizeCommand(terminal));
        all.put("detokenize", () -> new DetokenizeCommand(terminal));
        all.put("embed", () -> new EmbedCommand(terminal));
        all.put("rerank", () -> new RerankCommand(terminal));
        all.put("bench", () -> new BenchCommand(terminal));
        all.put("grammar", () -> new GrammarCommand(terminal));
        all.put("natives", () -> NativesCommand.commandLine(terminal));
        all.put("doctor", () -> new DoctorCommand(terminal));
        all.put("pull", () -> new PullCommand(terminal));
        all.put("list", () -> new ListCommand(terminal));
        all.put("rm", () -> new RmCommand(terminal));
        all.put("inspect", () -> new InspectCommand(terminal));
        all.put("template", () -> new TemplateCommand(terminal));
        all.put("rehearse", () -> new RehearseCommand(terminal));
        String wanted = arguments.length == 0 ? "" : arguments[0];
        if (all.containsKey(wanted)) {
            all.keySet().retainAll(Set.of(wanted));
        }
        all.forEach((name, command) -> commands.addSubcommand(name, command.get()));
    }

    /** What went wrong, for a person. */
    static String reason(Exception exception) {
        boolean explained = switch (exception) {
            case CommandFailure failure -> true;
            case OutputFailure failure -> true;
            case LlamaException failure -> true;
            case GgufException failure -> true;
            case NativeSetException failure -> true;
            case ChatException failure -> true;
            case GrammarException failure -> true;
            case SchemaException failure -> true;
            case IllegalArgumentException failure -> true;
            default -> false;
        };
        if (exception instanceof UncheckedIOException failure) {
            String said = String.valueOf(failure.getMessage());
            Throwable cause = failure.getCause();
            String reason = cause == null ? "" : String.valueOf(cause.getMessage());
            return said.contains(reason) ? said : said + ": " + reason;
        }
        if (exception instanceof FileSystemException place) {
            return reason(place);
        }
        return explained ? String.valueOf(exception.getMessage()) : exception.toString();
    }

    /** Why a file cannot be used. */
    static String reason(FileSystemException exception) {
        String what = switch (exception) {
            case NoSuchFileException missing -> "no such file: ";
            case AccessDeniedException denied -> "no permission: ";
            default -> "";
        };
        return what.isEmpty() ? String.valueOf(exception.getMessage()) : what + exception.getFile();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"llamacpp4j " + (version == null ? "(development)" : version)};
        }
    }
}
