package io.github.llamacpp4j.engine.embedding;

import io.github.llamacpp4j.model.ModelInfo;
import io.github.llamacpp4j.model.Pooling;
import java.util.Arrays;

/** What a model is made for, as its metadata tell. */
public enum ModelKind {
    /** Writes text; can embed as well, by pooling what it computes. */
    GENERATIVE,
    /** Turns texts into vectors and writes nothing. */
    EMBEDDING,
    /** Scores a text with a classification head and writes nothing. */
    RERANKER,
    /** Has an encoder and a decoder, as T5; writes text from a text, and has no vectors to pool. */
    ENCODER_DECODER;

    /** The kind of a model. */
    public static ModelKind of(ModelInfo info) {
        Pooling pooling = declaredPooling(info);
        if (info.hasEncoder() && info.hasDecoder()) {
            return ENCODER_DECODER;
        }
        if (pooling == Pooling.RANK
                || (encoder(info) && !info.classifierLabels().isEmpty())) {
            return RERANKER;
        }
        return encoder(info) || (pooling != Pooling.MODEL && pooling != Pooling.NONE) ? EMBEDDING : GENERATIVE;
    }

    /**
     * Refuses a model that cannot write text.
     *
     * @throws ModelKindException if it is an embedding model or a reranker
     */
    public static void requireGenerative(ModelInfo info) {
        ModelKind kind = of(info);
        if (kind == EMBEDDING || kind == RERANKER) {
            throw new ModelKindException(
                    "expected a model that writes text, found " + describe(info, kind) + "; use "
                            + (kind == EMBEDDING ? "embed" : "rerank") + " with it, or load a generative model",
                    kind);
        }
    }

    /** The pooling that the file names; {@link Pooling#MODEL} if it names none. */
    static Pooling declaredPooling(ModelInfo info) {
        String declared = info.metadata().getOrDefault(info.architecture() + ".pooling_type", "");
        return Arrays.stream(Pooling.values())
                .filter(pooling -> String.valueOf(pooling.nativeValue()).equals(declared))
                .findFirst()
                .orElse(Pooling.MODEL);
    }

    static String describe(ModelInfo info, ModelKind kind) {
        return (switch (kind) {
                    case GENERATIVE -> "a generative model";
                    case EMBEDDING -> "an embedding model";
                    case RERANKER -> "a reranker";
                    case ENCODER_DECODER -> "a model with encoder and decoder";
                })
                + " (" + info.architecture() + ", pooling "
                + (declaredPooling(info) == Pooling.MODEL ? "not named" : declaredPooling(info)) + ")";
    }

    private static boolean encoder(ModelInfo info) {
        boolean causal = !"false".equals(info.metadata().get(info.architecture() + ".attention.causal"));
        return !info.hasLogits() || (!causal && !info.diffusion());
    }
}
