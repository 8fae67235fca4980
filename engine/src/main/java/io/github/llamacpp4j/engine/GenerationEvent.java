package io.github.llamacpp4j.engine;

/** What a stream delivers: tokens, then one end. Immutable. */
public sealed interface GenerationEvent permits TokenEvent, FinishedEvent {

    /** The text that this event adds; whole code points only, possibly none. */
    String text();
}
