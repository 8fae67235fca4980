package io.github.llamacpp4j.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code natives}: the libraries of llama.cpp on this machine. */
@Command(
        name = "natives",
        mixinStandardHelpOptions = true,
        description = "Installs and lists the libraries of llama.cpp.",
        synopsisSubcommandLabel = "COMMAND")
final class NativesCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    private NativesCommand() {}

    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new NativesCommand())
                .addSubcommand(new NativesInstallCommand(terminal))
                .addSubcommand(new NativesListCommand(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }
}
