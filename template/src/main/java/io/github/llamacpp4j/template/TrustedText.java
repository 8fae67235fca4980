package io.github.llamacpp4j.template;

/**
 * Text in a context that counts as the template's own when provenance is tracked, such as a role that the caller chose from
 * a fixed set. Renders like any other text.
 *
 * @param text the text
 */
public record TrustedText(String text) {
    @Override
    public String toString() {
        return text;
    }
}
