package io.github.llamacpp4j.engine.embedding;

/** The model is of another kind than the task needs. */
public final class ModelKindException extends EmbeddingException {

    private static final long serialVersionUID = 1L;

    private final ModelKind kind;

    ModelKindException(String message, ModelKind kind) {
        super(message);
        this.kind = kind;
    }

    /** What the model is made for. */
    public ModelKind kind() {
        return kind;
    }
}
