package io.github.llamacpp4j.engine.embedding;

/**
 * A document with its score. Immutable and thread-safe.
 *
 * @param index the document's place in the list that was ranked, from 0
 * @param text the document
 * @param score how well it answers the query: the higher, the better; see {@link RerankerOptions.Builder#probabilities}
 * @param tokens how many tokens were computed for it, those of the query included
 * @param truncated whether its end was cut off, see {@link LongTextPolicy#TRUNCATE}
 */
public record RankedDocument(int index, String text, double score, int tokens, boolean truncated) {}
