package io.github.llamacpp4j.model;

/** The conditions that llama.cpp's decode asserts, and those that it answers with a bare status. */
final class BatchChecks {

    private BatchChecks() {}

    static void check(Batch batch, ContextFacts facts, ModelInfo info, boolean embeddings) {
        if (batch.isEmpty()) {
            throw new IllegalArgumentException("the batch is empty: add at least one token");
        }
        if (batch.embeddingSize() > 0) {
            checkEmbeddings(batch, facts, info);
        }
        if (batch.largestToken() >= facts.vocabularySize()) {
            throw new IllegalArgumentException("token ids of this model go from 0 to " + (facts.vocabularySize() - 1)
                    + ", found " + batch.largestToken());
        }
        if (batch.largestSequenceId() >= facts.maxSequences()) {
            throw new IllegalArgumentException("sequence ids of this context go from 0 to "
                    + (facts.maxSequences() - 1) + ", found " + batch.largestSequenceId()
                    + "; make the context with a larger maxSequences");
        }
        if (facts.learnedPositions().isPresent()
                && batch.largestPosition() >= facts.learnedPositions().getAsInt()) {
            throw new IllegalArgumentException("the model " + info + " has learned "
                    + facts.learnedPositions().getAsInt() + " positions and knows none beyond, found position "
                    + batch.largestPosition() + "; shorten the input");
        }
        if (batch.hasSharedTokens() && (facts.splitStreams() || facts.stateful())) {
            throw new IllegalArgumentException("a token cannot belong to several sequences here: "
                    + (facts.stateful() ? "the model is recurrent" : "the context was made without unifiedCache")
                    + "; decode it once and copy the sequence");
        }
    }

    /** What llama.cpp would read past the end for, or assert. */
    private static void checkEmbeddings(Batch batch, ContextFacts facts, ModelInfo info) {
        if (batch.embeddingSize() != info.inputEmbeddingSize()) {
            throw new IllegalArgumentException("expected embeddings of " + info.inputEmbeddingSize()
                    + " numbers, the input width of the model " + info + ", found " + batch.embeddingSize());
        }
        if (!facts.takesEmbeddings()) {
            throw new IllegalArgumentException(
                    "the model " + info + " cannot compute plain embeddings in this context: give it tokens");
        }
    }

    /** Refuses a batch that must be computed at once and is too large for that. */
    static void checkWhole(Batch batch, int microBatchSize) {
        if (batch.size() > microBatchSize) {
            throw new IllegalArgumentException("this input must be computed at once: expected at most "
                    + microBatchSize + " tokens (microBatchSize), found " + batch.size()
                    + "; make the context with a larger batchSize and microBatchSize");
        }
    }

    /** Refuses a batch whose outputs would be lost, or mean something else, in parts of {@code part} tokens. */
    static void checkSplit(Batch batch, int part, boolean divisible, boolean embeddings, ContextFacts facts) {
        if (!divisible) {
            checkWhole(batch, part);
        }
        int parts = (batch.size() + part - 1) / part;
        int lastStart = (parts - 1) * part;
        if (parts > 1 && embeddings) {
            throw new IllegalArgumentException("embeddings need the whole input in one batch: expected at most " + part
                    + " tokens (batchSize), found " + batch.size());
        }
        if (parts > 1 && batch.outputCount() > 0) {
            for (int i = 0; i < lastStart; i++) {
                if (batch.output(i)) {
                    throw new IllegalArgumentException("a batch of " + batch.size() + " tokens is computed in parts of "
                            + part + ", and only tokens of the last part, from " + lastStart
                            + " on, can have an output; token " + i + " asks for one");
                }
            }
        }
        int outputs = embeddings ? batch.size() : batch.outputCount();
        if (outputs > facts.outputs()) {
            throw new IllegalArgumentException("this context was made for " + facts.outputs()
                    + " outputs in a batch, found " + outputs + "; make it with more");
        }
    }
}
