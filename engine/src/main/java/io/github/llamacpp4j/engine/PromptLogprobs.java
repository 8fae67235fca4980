package io.github.llamacpp4j.engine;

import java.util.ArrayList;
import java.util.List;

/** Collects how likely the tokens of a prompt are while it is read, if its request asks for that. Belongs to the engine's thread. */
final class PromptLogprobs {

    /** Each position that is judged costs a row of logits as long as the vocabulary. */
    private static final int MOST_ROWS = 64;

    private final int promptLength;
    private final Generation stream;
    private final List<TokenLogprobs> collected = new ArrayList<>();

    PromptLogprobs(EngineRequest request, Generation stream) {
        promptLength = request.promptLogprobs() ? request.promptTokens() : 0;
        this.stream = stream;
    }

    /** Whether the token at {@code position} is the prompt's and not judged yet. */
    boolean awaits(int position) {
        return position < promptLength && position > collected.size();
    }

    /** How many of {@code tokens} tokens may be decoded at once. */
    int clip(int tokens) {
        return collected.size() < promptLength - 1 ? Math.min(tokens, MOST_ROWS) : tokens;
    }

    /** Takes the next one. */
    void add(TokenLogprobs logprobs) {
        collected.add(logprobs);
        if (collected.size() == promptLength - 1) {
            stream.promptLogprobs(collected);
        }
    }
}
