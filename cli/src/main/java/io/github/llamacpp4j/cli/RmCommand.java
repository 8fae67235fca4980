package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.store.ModelStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** {@code rm}: takes models out of the store. */
@Command(
        name = "rm",
        mixinStandardHelpOptions = true,
        description =
                "Removes models from the store. A model that was pulled under several names goes with the last one, "
                        + "or at once by its file name or id.")
final class RmCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "MODEL", arity = "1..*", description = "A name that llamacpp4j list shows.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private OutputFlag output = new OutputFlag();

    RmCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ModelStore store = Stores.open(true);
        ArrayNode answers = Json.MAPPER.createArrayNode();
        for (String name : names) {
            ModelStore.Removal removal = Stores.failing(() -> store.remove(Stores.source(name)));
            answers.addObject()
                    .put("name", name)
                    .put("id", removal.model().id())
                    .put("files_deleted", removal.filesDeleted());
            if (!output.json()) {
                terminal.out()
                        .println(
                                removal.filesDeleted()
                                        ? "removed " + name + " ("
                                                + Sizes.megabytes(
                                                        removal.model().sizeBytes()) + ")"
                                        : "removed the name " + name + "; the model is kept for its other names");
            }
        }
        if (output.json()) {
            terminal.out().println(Json.pretty(answers.size() == 1 ? answers.get(0) : answers));
        }
        return 0;
    }
}
