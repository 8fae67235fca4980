package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Numbers that no option can mean are wrong usage, wherever they stand. */
class WrongValuesTest {

    private static final String ABSENT = "absent.gguf";

    @TempDir
    private Path folder;

    record Trial(String command, String option, String value) {

        String flag() {
            return option + "=" + value;
        }
    }

    /** Each option of each command that is a number, with what lies outside of every range. */
    static Stream<Trial> numbers() {
        List<Trial> trials = new ArrayList<>();
        for (CommandLine command :
                Main.commandLine(CommandRun.terminal()).getSubcommands().values()) {
            for (OptionSpec option : command.getCommandSpec().options()) {
                for (String value : outside(option)) {
                    trials.add(new Trial(command.getCommandName(), option.longestName(), value));
                }
            }
        }
        return trials.stream();
    }

    static Stream<Trial> numbersOfServe() {
        return numbers().filter(trial -> trial.command().equals("serve"));
    }

    private static Set<String> outside(OptionSpec option) {
        Class<?> type = option.isMultiValue() ? option.auxiliaryTypes()[0] : option.type();
        if (type == Double.class || type == double.class) {
            return Set.of("NaN", "Infinity", "-Infinity", "1e300");
        }
        if (type == Integer.class || type == int.class) {
            return Set.of("-2147483648", "-2", "2147483648", "1.5");
        }
        return type == Long.class || type == long.class ? Set.of("-9223372036854775808", "-2", "1.5") : Set.of();
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void aNumberOutOfRangeIsWrongUsage(Trial trial) {
        CommandRun run = CommandRun.of(trial.command(), "-m", ABSENT, trial.flag());
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSizeLessThanOrEqualTo(2);
        assertThat(run.err().lines().findFirst().orElseThrow())
                .startsWith("error: ")
                .contains(trial.option())
                .doesNotContain(ABSENT);
    }

    @ParameterizedTest
    @MethodSource("numbersOfServe")
    void inAFileItIsToldWithItsLine(Trial trial) throws Exception {
        Path file = Files.writeString(
                folder.resolve("serve.properties"),
                "\nmodel=" + ABSENT + "\n" + trial.option().substring(2) + "=" + trial.value() + "\nalias=a\n");
        CommandRun run = CommandRun.of("serve", "--config", file.toString());
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).startsWith("error: " + file + ", line 3: ").contains(trial.option());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "run; --top-p 7; --top-p must be between 0.0 and 1.0",
                "run; --context -3; --context must be from 0",
                "run; --parallel 300; --parallel must be 1 to 256",
                "run; --stop=; --stop",
                "chat; --mirostat 3; --mirostat must be 0",
                "serve; --port 99999; --port must be 0 to 65535",
                "serve; --parallel 0; --parallel must be 1 to 256",
                "serve; --cors-origin example; Invalid value for option '--cors-origin': an origin is",
                "serve; --deadline 0; --deadline must be longer than 0 s",
                "serve; --host=; --host must be a name",
                "serve; --api-key-file absent.keys; Invalid value for option '--api-key-file': no such file: absent.keys",
                "serve; --batch-size 8 --ubatch-size 16; --batch-size and --ubatch-size: ",
                "bench; --concurrency 129; --concurrency must be 1 to 128",
                "bench; -t 1,0; --threads must be at least 1",
                "embed; --normalize p0; --normalize",
                "rerank; --top 0; --top must be at least 1",
                "inspect; -c 0; --context must be 1 to 2147483648",
                "grammar; --draft 3; --draft"
            })
    void theOptionIsNamedWithWhatWasExpected(String command, String flags, String expected) {
        List<String> arguments = new ArrayList<>(List.of(command, "-m", ABSENT));
        for (String flag : flags.split(" (?=--)", -1)) {
            arguments.addAll(List.of(flag.split(" ", 2)));
        }
        CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).startsWith("error: ").contains(expected).doesNotContain(ABSENT);
    }

    @Test
    void optionsThatFitAreNotRefused() {
        CommandRun run =
                CommandRun.of("serve", "-m", ABSENT, "--port", "0", "--top-p", "1", "--threads", "1", "--stop", "x");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains(ABSENT);
    }

    @Test
    void aLineOfABatchIsToldItsOption() {
        CommandFailure failure = catchThrowableOfType(
                CommandFailure.class,
                () -> FlagMembers.apply(new GenerationFlags(), Json.object().put("top_p", 7), Set.of()));
        assertThat(failure).hasMessageStartingWith("--top-p must be between 0.0 and 1.0");
        assertThat(failure.kind()).isEqualTo("request");
    }
}
