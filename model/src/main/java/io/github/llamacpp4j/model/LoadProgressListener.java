package io.github.llamacpp4j.model;

/** Told how far a model has been loaded. Called on the loading thread. */
@FunctionalInterface
public interface LoadProgressListener {

    /**
     * A part of the model has been loaded. An exception stops the load and is thrown by it.
     *
     * @param fraction what has been loaded, from 0 to 1
     * @return whether to go on; {@code false} makes the load fail with {@link ModelLoadException.Reason#CANCELLED}
     */
    boolean onProgress(float fraction);
}
