package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.natives.NativePin;
import io.github.llamacpp4j.natives.NativePins;
import io.github.llamacpp4j.natives.NativePlatform;
import io.github.llamacpp4j.natives.NativeSet;
import io.github.llamacpp4j.natives.NativeSetException;
import io.github.llamacpp4j.natives.NativeSets;
import io.github.llamacpp4j.natives.NativesInstaller;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code natives list}: the sets that exist, those that are here, and the one in use. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the sets of libraries: those to be had, those installed, and the one in use.")
final class NativesListCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private OutputFlag output = new OutputFlag();

    NativesListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try {
            List<NativePin> pins = NativePins.load().all();
            if (output.json()) {
                terminal.out().println(Json.pretty(json(pins)));
            } else {
                print(pins);
            }
            return 0;
        } catch (NativeSetException e) {
            throw new CommandFailure("natives", String.valueOf(e.getMessage()));
        }
    }

    private static Optional<NativeSet> inUse() {
        try {
            return Optional.of(NativeSets.current().locate());
        } catch (NativeSetException none) {
            return Optional.empty();
        }
    }

    private void print(List<NativePin> pins) {
        NativesInstaller installer = NativesInstaller.current();
        terminal.out().println("%-12s %-8s %-8s %s".formatted("PLATFORM", "BACKEND", "RELEASE", "DIRECTORY"));
        for (NativePin pin : pins) {
            String directory = installer
                    .installed(pin)
                    .map(set -> set.directory().toString())
                    .orElse("not installed");
            terminal.out()
                    .println("%-12s %-8s %-8s %s"
                            .formatted(pin.platform().id(), pin.backend(), pin.release(), directory));
        }
        terminal.out().println();
        terminal.out()
                .println(inUse().map(set -> "In use: " + set.directory() + " (" + set.origin() + ")")
                        .orElse("In use: none; llamacpp4j natives install fetches one"));
    }

    private static ObjectNode json(List<NativePin> pins) {
        NativesInstaller installer = NativesInstaller.current();
        ObjectNode answer =
                Json.object().put("platform", NativePlatform.current().id());
        ArrayNode sets = answer.putArray("sets");
        for (NativePin pin : pins) {
            ObjectNode set = sets.addObject()
                    .put("platform", pin.platform().id())
                    .put("backend", pin.backend())
                    .put("release", pin.release())
                    .put("package", pin.packageSpec());
            installer
                    .installed(pin)
                    .ifPresentOrElse(
                            found -> set.put("directory", found.directory().toString()),
                            () -> set.putNull("directory"));
        }
        inUse().ifPresentOrElse(
                        set -> answer.putObject("in_use")
                                .put("directory", set.directory().toString())
                                .put("origin", set.origin().toString())
                                .put("release", set.release().orElse(null)),
                        () -> answer.putNull("in_use"));
        return answer;
    }
}
