package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.store.DamagedModel;
import io.github.llamacpp4j.store.ModelStore;
import io.github.llamacpp4j.store.StoredModel;
import io.github.llamacpp4j.store.UnfinishedDownload;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code list}: the models that are here. */
@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the models in the store.")
final class ListCommand implements Callable<Integer> {

    private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneId.systemDefault());

    private final Terminal terminal;

    @Mixin
    private OutputFlag output = new OutputFlag();

    ListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ModelStore store = Stores.open(true);
        List<StoredModel> models = Stores.failing(store::list);
        List<DamagedModel> damaged = Stores.failing(store::damaged);
        List<UnfinishedDownload> unfinished = Stores.failing(store::unfinished);
        String chosen = Stores.failing(store::defaultName).orElse(Stores.DEFAULT_ALIAS);
        if (output.json()) {
            terminal.out().println(Json.pretty(json(store, models, damaged, unfinished, chosen)));
        } else {
            print(store, models, chosen);
            damaged.forEach(this::print);
            unfinished.forEach(this::print);
        }
        return 0;
    }

    private static ObjectNode json(
            ModelStore store,
            List<StoredModel> models,
            List<DamagedModel> damaged,
            List<UnfinishedDownload> unfinished,
            String chosen) {
        ObjectNode answer =
                Json.object().put("folder", store.folder().toString()).put("default", chosen);
        ArrayNode list = answer.putArray("models");
        models.forEach(model -> list.add(Stores.json(model)));
        ArrayNode broken = answer.putArray("damaged");
        damaged.forEach(model -> {
            ObjectNode entry = broken.addObject().put("id", model.id());
            model.references().forEach(entry.putArray("names")::add);
            entry.put("damage", model.damage()).put("size_bytes", model.sizeBytes());
        });
        ArrayNode begun = answer.putArray("unfinished");
        unfinished.forEach(download ->
                begun.addObject().put("name", download.reference()).put("size_bytes", download.sizeBytes()));
        return answer;
    }

    private void print(DamagedModel model) {
        String name =
                model.references().isEmpty() ? model.id() : model.references().getFirst();
        terminal.out()
                .println("Damaged: " + name + " (" + model.damage() + "); "
                        + (model.references().isEmpty() ? "" : "pull fetches it again, ")
                        + "rm removes it.");
    }

    private void print(UnfinishedDownload download) {
        terminal.out()
                .println("Unfinished: " + download.reference() + ", " + Sizes.megabytes(download.sizeBytes())
                        + " so far; pull goes on with it, rm removes it.");
    }

    private void print(ModelStore store, List<StoredModel> models, String chosen) {
        if (models.isEmpty()) {
            terminal.out().println("No models in " + store.folder() + ". Fetch one with: llamacpp4j pull smollm2");
            return;
        }
        int width = models.stream()
                .flatMap(model -> model.references().stream())
                .mapToInt(String::length)
                .max()
                .orElse(4);
        String row = "%-" + Math.max(4, width) + "s  %10s  %-10s  %s";
        terminal.out().println(String.format(Locale.ROOT, row, "NAME", "SIZE", "PULLED", "FILE"));
        for (StoredModel model : models) {
            for (String name : model.references()) {
                String mark = name.equals(chosen) ? "  (default)" : "";
                terminal.out()
                        .println(String.format(
                                Locale.ROOT,
                                row,
                                name,
                                Sizes.megabytes(model.sizeBytes()),
                                DAY.format(model.pulledAt()),
                                model.path().getFileName() + mark));
            }
        }
        terminal.out().println("Folder: " + store.folder());
    }
}
