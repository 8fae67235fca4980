package io.github.llamacpp4j.engine;

import java.util.Locale;

/** The samplers whose order can be chosen; named as {@code --samplers} of llama.cpp names them. */
public enum SamplerKind {
    /** Repeat, frequency and presence penalties. */
    PENALTIES,
    /** "Don't repeat yourself": penalises tokens that would extend a repetition. */
    DRY,
    /** Keeps logits within n standard deviations of the largest. */
    TOP_N_SIGMA,
    /** Keeps the k largest logits. */
    TOP_K,
    /** Keeps the tokens whose information is closest to the expected one. */
    TYPICAL_P,
    /** Keeps the smallest set whose probabilities add up to p. */
    TOP_P,
    /** Keeps tokens of at least p times the largest probability. */
    MIN_P,
    /** Sometimes drops the most likely choices, all but the last above a threshold. */
    XTC,
    /** Divides logits by the temperature, fixed or by entropy. */
    TEMPERATURE,
    /** Draws the token itself, aiming at a target probability; runs last wherever it stands. */
    ADAPTIVE_P;

    /** The name in llama.cpp's options, such as {@code top_k}. */
    public String nativeName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The sampler of that name; dashes are as good as underscores.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static SamplerKind ofName(String name) {
        String wanted = name.strip().replace('-', '_').toLowerCase(Locale.ROOT);
        for (SamplerKind kind : values()) {
            if (kind.nativeName().equals(wanted)) {
                return kind;
            }
        }
        if (wanted.equals("typ_p")) {
            return TYPICAL_P;
        }
        throw new IllegalArgumentException("unknown sampler '" + name + "'; expected one of "
                + String.join(
                        ", ",
                        java.util.Arrays.stream(values())
                                .map(SamplerKind::nativeName)
                                .toList()));
    }
}
