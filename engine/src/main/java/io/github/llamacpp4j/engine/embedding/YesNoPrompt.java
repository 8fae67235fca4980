package io.github.llamacpp4j.engine.embedding;

/**
 * Asks a generative model whether a document answers a query; the score is the probability of "yes" against "no" as the
 * next token. Immutable and thread-safe.
 *
 * @param template the prompt, with {@code {query}} and {@code {document}} where they go; control tokens written in it are
 *     recognised, those written in queries and documents are not
 * @param yes the answer of a good document; one token
 * @param no the answer of a bad document; one token
 */
public record YesNoPrompt(String template, String yes, String no) {

    private static final String WEB_SEARCH =
            "Given a web search query, retrieve relevant passages that answer the query";

    /** Refuses a template that lacks the query or the document. */
    public YesNoPrompt {
        if (!template.contains(PairPlanner.QUERY) || !template.contains(PairPlanner.DOCUMENT)) {
            throw new IllegalArgumentException("expected a template with " + PairPlanner.QUERY + " and "
                    + PairPlanner.DOCUMENT + ", found: " + template);
        }
        if (yes.isEmpty() || no.isEmpty() || yes.equals(no)) {
            throw new IllegalArgumentException(
                    "expected two different answers, found \"" + yes + "\" and \"" + no + "\"");
        }
    }

    /** Qwen3-Reranker's prompt with the task that its authors use for web search. */
    public static YesNoPrompt qwen3() {
        return qwen3(WEB_SEARCH);
    }

    /**
     * Qwen3-Reranker's prompt.
     *
     * @param instruction the task, in one English sentence
     */
    public static YesNoPrompt qwen3(String instruction) {
        return new YesNoPrompt("""
                <|im_start|>system
                Judge whether the Document meets the requirements based on the Query and the Instruct provided. \
                Note that the answer can only be "yes" or "no".<|im_end|>
                <|im_start|>user
                <Instruct>: %s
                <Query>: {query}
                <Document>: {document}<|im_end|>
                <|im_start|>assistant
                <think>

                </think>

                """.formatted(instruction.replace("{", "").replace("}", "")), "yes", "no");
    }
}
