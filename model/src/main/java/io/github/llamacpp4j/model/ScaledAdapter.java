package io.github.llamacpp4j.model;

import static java.util.Objects.requireNonNull;

/**
 * A LoRA adapter with the strength of its influence. Immutable and thread-safe.
 *
 * @param adapter the adapter
 * @param scale the factor, finite; 1 is as trained, 0 without effect
 */
public record ScaledAdapter(LoraAdapter adapter, float scale) {

    /** Checks the factor. */
    public ScaledAdapter {
        requireNonNull(adapter, "adapter");
        if (!Float.isFinite(scale)) {
            throw new IllegalArgumentException("an adapter's scale must be finite, found " + scale);
        }
    }
}
