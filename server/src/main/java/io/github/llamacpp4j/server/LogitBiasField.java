package io.github.llamacpp4j.server;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** The field {@code logit_bias}, in OpenAI's form and in that of llama-server. */
final class LogitBiasField {

    private static final int MOST_BIASES = 1024;
    private static final int LONGEST_TEXT = 256;
    private static final int LARGEST_BIAS = 100;
    private static final double LARGEST_FREE_BIAS = 1e6;

    private LogitBiasField() {}

    static Field<GenerationBody> field() {
        return Field.of(
                "logit_bias",
                Schemas.anyOf(biasObject(), biasArray()),
                "`{\"token id\": -100 to 100}`; or, as llama-server has it, `[[id or text, amount or false]]`,"
                        + " where `false` excludes.",
                LogitBiasField::read);
    }

    private static ObjectNode biasObject() {
        ObjectNode schema = Schemas.type("object").put("maxProperties", MOST_BIASES);
        schema.putObject("propertyNames").put("pattern", "^(0|[1-9][0-9]{0,6})$");
        schema.set(
                "additionalProperties",
                Schemas.type("number").put("minimum", -LARGEST_BIAS).put("maximum", LARGEST_BIAS));
        return schema;
    }

    private static ObjectNode biasArray() {
        return Schemas.array(Schemas.type("array").put("minItems", 2).put("maxItems", 2), 0, MOST_BIASES);
    }

    private static void read(Value value, GenerationBody body) {
        if (value.node().isArray()) {
            for (Value pair : value.items(0, MOST_BIASES)) {
                readPair(pair.items(2, 2), body);
            }
            return;
        }
        Map<String, Value> members = value.members();
        if (members.size() > MOST_BIASES) {
            throw ApiException.invalid(
                    value.path(),
                    value.path() + ": expected at most " + MOST_BIASES + " tokens, found " + members.size());
        }
        members.forEach((id, amount) ->
                body.bias(tokenId(id, amount, body), (float) amount.number(-LARGEST_BIAS, LARGEST_BIAS)));
    }

    private static int tokenId(String text, Value amount, GenerationBody body) {
        try {
            int id = Integer.parseInt(text);
            if (id >= 0 && id < body.tokens().count()) {
                return id;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw ApiException.invalid(
                amount.path(),
                amount.path() + ": expected the id of a token, 0 to "
                        + (body.tokens().count() - 1) + ", as name");
    }

    private static void readPair(List<Value> pair, GenerationBody body) {
        Value token = pair.get(0);
        Value amount = pair.get(1);
        if (amount.node().isBoolean() && amount.flag()) {
            throw amount.expected("a number or false");
        }
        float bias = amount.node().isBoolean()
                ? Float.NEGATIVE_INFINITY
                : (float) amount.number(-LARGEST_FREE_BIAS, LARGEST_FREE_BIAS);
        if (token.node().isString()) {
            for (int id : body.tokens().of(token.text(LONGEST_TEXT))) {
                body.bias(id, bias);
            }
        } else {
            body.bias((int) token.integer(0, body.tokens().count() - 1), bias);
        }
    }
}
