package io.github.llamacpp4j.engine.embedding;

/** What happens to a text, or to tokens instead of one, if they are more tokens than the model takes at once. */
public enum LongTextPolicy {
    /** It is refused with {@link TextTooLongException}. */
    ERROR,
    /** Its end is cut off; special tokens stay. The result says {@code truncated}. */
    TRUNCATE,
    /**
     * It is cut into parts of about equal length. An embedding is the mean of the parts' L2-normalised vectors, weighted by
     * their tokens; a document's score is the best of its parts'.
     */
    SPLIT
}
