package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.TokenEvent;
import io.github.llamacpp4j.engine.TokenLogprob;
import io.github.llamacpp4j.engine.TokenLogprobs;
import io.github.llamacpp4j.model.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How likely the tokens of one completion were, kept until it is sent. Offsets count the code points of the whole text. Used by one
 * thread.
 */
final class CompletionLogprobs {

    private final Tokenizer tokenizer;
    private ObjectNode pending = Json.object();
    private int offset;

    CompletionLogprobs(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Adds the tokens of a prompt that is repeated before the answer.
     *
     * @param text the prompt
     * @param tokens its tokens
     * @param known how likely they were, from the second on
     * @param beginningAdded whether the first one is no part of the text
     */
    void prompt(String text, List<Integer> tokens, List<TokenLogprobs> known, boolean beginningAdded) {
        int first = beginningAdded ? 1 : 0;
        boolean spaceAdded =
                first < tokens.size() && spelling(tokens.get(first)).startsWith(" ") && !text.startsWith(" ");
        offset = spaceAdded ? -1 : 0;
        for (int i = first; i < tokens.size(); i++) {
            name(tokens.get(i), true);
            if (i > 0 && i <= known.size()) {
                judge(known.get(i - 1));
            } else {
                array("token_logprobs").addNull();
                array("top_logprobs").addNull();
            }
        }
    }

    /** Adds a token of the answer. One that a constraint forced was certain: 0. */
    void add(TokenEvent event) {
        int token = event.token();
        if (tokenizer.isEndOfGeneration(token)) {
            return;
        }
        name(token, false);
        judge(event.logprobs().orElseGet(() -> new TokenLogprobs(new TokenLogprob(token, 0), List.of())));
    }

    private void judge(TokenLogprobs known) {
        array("token_logprobs").add(LogprobsJson.finite(known.chosen().logprob()));
        ObjectNode top = array("top_logprobs").addObject();
        known.top().forEach(other -> top.put(spelling(other.token()), LogprobsJson.finite(other.logprob())));
    }

    private void name(int token, boolean controlsShown) {
        array("tokens").add(spelling(token));
        byte[] piece = tokenizer.piece(token, controlsShown);
        boolean insideCharacter = piece.length > 0 && isContinuation(piece[0]);
        array("text_offset").add(Math.max(insideCharacter ? offset - 1 : offset, 0));
        for (byte each : piece) {
            offset += isContinuation(each) ? 0 : 1;
        }
    }

    /** Whether a byte goes on with a character in UTF-8. */
    private static boolean isContinuation(byte each) {
        return (each & 0xC0) == 0x80;
    }

    private ArrayNode array(String name) {
        return pending.withArray(name);
    }

    /** The text of a token. One that is not whole characters is spelled by its bytes, as OpenAI does, so that no two are alike. */
    private String spelling(int token) {
        byte[] piece = tokenizer.piece(token, true);
        String text = new String(piece, StandardCharsets.UTF_8);
        return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), piece)
                ? text
                : "bytes:\\x" + HexFormat.ofDelimiter("\\x").formatHex(piece);
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    /** What was not taken yet. */
    ObjectNode take() {
        ObjectNode taken = pending;
        List.of("tokens", "token_logprobs", "top_logprobs", "text_offset").forEach(taken::withArray);
        pending = Json.object();
        return taken;
    }
}
