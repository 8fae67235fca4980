package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.TokenEvent;
import io.github.llamacpp4j.engine.TokenLogprob;
import io.github.llamacpp4j.engine.TokenLogprobs;
import io.github.llamacpp4j.model.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How likely the tokens of an answer were. A token that a constraint forced was certain: 0. */
record LogprobsJson(Tokenizer tokenizer) {

    /** As in an answer of a chat. */
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

    /** Adds the tokens of a completion, whose text begins at {@code offset}; the offset behind them. */
    int completion(ObjectNode json, List<TokenEvent> tokens, int offset) {
        ArrayNode texts = json.withArray("tokens");
        ArrayNode logprobs = json.withArray("token_logprobs");
        ArrayNode tops = json.withArray("top_logprobs");
        ArrayNode offsets = json.withArray("text_offset");
        int place = offset;
        for (TokenEvent token : tokens) {
            if (tokenizer.isEndOfGeneration(token.token())) {
                continue;
            }
            String text = text(token.token());
            texts.add(text);
            logprobs.add(finite(chosen(token).logprob()));
            ObjectNode top = tops.addObject();
            token.logprobs()
                    .map(TokenLogprobs::top)
                    .orElse(List.of())
                    .forEach(other -> top.put(text(other.token()), finite(other.logprob())));
            offsets.add(place);
            place += text.length();
        }
        return place;
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
    private static double finite(double logprob) {
        return Math.max(logprob, -9999);
    }

    private String text(int token) {
        return new String(tokenizer.piece(token, true), StandardCharsets.UTF_8);
    }
}
