package io.github.llamacpp4j.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Refuses options with wrong values as wrong usage, before a command runs. What is wrong is known to those who use a value; which option
 * it came from is found by giving each alone. Not thread-safe.
 */
final class FlagCheck {

    /** How the library begins what it has to say of a setting, which an option may call otherwise. */
    private static final Pattern SETTING = Pattern.compile("^[a-z]\\w*(?= (must|goes) )");

    private final CommandLine command;
    private final CheckedFlags flags;
    private final Map<OptionSpec, Object> given = new LinkedHashMap<>();

    private FlagCheck(CommandLine command, CheckedFlags flags) {
        this.command = command;
        this.flags = flags;
        for (OptionSpec option : command.getCommandSpec().options()) {
            Object value = option.getValue();
            if (value != null && !Objects.equals(value, option.initialValue())) {
                given.put(option, value);
            }
        }
    }

    /**
     * Checks the options of a command that was parsed.
     *
     * @throws ParameterException if one is wrong; the options are lost then
     */
    static void check(CommandLine command) {
        if (command.getCommandSpec().userObject() instanceof CheckedFlags flags) {
            new FlagCheck(command, flags).check();
        }
    }

    private void check() {
        Optional<Exception> refusal = refusal();
        if (refusal.isPresent()) {
            throw wrongAlone().or(this::wrongTogether).orElseGet(() -> wrong(null, Main.reason(refusal.get())));
        }
    }

    private Optional<Exception> refusal() {
        try {
            flags.check();
            return Optional.empty();
        } catch (IllegalArgumentException | CommandFailure | IOException refused) {
            return Optional.of(refused);
        }
    }

    private Optional<ParameterException> wrongAlone() {
        given.keySet().forEach(FlagCheck::forget);
        if (refusal().isPresent()) {
            return Optional.empty();
        }
        for (OptionSpec option : given.keySet()) {
            set(option, given.get(option));
            Optional<Exception> refusal = refusal();
            if (refusal.isPresent()) {
                return Optional.of(wrong(option, explanation(option, Main.reason(refusal.get()))));
            }
            forget(option);
        }
        return Optional.empty();
    }

    private Optional<ParameterException> wrongTogether() {
        given.forEach(FlagCheck::set);
        String reason = refusal().map(Main::reason).orElse("");
        List<OptionSpec> involved = given.keySet().stream()
                .filter(option -> {
                    forget(option);
                    boolean cured = refusal().isEmpty();
                    set(option, given.get(option));
                    return cured;
                })
                .toList();
        return involved.isEmpty()
                ? Optional.empty()
                : Optional.of(wrong(
                        involved.getFirst(),
                        involved.stream().map(OptionSpec::longestName).collect(Collectors.joining(" and ")) + ": "
                                + reason));
    }

    private static String explanation(OptionSpec option, String reason) {
        String named = SETTING.matcher(reason).replaceFirst(option.longestName());
        return named.contains(option.longestName())
                ? named
                : "Invalid value for option '" + option.longestName() + "': " + reason;
    }

    private ParameterException wrong(@Nullable OptionSpec option, String message) {
        return option == null
                ? new ParameterException(command, message)
                : new ParameterException(command, message, option, null);
    }

    private static void forget(OptionSpec option) {
        set(option, option.initialValue());
    }

    private static void set(OptionSpec option, @Nullable Object value) {
        try {
            option.setter().set(value);
        } catch (RuntimeException | Error unchecked) {
            throw unchecked;
        } catch (Exception e) {
            throw new IllegalStateException("an option cannot be set: " + option.longestName(), e);
        }
    }
}
