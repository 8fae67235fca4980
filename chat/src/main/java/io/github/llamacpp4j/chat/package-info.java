/**
 * Chat messages and tools in OpenAI's shape, and parsers that split what a model writes into reasoning, text and tool
 * calls.
 */
@NullMarked
package io.github.llamacpp4j.chat;

import org.jspecify.annotations.NullMarked;
