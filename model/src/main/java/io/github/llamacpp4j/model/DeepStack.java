package io.github.llamacpp4j.model;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Runs native code that recurses once for every byte of its input on a thread with a stack to match. Several
 * pre-tokenizers use {@code std::regex}, whose matcher recurses so (llama.cpp's {@code unicode.cpp}): on an ordinary
 * stack a text of some ten thousand letters without a space ends the process. Stack that is not used costs no memory.
 */
final class DeepStack {

    private static final int SHORT_TEXT_BYTES = 1 << 12;
    private static final long STACK_BYTES_PER_TEXT_BYTE = 1 << 10;
    private static final long BASE_STACK_BYTES = 16L << 20;

    private DeepStack() {}

    /** Whether the caller's own stack is deep enough. */
    static boolean suits(int textBytes) {
        return textBytes <= SHORT_TEXT_BYTES;
    }

    static <T> T call(int textBytes, Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        long stackBytes = BASE_STACK_BYTES + textBytes * STACK_BYTES_PER_TEXT_BYTE;
        Thread thread = new Thread(null, () -> complete(result, work), "llamacpp4j-tokenizer", stackBytes);
        thread.setDaemon(true);
        thread.start();
        try {
            return result.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failed;
        }
    }

    private static <T> void complete(CompletableFuture<T> result, Supplier<T> work) {
        try {
            result.complete(work.get());
        } catch (RuntimeException | Error failure) {
            result.completeExceptionally(failure);
        }
    }
}
