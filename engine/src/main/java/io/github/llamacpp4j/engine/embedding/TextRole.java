package io.github.llamacpp4j.engine.embedding;

/** What a text is for; some models want to be told by an {@link InstructionPrefixes instruction} in front of it. */
public enum TextRole {
    /** Nothing is put in front. */
    PLAIN,
    /** What is searched for. */
    QUERY,
    /** What is searched through. */
    DOCUMENT
}
