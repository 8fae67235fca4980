package io.github.llamacpp4j.server;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.engine.embedding.ModelKind;
import io.github.llamacpp4j.model.ModelInfo;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A model that requests can be sent to.
 *
 * @param id what clients call it
 * @param llama the model
 * @param options how it is served
 * @param fingerprint tells clients whether two answers come from the same model in the same setting
 * @param loadedAt when it became ready
 */
record ServedModel(String id, Llama llama, ServerOptions options, String fingerprint, Instant loadedAt) {

    /** A model that is ready now. */
    static ServedModel of(String id, Llama llama, ServerOptions options) {
        ModelInfo info = llama.model().info();
        String setting = llama.generates() ? llama.engine().limits().toString() : "";
        int hash = Objects.hash(info.description(), info.parameterCount(), info.sizeBytes(), setting);
        return new ServedModel(id, llama, options, "fp_" + HexFormat.of().toHexDigits(hash), Instant.now());
    }

    /** What the model is made for. */
    ModelKind kind() {
        return ModelKind.of(llama.model().info());
    }

    /** Whether the model writes text. */
    boolean generates() {
        return llama.generates();
    }

    /** Refuses a request that names another model. */
    void requireName(String name) {
        if (!name.equals(id)) {
            throw new ApiException(
                    404,
                    "invalid_request_error",
                    "model_not_found",
                    "model",
                    "this server has the model '" + id + "' and no other; /v1/models lists it");
        }
    }

    /** Refuses a request for text if the model writes none. */
    void requireGeneration() {
        if (!generates()) {
            throw new ApiException(
                    400,
                    "invalid_request_error",
                    "model_not_supported",
                    "model",
                    "the model '" + id + "' (" + llama.model().info().architecture()
                            + ") turns text into numbers and cannot write any; use "
                            + (kind() == ModelKind.RERANKER ? "/v1/rerank" : "/v1/embeddings")
                            + " with it, or serve a generative model");
        }
    }
}
