package io.github.llamacpp4j.model;

/**
 * Looks at what a model computes, tensor by tensor ({@code cb_eval}): for studying a model or finding where two of them
 * differ. Set by {@link ContextOptions.Builder#tensorListener(TensorListener)}.
 *
 * <p>Called on the thread that decodes, which waits meanwhile. The context that is computing must not be called from here,
 * except to {@linkplain Context#abort() abort}; that is an {@link IllegalStateException}. What a listener throws is thrown
 * by the decode or encode once the batch has been computed; it is not asked again before.
 */
public interface TensorListener {

    /**
     * Whether {@link #computed} is to be called for a tensor; asked before each of them, some thousand times a step. What
     * lies between two wanted tensors is computed in one go, so the fewer are wanted the less this slows down.
     *
     * @param tensor the tensor that comes next
     */
    boolean wants(ComputedTensor tensor);

    /**
     * A wanted tensor has been computed.
     *
     * @param tensor the tensor
     * @param values its numbers, to be read before this method returns
     */
    void computed(ComputedTensor tensor, TensorValues values);
}
