package io.github.llamacpp4j.ffi;

import io.github.llamacpp4j.natives.NativeSetException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Loads the libraries, from the directory that it is given if any, and prints what came of it. */
final class LoaderMain {

    private LoaderMain() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String argument : arguments.length == 0 ? new String[] {""} : arguments) {
            try {
                LoadedNatives natives = argument.isEmpty() ? NativeLoader.load() : NativeLoader.load(Path.of(argument));
                out.println("loaded " + natives.llamaVersion() + " from "
                        + natives.set().directory());
                out.println("variant " + natives.cpuVariant().orElse("none"));
                for (NativeDevices.Registry registry : NativeDevices.registries()) {
                    out.println("registry " + registry.name() + " " + registry.features());
                }
                for (NativeDevices.Device device : NativeDevices.devices()) {
                    out.println("device " + device);
                }
            } catch (NativeLoadException | NativeSetException e) {
                out.println("refused: " + e.getMessage());
            }
        }
    }
}
