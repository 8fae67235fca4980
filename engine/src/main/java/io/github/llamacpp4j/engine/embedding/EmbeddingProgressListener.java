package io.github.llamacpp4j.engine.embedding;

/** Hears how many texts of a call have been embedded. Called on the caller's thread. */
@FunctionalInterface
public interface EmbeddingProgressListener {

    /**
     * Some more texts are done.
     *
     * @param done how many texts are done
     * @param total how many there are
     * @return whether to go on; otherwise the call ends with {@link EmbeddingCancelledException}
     */
    boolean onProgress(int done, int total);
}
