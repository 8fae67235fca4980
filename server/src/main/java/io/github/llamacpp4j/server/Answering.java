package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.EngineException;
import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.GenerationEvent;
import io.github.llamacpp4j.engine.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;

/** The generations that one request waits for. They end with it, or when its client leaves. Used by one thread. */
final class Answering implements AutoCloseable {

    private final List<Generation> generations;
    private volatile boolean abandoned;

    private Answering(List<Generation> generations) {
        this.generations = List.copyOf(generations);
    }

    /**
     * Submits requests to the engine, which takes or refuses them at once.
     *
     * @param requests what is asked, of which each gives as many answers in a row
     * @param samples how many answers to each
     * @throws EngineException if the engine refuses one
     */
    static Answering submit(ServedModel model, Exchange exchange, List<EngineRequest> requests, int samples) {
        List<Generation> generations = new ArrayList<>();
        try {
            for (EngineRequest request : requests) {
                EngineRequest owned = request.toBuilder()
                        .caller(exchange.caller())
                        .timeout(model.options().deadline())
                        .build();
                generations.addAll(model.llama().engine().trySubmit(owned, samples));
            }
        } catch (RuntimeException refused) {
            generations.forEach(Generation::close);
            throw refused;
        }
        Answering answering = new Answering(generations);
        exchange.onClientGone(answering::abandon);
        return answering;
    }

    private void abandon() {
        abandoned = true;
        close();
    }

    /**
     * Reads all answers to their ends.
     *
     * @return false if the client has left, so that nobody wants them any more
     * @throws EngineException if one failed
     * @throws ApiException if the time was up
     */
    boolean run(ChoicePump.Reader reader) {
        return ChoicePump.run(generations, () -> abandoned, new ChoicePump.Reader() {
            @Override
            public void accept(int index, GenerationEvent event) {
                if (event instanceof FinishedEvent end) {
                    check(end.reason());
                }
                reader.accept(index, event);
            }

            @Override
            public void pause() {
                reader.pause();
            }
        });
    }

    private static void check(FinishReason reason) {
        if (reason == FinishReason.DEADLINE) {
            throw ErrorTable.deadline();
        }
        if (reason == FinishReason.ABANDONED) {
            throw new ApiException(
                    408, "timeout_error", "abandoned", null, "nobody read the answer for too long, so it was ended");
        }
    }

    /** How likely the tokens of an answer's prompt were, from the second on, if its request asked and the answer has begun. */
    List<TokenLogprobs> promptLogprobs(int index) {
        return generations.get(index).promptLogprobs();
    }

    /** Asks the engine to end one answer, which is good as it is. */
    void cancel(int index) {
        generations.get(index).cancel();
    }

    @Override
    public void close() {
        generations.forEach(Generation::close);
    }
}
