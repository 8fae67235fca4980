package io.github.llamacpp4j.model;

import io.github.llamacpp4j.testkit.base.TestModels;
import io.github.llamacpp4j.testkit.base.TinyBert;
import io.github.llamacpp4j.testkit.base.TinyLlama;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/** What a misuse needs: a chat model, an embedding model, and a folder for files. Not thread-safe. */
final class Fixture implements AutoCloseable {

    final Path folder;
    final Model model = Model.load(TestModels.tinychat());
    final Model other;
    final Model bert;

    Fixture(Path folder) {
        this.folder = folder;
        this.other = Model.load(TinyLlama.of().writeTo(folder.resolve("other.gguf")));
        this.bert = Model.load(TinyBert.writeTo(folder.resolve("bert.gguf")));
    }

    Context context() {
        return model.newContext(Contexts.small().build());
    }

    Context bertContext(Pooling pooling) {
        return bert.newContext(ContextOptions.builder()
                .contextSize(512)
                .batchSize(512)
                .threads(1)
                .batchThreads(1)
                .embeddings(true)
                .pooling(pooling)
                .build());
    }

    /** Decodes once and does something for every tensor of it. */
    void whileComputing(BiConsumer<Context, TensorValues> body) {
        AtomicReference<Context> running = new AtomicReference<>();
        ContextOptions options = Contexts.small()
                .tensorListener(new TensorListener() {
                    @Override
                    public boolean wants(ComputedTensor tensor) {
                        return true;
                    }

                    @Override
                    public void computed(ComputedTensor tensor, TensorValues values) {
                        body.accept(running.get(), values);
                    }
                })
                .build();
        try (Context context = model.newContext(options)) {
            running.set(context);
            context.append(0, 1, 2, 3);
        }
    }

    /** Fails unless the JVM can still compute what it could before. */
    void proveAlive() {
        try (Context context = context();
                Sampler sampler = Sampler.builder(model).greedy().build()) {
            context.append(0, model.tokenizer().encode("What is"));
            sampler.sample(context, -1);
        }
    }

    @Override
    public void close() {
        model.close();
        other.close();
        bert.close();
    }
}
