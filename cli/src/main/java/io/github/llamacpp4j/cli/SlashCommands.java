package io.github.llamacpp4j.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What a person can ask of a conversation besides answers. */
final class SlashCommands {

    /**
     * One command.
     *
     * @param name with its slash
     * @param parameter what stands behind the name; empty if nothing
     * @param help one line
     * @param action does it, given what stands behind the name
     */
    private record Command(String name, String parameter, String help, Consumer<String> action) {

        String usage() {
            return parameter.isEmpty() ? name : name + " " + parameter;
        }
    }

    private final PrintStream out;
    private final List<Command> commands;

    SlashCommands(ChatSession session, PrintStream out) {
        this.out = out;
        commands = List.of(
                new Command("/help", "", "show this", nothing -> help()),
                new Command("/system", "[TEXT|none]", "show, set or remove the system message", session::system),
                new Command("/think", "on|off", "turn thinking on or off where the model has a switch", session::think),
                new Command("/regen", "", "answer the last message again", nothing -> session.regenerate()),
                new Command("/undo", "", "take back the last message and its answer", nothing -> session.undo()),
                new Command("/new", "", "forget everything but the system message", nothing -> session.startAnew()),
                new Command("/save", "FILE", "write the conversation as JSON", session::save),
                new Command("/load", "FILE", "go on from a conversation that was saved", session::load),
                new Command("/tokens", "", "show how much of the context is in use", nothing -> session.tokens()),
                new Command("/stats", "on|off", "show statistics after each answer", session::statistics),
                new Command("/exit", "", "leave", nothing -> session.leave()));
    }

    static boolean isCommand(String input) {
        return input.startsWith("/");
    }

    List<String> names() {
        return commands.stream().map(Command::name).toList();
    }

    void run(String input) {
        String[] words = input.strip().split("\\s+", 2);
        Optional<Command> found = commands.stream()
                .filter(command -> command.name().equals(words[0]))
                .findFirst();
        Command command = found.orElseThrow(() -> new CommandFailure(
                "usage",
                "there is no command " + words[0] + "; the commands are " + String.join(" ", names())
                        + " (a message may begin with a slash behind a space)"));
        String argument = words.length > 1 ? words[1] : "";
        if (argument.isEmpty()
                && !command.parameter().isEmpty()
                && !command.parameter().startsWith("[")) {
            throw new CommandFailure("usage", "expected " + command.usage());
        }
        command.action().accept(argument);
    }

    private void help() {
        int width = commands.stream()
                .mapToInt(command -> command.usage().length())
                .max()
                .orElse(0);
        out.println(commands.stream()
                .map(command -> "  " + command.usage()
                        + " ".repeat(width - command.usage().length() + 2) + command.help())
                .collect(Collectors.joining("\n")));
        out.println("  " + MessageLines.HELP);
        out.println("  Ctrl-C stops an answer; at the prompt, twice leaves.");
    }
}
