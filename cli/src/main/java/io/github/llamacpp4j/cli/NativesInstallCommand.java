package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.natives.LlamaCppHome;
import io.github.llamacpp4j.natives.NativePin;
import io.github.llamacpp4j.natives.NativePins;
import io.github.llamacpp4j.natives.NativePlatform;
import io.github.llamacpp4j.natives.NativeSet;
import io.github.llamacpp4j.natives.NativeSetException;
import io.github.llamacpp4j.natives.NativesInstaller;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code natives install}: fetches a prebuilt set, verifies it and unpacks it. */
@Command(
        name = "install",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches the prebuilt libraries with npm, verifies their hash and unpacks them.",
            "Prints the directory, which LLAMACPP4J_NATIVE_DIR can name."
        })
final class NativesInstallCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(
            names = "--platform",
            paramLabel = "ID",
            description = "The platform, such as linux-arm64 (default: this one).")
    private @Nullable String platform;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "The set, such as cpu (default: the platform's first).")
    private @Nullable String backend;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Where sets are kept (default: natives in LLAMACPP4J_HOME).")
    private @Nullable Path directory;

    @Mixin
    private OutputFlag output = new OutputFlag();

    NativesInstallCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try {
            NativePin pin = pin();
            NativeSet set = install(pin);
            if (output.json()) {
                terminal.out().println(Json.pretty(describe(pin, set)));
            } else {
                terminal.err().println(pin.title() + " is installed.");
                terminal.out().println(set.directory());
            }
            return 0;
        } catch (NativeSetException e) {
            throw new CommandFailure("natives", String.valueOf(e.getMessage()));
        }
    }

    private NativePin pin() {
        NativePins pins = NativePins.load();
        NativePlatform chosen = platform == null ? NativePlatform.current() : NativePlatform.byId(platform);
        return backend == null ? pins.defaultFor(chosen) : pins.find(chosen, backend);
    }

    private NativeSet install(NativePin pin) {
        Path into = directory == null ? LlamaCppHome.current().nativesDirectory() : directory;
        try (InstallProgress progress = new InstallProgress(terminal, pin.title())) {
            return NativesInstaller.into(into).install(pin, progress);
        }
    }

    private static ObjectNode describe(NativePin pin, NativeSet set) {
        return Json.object()
                .put("platform", pin.platform().id())
                .put("backend", pin.backend())
                .put("release", pin.release())
                .put("package", pin.packageSpec())
                .put("directory", set.directory().toString());
    }
}
