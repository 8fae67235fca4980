package io.github.llamacpp4j.chat;

/**
 * How reasoning is marked.
 *
 * @param open begins it
 * @param close ends it
 * @param anywhere whether it may come again after text has begun
 */
record ReasoningTags(String open, String close, boolean anywhere) {}
