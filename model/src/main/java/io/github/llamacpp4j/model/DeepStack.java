package io.github.llamacpp4j.model;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Runs native code that recurses as deep as a text has letters in a row, on a thread with a stack to match. Most
 * pre-tokenizers of byte-pair vocabularies use {@code std::regex} (llama.cpp's {@code unicode.cpp}), whose matcher takes
 * 320 to 640 bytes of stack for each character of a match: two thousand letters without a break end a process with the
 * default stack of a Java thread, and leave no crash report. Stack that is not used costs no memory.
 */
final class DeepStack {

    private static final int SHORT_TEXT_BYTES = 1 << 15;
    private static final int SHORT_RUN_BYTES = 128;
    private static final long STACK_BYTES_PER_TEXT_BYTE = 1 << 10;
    private static final long BASE_STACK_BYTES = 16L << 20;

    private DeepStack() {}

    /** Whether the caller's own stack is deep enough: the text is short and so is everything that may be one match. */
    static boolean suits(byte[] text) {
        if (text.length > SHORT_TEXT_BYTES) {
            return false;
        }
        int run = 0;
        int runKind = 0;
        for (byte unit : text) {
            int kind = kind(unit);
            run = kind == runKind ? run + 1 : 1;
            runKind = kind;
            if (run > SHORT_RUN_BYTES) {
                return false;
            }
        }
        return true;
    }

    /** What pre-tokenizers keep together: letters (and everything that is not ASCII), digits, white space, the rest. */
    private static int kind(byte unit) {
        if (unit < 0 || (unit >= 'a' && unit <= 'z') || (unit >= 'A' && unit <= 'Z')) {
            return 1;
        }
        if (unit >= '0' && unit <= '9') {
            return 2;
        }
        return unit <= ' ' ? 3 : 4;
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
