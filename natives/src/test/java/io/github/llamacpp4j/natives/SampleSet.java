package io.github.llamacpp4j.natives;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A set for this platform with the right file names and no code in them. */
final class SampleSet {

    static final Map<String, String> FILES = files();

    private SampleSet() {}

    private static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        switch (NativePlatform.current().format()) {
            case ELF -> {
                files.put("libggml-base.so", "base");
                files.put("libggml.v0.5.0.so", "ggml");
                files.put("libllama.v0.5.0.so", "llama");
            }
            case MACH_O -> {
                files.put("libggml-base.dylib", "base");
                files.put("libggml.v0.5.0.dylib", "ggml");
                files.put("libllama.v0.5.0.dylib", "llama");
            }
            case PE -> {
                files.put("ggml-base.dll", "base");
                files.put("ggml.v0.5.0.dll", "ggml");
                files.put("llama.v0.5.0.dll", "llama");
            }
        }
        return files;
    }

    static NativeSetManifest manifest(String release) {
        List<NativeSetManifest.FileEntry> entries = FILES.entrySet().stream()
                .map(file -> new NativeSetManifest.FileEntry(
                        file.getKey(),
                        bytes(file.getValue()).length,
                        Hashes.hex(Hashes.sha256(bytes(file.getValue())))))
                .toList();
        return new NativeSetManifest(
                NativePlatform.current(),
                NativePins.load().defaultFor(NativePlatform.current()).backend(),
                release,
                "test",
                "none",
                entries);
    }

    static void write(Path directory) throws IOException {
        for (Map.Entry<String, String> file : FILES.entrySet()) {
            Files.write(directory.resolve(file.getKey()), bytes(file.getValue()));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
