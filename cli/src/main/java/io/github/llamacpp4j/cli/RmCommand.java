package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.store.DamagedModel;
import io.github.llamacpp4j.store.ModelStore;
import io.github.llamacpp4j.store.UnfinishedDownload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code rm}: takes models out of the store. */
@Command(
        name = "rm",
        mixinStandardHelpOptions = true,
        description =
                "Removes models from the store, or what has arrived of an unfinished download, or what is left of a damaged "
                        + "model. A model that was pulled under several names goes with the last one, or at once by its file name or id.")
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
            String reference = Stores.failing(() -> Stores.source(name));
            Optional<UnfinishedDownload> unfinished = Stores.failing(() -> store.discard(reference));
            Optional<DamagedModel> damaged = Stores.failing(() -> store.removeDamaged(reference));
            ObjectNode answer = answers.addObject().put("name", name);
            if (unfinished.isPresent()) {
                answer.put("files_deleted", true);
                say(removed("what had arrived of " + name, unfinished.get().sizeBytes()));
            } else if (damaged.isPresent()) {
                answer.put("id", damaged.get().id()).put("files_deleted", true);
                say(removed("what was left of " + name, damaged.get().sizeBytes()));
            } else {
                tell(answer, name, Stores.failing(() -> store.remove(reference)));
            }
        }
        if (output.json()) {
            terminal.out().println(Json.pretty(answers.size() == 1 ? answers.get(0) : answers));
        }
        return 0;
    }

    private void tell(ObjectNode answer, String name, ModelStore.Removal removal) {
        answer.put("id", removal.model().id()).put("files_deleted", removal.filesDeleted());
        say(
                removal.filesDeleted()
                        ? removed(name, removal.model().sizeBytes())
                        : "removed the name " + name + "; the model is kept for its other names");
    }

    private static String removed(String what, long bytes) {
        return "removed " + what + " (" + Sizes.megabytes(bytes) + ")";
    }

    private void say(String line) {
        if (!output.json()) {
            terminal.out().println(line);
        }
    }
}
