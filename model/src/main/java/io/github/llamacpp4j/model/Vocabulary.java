package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_model_get_vocab;

import io.github.llamacpp4j.ffi.NativeHandle;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * The native vocabulary with the promise that it is not freed during a call: calls share a lock which closing takes alone.
 * Holds a share of its model. Thread-safe.
 */
final class Vocabulary implements AutoCloseable {

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final NativeHandle model;
    private final MemorySegment vocab;
    private final VocabularyFacts facts;

    /** Takes a share of {@code model}. */
    Vocabulary(NativeHandle model) {
        this.model = model.share();
        this.vocab = llama_model_get_vocab(this.model.segment());
        this.facts = VocabularyFacts.of(vocab);
    }

    VocabularyFacts facts() {
        return facts;
    }

    /**
     * Runs a short native call.
     *
     * @throws IllegalStateException if the model is closed
     */
    <T> T call(Function<MemorySegment, T> function) {
        lock.readLock().lock();
        try {
            if (!model.isOpen()) {
                throw new IllegalStateException("the model of this tokenizer is closed");
            }
            return function.apply(vocab);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Runs the native tokenizer, whose recursion may be as deep as the text is long.
     *
     * @throws IllegalStateException if the model is closed
     */
    <T> T tokenize(byte[] text, Function<MemorySegment, T> function) {
        return facts.type() != VocabularyType.BYTE_PAIR || DeepStack.suits(text)
                ? call(function)
                : DeepStack.call(text.length, () -> call(function));
    }

    /** Waits for running calls, then gives up the share of the model. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            model.close();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
