package io.github.llamacpp4j.engine.embedding;

import java.util.Arrays;
import java.util.List;

/**
 * What is computed for a text.
 *
 * @param parts its tokens; several parts if it was split
 * @param truncated whether its end was cut off
 */
record Plan(List<int[]> parts, boolean truncated) {

    int tokenCount() {
        return parts.stream().mapToInt(part -> part.length).sum();
    }

    int[] tokens() {
        return parts.size() == 1
                ? parts.getFirst()
                : parts.stream().flatMapToInt(Arrays::stream).toArray();
    }
}
