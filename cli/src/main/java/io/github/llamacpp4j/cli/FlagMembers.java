package io.github.llamacpp4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Members of a batch line read as the command's options: {@code "max_tokens": 5} means {@code --max-tokens=5}. */
final class FlagMembers {

    private FlagMembers() {}

    /**
     * Sets the options that the members name.
     *
     * @param flags an object with picocli options
     * @param request the batch line; an array sets an option several times, an object is given as its text, {@code null} not at
     *     all
     * @param others members that are no options
     * @throws CommandFailure if a member is no option, or its value does not fit
     */
    static void apply(Object flags, ObjectNode request, Set<String> others) {
        List<String> arguments = new ArrayList<>();
        request.forEachEntry((name, value) -> {
            if (!others.contains(name) && !value.isNull()) {
                String flag = "--" + name.replace('_', '-') + "=";
                if (value.isArray()) {
                    value.forEach(element -> arguments.add(flag + text(name, element)));
                } else {
                    arguments.add(flag + text(name, value));
                }
            }
        });
        try {
            CommandLine options = new CommandLine(flags);
            options.parseArgs(arguments.toArray(String[]::new));
            FlagCheck.check(options);
        } catch (UnmatchedArgumentException e) {
            throw new CommandFailure("request", "no such option: " + e.getUnmatched());
        } catch (ParameterException e) {
            throw new CommandFailure("request", String.valueOf(e.getMessage()));
        }
    }

    private static String text(String name, JsonNode value) {
        if (value.isArray()) {
            throw new CommandFailure("request", "\"" + name + "\" must not hold a nested array");
        }
        return value.isObject() ? value.toString() : value.asString();
    }
}
