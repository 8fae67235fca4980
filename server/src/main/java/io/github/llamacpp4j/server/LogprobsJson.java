package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.TokenEvent;
import io.github.llamacpp4j.engine.TokenLogprob;
import io.github.llamacpp4j.engine.TokenLogprobs;
import io.github.llamacpp4j.model.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How likely the tokens of an answer of a chat were. A token that a constraint forced was certain: 0. */
record LogprobsJson(Tokenizer tokenizer) {

    ObjectNode chat(List<TokenEvent> tokens) {
        ObjectNode json = Json.object();
        ArrayNode content = json.putArray("content");
        for (TokenEvent token : tokens) {
            if (tokenizer.isEndOfGeneration(token.token())) {
                continue;
            }
            ObjectNode entry = entry(content.addObject(), chosen(token));
            ArrayNode top = entry.putArray("top_logprobs");
            token.logprobs().map(TokenLogprobs::top).orElse(List.of()).forEach(other -> entry(top.addObject(), other));
        }
        json.putNull("refusal");
        return json;
    }

    private static TokenLogprob chosen(TokenEvent token) {
        return token.logprobs().map(TokenLogprobs::chosen).orElseGet(() -> new TokenLogprob(token.token(), 0));
    }

    private ObjectNode entry(ObjectNode entry, TokenLogprob logprob) {
        byte[] piece = tokenizer.piece(logprob.token(), true);
        entry.put("token", new String(piece, StandardCharsets.UTF_8)).put("logprob", finite(logprob.logprob()));
        ArrayNode bytes = entry.putArray("bytes");
        for (byte each : piece) {
            bytes.add(Byte.toUnsignedInt(each));
        }
        return entry;
    }

    /** JSON has no infinity; OpenAI writes this for a token without probability. */
    static double finite(double logprob) {
        return Math.max(logprob, -9999);
    }
}
