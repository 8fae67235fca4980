package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.gguf.GgufException;
import io.github.llamacpp4j.grammar.GrammarException;
import io.github.llamacpp4j.grammar.SchemaException;
import io.github.llamacpp4j.model.LlamaException;
import io.github.llamacpp4j.natives.NativeSetException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

    @Spec
    private CommandSpec spec;

    private Main() {}

    /**
     * Runs one command and exits with its code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
     *
     * @param arguments the command and its options
     */
    public static void main(String[] arguments) {
        Terminal terminal = Terminal.system();
        int code = run(terminal, arguments);
        terminal.out().flush();
        terminal.err().flush();
        System.exit(code);
    }

    static int run(Terminal terminal, String... arguments) {
        CommandLine commands = new CommandLine(new Main())
                .addSubcommand(new RunCommand(terminal))
                .addSubcommand(new ChatCommand(terminal))
                .addSubcommand(ServeCommand.commandLine(terminal, System.getenv(), arguments))
                .addSubcommand(new TokenizeCommand(terminal))
                .addSubcommand(new DetokenizeCommand(terminal))
                .addSubcommand(new EmbedCommand(terminal))
                .addSubcommand(new RerankCommand(terminal))
                .addSubcommand(new BenchCommand(terminal))
                .addSubcommand(new GrammarCommand(terminal))
                .addSubcommand(NativesCommand.commandLine(terminal))
                .addSubcommand(new DoctorCommand(terminal))
                .addSubcommand(new PullCommand(terminal))
                .addSubcommand(new ListCommand(terminal))
                .addSubcommand(new RmCommand(terminal))
                .addSubcommand(new InspectCommand(terminal))
                .addSubcommand(new TemplateCommand(terminal))
                .addSubcommand(new RehearseCommand(terminal))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setOut(new PrintWriter(terminal.out(), true, UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, UTF_8));
        commands.setExecutionExceptionHandler((exception, command, parsed) -> {
            terminal.err().println(message(exception));
            return FAILED;
        });
        return commands.execute(arguments);
    }

    private static String message(Exception exception) {
        boolean explained = switch (exception) {
            case CommandFailure failure -> true;
            case LlamaException failure -> true;
            case GgufException failure -> true;
            case NativeSetException failure -> true;
            case ChatException failure -> true;
            case GrammarException failure -> true;
            case SchemaException failure -> true;
            case IllegalArgumentException failure -> true;
            default -> false;
        };
        if (exception instanceof NoSuchFileException missing) {
            return "error: no such file: " + missing.getFile();
        }
        return "error: " + (explained ? exception.getMessage() : exception.toString());
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
