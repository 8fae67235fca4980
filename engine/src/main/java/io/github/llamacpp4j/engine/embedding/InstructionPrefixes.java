package io.github.llamacpp4j.engine.embedding;

import static java.util.Objects.requireNonNull;

/**
 * What is put in front of queries and documents, as the model's authors say on its card. Immutable and thread-safe.
 *
 * @param query stands before a text with {@link TextRole#QUERY}; may be empty
 * @param document stands before a text with {@link TextRole#DOCUMENT}; may be empty
 */
public record InstructionPrefixes(String query, String document) {

    /** No prefixes: all-MiniLM, GTE, mxbai documents and many more. */
    public static final InstructionPrefixes NONE = new InstructionPrefixes("", "");

    /** E5 models. */
    public static final InstructionPrefixes E5 = new InstructionPrefixes("query: ", "passage: ");

    /** Nomic Embed. */
    public static final InstructionPrefixes NOMIC = new InstructionPrefixes("search_query: ", "search_document: ");

    /** English BGE and mxbai-embed models, for retrieval. */
    public static final InstructionPrefixes BGE =
            new InstructionPrefixes("Represent this sentence for searching relevant passages: ", "");

    /** Qwen3-Embedding with the task that its authors use for web search. */
    public static final InstructionPrefixes QWEN3 = new InstructionPrefixes(
            "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:", "");

    /** EmbeddingGemma, for retrieval. */
    public static final InstructionPrefixes EMBEDDING_GEMMA =
            new InstructionPrefixes("task: search result | query: ", "title: none | text: ");

    /** Refuses null. */
    public InstructionPrefixes {
        requireNonNull(query, "query");
        requireNonNull(document, "document");
    }

    String of(TextRole role) {
        return switch (role) {
            case PLAIN -> "";
            case QUERY -> query;
            case DOCUMENT -> document;
        };
    }
}
