package io.github.llamacpp4j.engine;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/**
 * The order in which samplers run; one that is left out does not run. Logit bias always comes first and the draw last.
 *
 * @param samplers the samplers, first to run first, none twice
 */
public record SamplerOrder(List<SamplerKind> samplers) {

    private static final SamplerOrder DEFAULTS = new SamplerOrder(List.of(
            SamplerKind.PENALTIES,
            SamplerKind.DRY,
            SamplerKind.TOP_N_SIGMA,
            SamplerKind.TOP_K,
            SamplerKind.TYPICAL_P,
            SamplerKind.TOP_P,
            SamplerKind.MIN_P,
            SamplerKind.XTC,
            SamplerKind.TEMPERATURE));

    /** Checks that no sampler is named twice. */
    public SamplerOrder {
        samplers = List.copyOf(samplers);
        if (!samplers.isEmpty() && EnumSet.copyOf(samplers).size() < samplers.size()) {
            throw new IllegalArgumentException("a sampler may run once, got " + samplers);
        }
    }

    /** llama.cpp's order: penalties, dry, top_n_sigma, top_k, typical_p, top_p, min_p, xtc, temperature. */
    public static SamplerOrder defaults() {
        return DEFAULTS;
    }

    /** An order of the given samplers. */
    public static SamplerOrder of(SamplerKind... samplers) {
        return new SamplerOrder(List.of(samplers));
    }

    /**
     * Reads names separated by semicolons, as {@code --samplers} of llama.cpp takes them.
     *
     * @throws IllegalArgumentException if a name is unknown or stands twice
     */
    public static SamplerOrder parse(String names) {
        return new SamplerOrder(Arrays.stream(names.split(";"))
                .filter(name -> !name.isBlank())
                .map(SamplerKind::ofName)
                .toList());
    }
}
