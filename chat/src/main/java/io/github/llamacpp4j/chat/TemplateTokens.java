package io.github.llamacpp4j.chat;

import java.util.Objects;

/**
 * The texts of the tokens that templates name. Immutable and safe for use by several threads.
 *
 * @param beginning what templates know as {@code bos_token}; empty if the vocabulary has none
 * @param end what templates know as {@code eos_token}; empty if the vocabulary has none
 */
public record TemplateTokens(String beginning, String end) {
    public TemplateTokens {
        Objects.requireNonNull(beginning, "beginning");
        Objects.requireNonNull(end, "end");
    }

    /** No tokens. */
    public static TemplateTokens none() {
        return new TemplateTokens("", "");
    }
}
