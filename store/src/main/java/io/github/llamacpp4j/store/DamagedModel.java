package io.github.llamacpp4j.store;

import java.util.List;

/**
 * A model in the store that cannot be used, because somebody changed or deleted files of it. Pulling one of its names fetches it
 * again. Immutable and thread-safe.
 *
 * @param id name of its folder in the store, unique
 * @param references what it was pulled as; empty if nothing tells that any longer
 * @param damage what is wrong
 * @param sizeBytes how much room it takes
 */
public record DamagedModel(String id, List<String> references, String damage, long sizeBytes) {

    /** Copies the list. */
    public DamagedModel {
        references = List.copyOf(references);
    }

    boolean isCalled(String reference) {
        return id.equals(reference) || references.contains(reference);
    }
}
