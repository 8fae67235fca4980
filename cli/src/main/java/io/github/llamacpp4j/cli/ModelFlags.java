package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.ModelOptions;
import io.github.llamacpp4j.store.ModelStore;
import io.github.llamacpp4j.store.PullListener;
import io.github.llamacpp4j.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model a command uses, and how it gets there. */
final class ModelFlags {

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description =
                    "A GGUF file, an alias (smollm2, tinychat), or a source such as hf:owner/repo:Q4_K_M, https:…, "
                            + "pypi:package (default: the store's default model, else smollm2).")
    private @Nullable String name;

    @Option(names = "--offline", description = "Download nothing.")
    private boolean offline;

    /** Loads the model's vocabulary and nothing else. */
    Model loadVocabulary(Terminal terminal) {
        return Model.load(
                path(terminal), ModelOptions.builder().vocabularyOnly(true).build());
    }

    /** Loads the model with defaults. */
    Model load(Terminal terminal) {
        return Model.load(path(terminal), ModelOptions.defaults());
    }

    /** The model's file, fetched first if need be. */
    Path path(Terminal terminal) {
        ModelStore store = Stores.open(offline);
        try (PullProgress progress = new PullProgress(terminal)) {
            return Stores.failing(
                    () -> name == null ? defaultModel(store, terminal, progress) : named(store, name, progress));
        }
    }

    private static Path named(ModelStore store, String name, PullListener progress) {
        return name.equals(Stores.BUNDLED) && !Files.exists(Path.of(name))
                ? Stores.bundled()
                : store.resolve(name, progress);
    }

    private static Path defaultModel(ModelStore store, Terminal terminal, PullListener progress) {
        String chosen = store.defaultName().orElse(Stores.DEFAULT_ALIAS);
        try {
            return named(store, chosen, progress);
        } catch (StoreException e) {
            if (!isWithoutNetwork(e)) {
                throw e;
            }
            terminal.err().println(e.getMessage());
            terminal.err()
                    .println(
                            "Using the bundled demo model tinychat instead: it knows a few dozen facts and nothing else.");
            return Stores.bundled();
        }
    }

    private static boolean isWithoutNetwork(StoreException e) {
        return switch (e.kind()) {
            case OFFLINE, NETWORK, TOOL -> true;
            default -> false;
        };
    }
}
