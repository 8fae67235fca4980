package io.github.llamacpp4j.engine;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns generated tokens into events: text without stop texts, in whole code points. */
final class SequenceOutput {

    private final EngineVocabulary vocabulary;
    private final EventBuffer events;
    private final StopMatcher stops;
    private final boolean controlTokens;
    private final Utf8Assembler text = new Utf8Assembler();
    private final ByteArrayOutputStream released = new ByteArrayOutputStream();

    SequenceOutput(EngineRequest request, EngineVocabulary vocabulary, EventBuffer events) {
        this.vocabulary = vocabulary;
        this.events = events;
        stops = new StopMatcher(request.stopTexts());
        controlTokens = request.showControlTokens();
    }

    /** Delivers a token with its text; true if the text completes a stop text. */
    boolean add(int token, @Nullable TokenLogprobs logprobs) {
        byte[] piece = controlTokens ? vocabulary.text(token) : vocabulary.piece(token);
        boolean stopped = stops.feed(piece, released);
        deliver(token, logprobs);
        return stopped;
    }

    /** Delivers a token that ends the generation and has no text. */
    void addSilently(int token, @Nullable TokenLogprobs logprobs) {
        deliver(token, logprobs);
    }

    private void deliver(int token, @Nullable TokenLogprobs logprobs) {
        String complete = text.feed(released);
        released.reset();
        events.add(new TokenEvent(token, complete, Optional.ofNullable(logprobs)));
    }

    /** The text still held back. */
    String finish(FinishReason reason) {
        if (reason != FinishReason.STOP_TEXT) {
            stops.finish(released);
        }
        return text.finish(released);
    }
}
