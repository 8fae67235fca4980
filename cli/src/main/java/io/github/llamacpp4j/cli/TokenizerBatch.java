package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.model.Tokenizer;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The batch requests of {@code tokenize} and {@code detokenize}; each command takes both. */
final class TokenizerBatch implements JsonLines.Handler {

    private final Tokenizer tokenizer;

    TokenizerBatch(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void answer(ObjectNode request, ObjectNode answer) {
        try {
            if (request.has("text")) {
                tokenize(request, answer);
            } else if (request.has("ids")) {
                detokenize(request, answer);
            } else {
                throw new CommandFailure("request", "expected \"text\" to tokenize or \"ids\" to detokenize");
            }
        } catch (IllegalArgumentException e) {
            throw new CommandFailure("request", String.valueOf(e.getMessage()));
        }
    }

    private void tokenize(ObjectNode request, ObjectNode answer) {
        String text = Optional.of(request.get("text"))
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .orElseThrow(() -> new CommandFailure("request", "\"text\" must be a string"));
        int[] ids = tokenizer.encode(text, flag(request, "add_special", true), flag(request, "parse_special", true));
        putTokens(ids, answer);
    }

    /** Tells of tokens as they are told of in an answer. */
    void putTokens(int[] ids, ObjectNode answer) {
        ArrayNode idArray = answer.putArray("ids");
        ArrayNode pieces = answer.putArray("pieces_hex");
        for (int id : ids) {
            idArray.add(id);
            pieces.add(hex(tokenizer.piece(id, true)));
        }
    }

    private void detokenize(ObjectNode request, ObjectNode answer) {
        JsonNode array = request.get("ids");
        if (!array.isArray()) {
            throw new CommandFailure("request", "\"ids\" must be an array of token ids");
        }
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = array.get(i);
            if (!id.isIntegralNumber() || !id.canConvertToInt()) {
                throw new CommandFailure("request", "\"ids\" must hold token ids, element " + i + " is " + id);
            }
            ids[i] = id.asInt();
        }
        boolean removeSpecial = flag(request, "remove_special", false);
        boolean unparseSpecial = flag(request, "unparse_special", true);
        putText(ids, removeSpecial, unparseSpecial, answer);
    }

    /** Tells of a text as it is told of in an answer. */
    void putText(int[] ids, boolean removeSpecial, boolean unparseSpecial, ObjectNode answer) {
        answer.put("text", tokenizer.decode(ids, removeSpecial, unparseSpecial));
        answer.put("bytes_hex", hex(tokenizer.decodeToBytes(ids, removeSpecial, unparseSpecial)));
    }

    private static boolean flag(ObjectNode request, String name, boolean ifAbsent) {
        JsonNode value = request.get(name);
        if (value == null) {
            return ifAbsent;
        }
        if (!value.isBoolean()) {
            throw new CommandFailure("request", "\"" + name + "\" must be true or false, found " + value);
        }
        return value.asBoolean();
    }
}
