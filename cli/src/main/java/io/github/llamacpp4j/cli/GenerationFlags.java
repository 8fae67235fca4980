package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.GenerationOptions;
import picocli.CommandLine.Mixin;

/** How a text is generated and what it may be, as command-line options and as members of a batch line. */
final class GenerationFlags extends SamplingFlags {

    @Mixin
    ConstraintFlags constraint = new ConstraintFlags();

    @Override
    GenerationOptions toOptions(GenerationOptions base) {
        GenerationOptions options = super.toOptions(base);
        return constraint
                .toConstraint()
                .map(value -> options.toBuilder().constraint(value).build())
                .orElse(options);
    }
}
