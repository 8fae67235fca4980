package io.github.llamacpp4j.server;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.model.SpecialTokens;
import java.util.ArrayList;
import java.util.List;

/** Turns the prompts of completions into tokens. */
record CompletionPrompts(Llama llama) {

    /** The tokens of a prompt, with the suffix if there is one. */
    int[] tokens(Prompt prompt, String suffix) {
        int[] tokens = switch (prompt) {
            case Prompt.Text text -> suffix.isEmpty() ? llama.tokenize(text.text()) : gap(text.text(), suffix);
            case Prompt.Tokens given -> given.array();
        };
        if (tokens.length == 0) {
            throw ApiException.invalid("prompt", "prompt: expected a text with at least one token, found none");
        }
        return tokens;
    }

    /** Whether the first of a prompt's tokens was put in front of its text. */
    boolean addsBeginning(Prompt prompt) {
        return prompt instanceof Prompt.Text && llama.tokenizer().addsBeginning();
    }

    /** The text of a prompt, to repeat it. */
    String text(Prompt prompt) {
        return switch (prompt) {
            case Prompt.Text text -> text.text();
            case Prompt.Tokens given -> llama.tokenizer().decode(given.array(), false, true);
        };
    }

    private int[] gap(String prefix, String suffix) {
        SpecialTokens special = llama.tokenizer().specialTokens();
        if (!special.canFillInTheMiddle()) {
            throw new ApiException(
                    400,
                    "invalid_request_error",
                    "unsupported_parameter",
                    "suffix",
                    "suffix: this model has no tokens for a gap, so it cannot fill one; leave 'suffix' out");
        }
        List<Integer> tokens = new ArrayList<>();
        if (llama.tokenizer().addsBeginning()) {
            special.beginning().ifPresent(tokens::add);
        }
        tokens.add(special.fillPrefix().orElseThrow());
        add(tokens, prefix);
        tokens.add(special.fillSuffix().orElseThrow());
        add(tokens, suffix);
        tokens.add(special.fillMiddle().orElseThrow());
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    private void add(List<Integer> tokens, String text) {
        for (int token : llama.tokenizer().encode(text, false, false)) {
            tokens.add(token);
        }
    }
}
