package io.github.llamacpp4j.testkit;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a scripted model answers. Implementations are thread-safe and quick: the engine waits for them. One that throws
 * ends the engine, and the request fails with what it threw as the cause.
 */
@FunctionalInterface
public interface Script {

    /**
     * The answer to a prompt; asked once for each request.
     *
     * @param prompt the whole prompt, of a chat as the template rendered it, special tokens spelled out
     * @return what the model writes before it ends; may be empty
     */
    String answer(String prompt);

    /** Always the same answer. */
    static Script always(String answer) {
        return prompt -> answer;
    }

    /**
     * One answer after the other, and the last one for ever.
     *
     * @throws IllegalArgumentException if there are none
     */
    static Script inTurn(String... answers) {
        List<String> copy = List.of(answers);
        if (copy.isEmpty()) {
            throw new IllegalArgumentException("a script has at least one answer, found none");
        }
        AtomicInteger next = new AtomicInteger();
        return prompt -> copy.get(next.getAndUpdate(i -> Math.min(i + 1, copy.size() - 1)));
    }
}
