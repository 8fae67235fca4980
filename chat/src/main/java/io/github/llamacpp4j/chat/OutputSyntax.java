package io.github.llamacpp4j.chat;

import java.util.List;

/**
 * How the models of a chat template write reasoning and tool calls, recognised from the markup in the template's text.
 * Immutable and safe for use by several threads; recognise once per template and take a parser from it per answer.
 */
public final class OutputSyntax {
    private final SyntaxRules rules;

    private OutputSyntax(SyntaxRules rules) {
        this.rules = rules;
    }

    /**
     * Recognises the syntax of a template.
     *
     * @param templateText the text of a Jinja chat template; it is searched, not run
     */
    public static OutputSyntax of(String templateText) {
        return new OutputSyntax(SyntaxCatalog.recognise(templateText));
    }

    SyntaxRules rules() {
        return rules;
    }

    /** Whether the template knows reasoning that is set off from the text. */
    public boolean hasReasoning() {
        return rules.channels() != null || !rules.tags().reasoning().isEmpty();
    }

    /** Whether the template has a syntax of its own for tool calls; if not, a bare JSON object is taken for one. */
    public boolean hasToolCalls() {
        return rules.channels() != null || !rules.tags().blocks().isEmpty();
    }

    /** Whether the answer begins inside the reasoning, because the generation prompt has opened it. */
    public boolean opensReasoning(String generationPrompt) {
        return rules.channels() == null && rules.tags().openIn(generationPrompt).isPresent();
    }

    /**
     * A parser for one answer.
     *
     * @param tools the tools that were offered; without any, call markup is text
     * @param generationPrompt the end of the prompt that belongs to the answer, for example
     *     {@code <|im_start|>assistant\n<think>\n}: it tells whether reasoning is open already. The whole prompt will do
     *     where nothing else is known
     */
    public OutputParser parser(List<ToolDefinition> tools, String generationPrompt) {
        return new OutputParser(rules, tools, generationPrompt);
    }

    /** Parses an answer that is whole. */
    public ParsedOutput parse(String output, List<ToolDefinition> tools, String generationPrompt) {
        OutputParser parser = parser(tools, generationPrompt);
        parser.accept(output);
        parser.finish();
        return parser.result();
    }
}
