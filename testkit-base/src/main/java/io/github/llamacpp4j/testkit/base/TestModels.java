package io.github.llamacpp4j.testkit.base;

import io.github.llamacpp4j.natives.LlamaCppHome;
import io.github.llamacpp4j.store.ModelStore;
import io.github.llamacpp4j.store.StoreOptions;
import io.github.llamacpp4j.store.StoredModel;
import io.github.llamacpp4j.tinychat.TinyChat;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Paths of real models for tests. Thread-safe. */
public final class TestModels {

    private TestModels() {}

    /** The bundled chat model, where it lies in the checkout or extracted from its artifact. */
    public static Path tinychat() {
        return bundled(TinyChat.MODEL);
    }

    /** The draft model that has the vocabulary of {@link #tinychat()}. */
    public static Path tinychatDraft() {
        return bundled(TinyChat.DRAFT);
    }

    /** The all-MiniLM embedding model in F16 of the shared corpora; the calling test is skipped where it is absent. */
    public static Path miniLm() {
        return SharedCorpora.require("models/all-minilm/all-minilm-l6-v2-f16.gguf");
    }

    /**
     * SmolLM2-135M-Instruct from the model store of this machine; the calling test is skipped, and says so, where it was
     * not pulled.
     */
    public static Path smolLm2() {
        ModelStore store = new ModelStore(LlamaCppHome.current().modelsDirectory(), StoreOptions.defaults());
        Optional<StoredModel> model = store.find("smollm2");
        Assumptions.assumeTrue(
                model.isPresent(), "skipped: smollm2 is not in " + store.folder() + "; run ./llamacpp4j pull smollm2");
        return model.orElseThrow().path();
    }

    private static Path bundled(TinyChat model) {
        return SharedCorpora.above("models/tinychat/" + model.fileName())
                .orElseGet(() -> model.extractTo(Path.of(System.getProperty("java.io.tmpdir"), "llamacpp4j-tinychat")));
    }
}
