package io.github.llamacpp4j;

import io.github.llamacpp4j.engine.EngineOptions;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.ModelOptions;
import java.util.function.Consumer;

/** How a {@link Llama} loads its model and shares it among callers. Immutable and thread-safe. */
public final class LlamaOptions {

    private static final LlamaOptions DEFAULTS = builder().build();

    private final ModelOptions model;
    private final ContextOptions context;
    private final EngineOptions engine;

    private LlamaOptions(ModelOptions model, ContextOptions context, EngineOptions engine) {
        this.model = model;
        this.context = context;
        this.engine = engine;
    }

    /** All layers on a GPU if there is one, four parallel sequences, a context of at most 8192 tokens. */
    public static LlamaOptions defaults() {
        return DEFAULTS;
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder(ModelOptions.builder(), ContextOptions.builder(), EngineOptions.builder());
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        return new Builder(model.toBuilder(), context.toBuilder(), engine.toBuilder());
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

    /** Collects options; {@link #build} checks them. Not thread-safe. */
    public static final class Builder {

        private final ModelOptions.Builder model;
        private final ContextOptions.Builder context;
        private final EngineOptions.Builder engine;

        private Builder(ModelOptions.Builder model, ContextOptions.Builder context, EngineOptions.Builder engine) {
            this.model = model;
            this.context = context;
            this.engine = engine;
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

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names it
         */
        public LlamaOptions build() {
            return new LlamaOptions(model.build(), context.build(), engine.build());
        }
    }
}
