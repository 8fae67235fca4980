package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.natives.LlamaCppHome;
import io.github.llamacpp4j.store.ModelStore;
import io.github.llamacpp4j.store.StoreException;
import io.github.llamacpp4j.store.StoreOptions;
import io.github.llamacpp4j.store.StoredModel;
import io.github.llamacpp4j.tinychat.TinyChat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The model store of this machine as the commands use it. */
final class Stores {

    /** The alias of the model that is meant where none is named and none was chosen. */
    static final String DEFAULT_ALIAS = "smollm2";

    /** The name of the model that comes with the command. */
    static final String BUNDLED = "tinychat";

    private Stores() {}

    static ModelStore open(boolean offline) {
        return new ModelStore(
                LlamaCppHome.current().modelsDirectory(),
                StoreOptions.fromEnvironment().toBuilder().offline(offline).build());
    }

    /** The bundled model as a file. */
    static Path bundled() {
        return TinyChat.MODEL.extractTo(LlamaCppHome.current().modelsDirectory().resolve(".bundled"));
    }

    /** What the store knows a model by: the bundled one is a file to it. */
    static String source(String name) {
        return name.equals(BUNDLED) && !Files.exists(Path.of(name)) ? "file:" + bundled() : name;
    }

    /** Does something with the store; what goes wrong becomes the failure of the command. */
    static <T> T failing(Supplier<T> work) {
        try {
            return work.get();
        } catch (StoreException e) {
            String remedy = e.kind() == StoreException.Kind.STORAGE
                    ? ". " + LlamaCppHome.VARIABLE + " can name another folder for everything that is kept."
                    : "";
            throw new CommandFailure(e.kind().name().toLowerCase(Locale.ROOT), e.getMessage() + remedy);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure("request", String.valueOf(e.getMessage()));
        }
    }

    static ObjectNode json(StoredModel model) {
        ObjectNode node = Json.object().put("id", model.id());
        ArrayNode names = node.putArray("names");
        model.references().forEach(names::add);
        node.put("source", model.source());
        node.put("path", model.path().toString());
        ArrayNode files = node.putArray("files");
        for (int i = 0; i < model.files().size(); i++) {
            files.addObject()
                    .put("path", model.files().get(i).toString())
                    .put("sha256", model.sha256().get(i));
        }
        return node.put("size_bytes", model.sizeBytes())
                .put("pulled_at", model.pulledAt().toString());
    }
}
