package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.engine.EngineOptions;
import io.github.llamacpp4j.engine.embedding.EmbedderOptions;
import io.github.llamacpp4j.engine.embedding.RerankerOptions;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.ModelOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a {@link Llama} loads its model and shares it among callers. Immutable and thread-safe. */
public final class LlamaOptions {

    private static final LlamaOptions DEFAULTS = builder().build();

    private final ModelOptions model;
    private final ContextOptions context;
    private final EngineOptions engine;
    private final EmbedderOptions embedding;
    private final RerankerOptions reranking;
    private final @Nullable Path draftModel;
    private final ChatTemplateSource chatTemplate;

    private LlamaOptions(Builder builder) {
        model = builder.model.build();
        context = builder.context.build();
        engine = builder.engine.build();
        embedding = builder.embedding.build();
        reranking = builder.reranking.build();
        draftModel = builder.draftModel;
        chatTemplate = builder.chatTemplate;
    }

    /** All layers on a GPU if there is one, four parallel sequences, a context of at most 8192 tokens. */
    public static LlamaOptions defaults() {
        return DEFAULTS;
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder(
                ModelOptions.builder(),
                ContextOptions.builder(),
                EngineOptions.builder(),
                EmbedderOptions.builder(),
                RerankerOptions.builder());
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        Builder builder = new Builder(
                model.toBuilder(),
                context.toBuilder(),
                engine.toBuilder(),
                embedding.toBuilder(),
                reranking.toBuilder());
        builder.draftModel = draftModel;
        builder.chatTemplate = chatTemplate;
        return builder;
    }

    /** How the weights are loaded. */
    public ModelOptions model() {
        return model;
    }

    /** The context that all sequences share; the number of sequences follows from {@link #engine()}. */
    public ContextOptions context() {
        return context;
    }

    /** How requests share the context. */
    public EngineOptions engine() {
        return engine;
    }

    /** The smaller model that guesses ahead, if any; see {@link Builder#draftModel}. */
    public Optional<Path> draftModel() {
        return Optional.ofNullable(draftModel);
    }

    /** How texts are embedded, in contexts of their own. */
    public EmbedderOptions embedding() {
        return embedding;
    }

    /** How documents are ranked, in contexts of their own. */
    public RerankerOptions reranking() {
        return reranking;
    }

    /** Where the chat template comes from. */
    public ChatTemplateSource chatTemplate() {
        return chatTemplate;
    }

    /** Collects options; {@link #build} checks them. Not thread-safe. */
    public static final class Builder {

        private final ModelOptions.Builder model;
        private final ContextOptions.Builder context;
        private final EngineOptions.Builder engine;
        private final EmbedderOptions.Builder embedding;
        private final RerankerOptions.Builder reranking;
        private @Nullable Path draftModel;
        private ChatTemplateSource chatTemplate = ChatTemplateSource.model();

        private Builder(
                ModelOptions.Builder model,
                ContextOptions.Builder context,
                EngineOptions.Builder engine,
                EmbedderOptions.Builder embedding,
                RerankerOptions.Builder reranking) {
            this.model = model;
            this.context = context;
            this.engine = engine;
            this.embedding = embedding;
            this.reranking = reranking;
        }

        /** Changes how the weights are loaded. */
        public Builder model(Consumer<ModelOptions.Builder> change) {
            change.accept(model);
            return this;
        }

        /**
         * Changes the context. Its size is the number of tokens that all sequences together can hold; left at
         * {@link ContextOptions#MODEL_CONTEXT_SIZE} it is the size that the model was trained on, at most 8192.
         */
        public Builder context(Consumer<ContextOptions.Builder> change) {
            change.accept(context);
            return this;
        }

        /** Changes how requests share the context. */
        public Builder engine(Consumer<EngineOptions.Builder> change) {
            change.accept(engine);
            return this;
        }

        /** Sets where the chat template comes from. Default: the model's own default template. */
        public Builder chatTemplate(ChatTemplateSource value) {
            chatTemplate = requireNonNull(value, "chatTemplate");
            return this;
        }

        /**
         * Lets a smaller model with the same vocabulary guess ahead (speculative decoding). What it guesses is checked, so answers
         * stay as they are; it stops by itself where it does not pay. Default: none.
         *
         * @param file a GGUF file
         * @param tokens how many tokens to guess per step, 1 to 64; requests can say otherwise
         */
        public Builder draftModel(Path file, int tokens) {
            draftModel = requireNonNull(file, "file");
            engine.speculativeTokens(tokens);
            return this;
        }

        /**
         * Changes how texts are embedded. Left at {@link EmbedderOptions#AVAILABLE_PROCESSORS}, the number of threads is
         * the context's {@link ContextOptions#batchThreads()}.
         */
        public Builder embedding(Consumer<EmbedderOptions.Builder> change) {
            change.accept(embedding);
            return this;
        }

        /** Changes how documents are ranked; threads as in {@link #embedding(Consumer)}. */
        public Builder reranking(Consumer<RerankerOptions.Builder> change) {
            change.accept(reranking);
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names it
         */
        public LlamaOptions build() {
            return new LlamaOptions(this);
        }
    }
}
