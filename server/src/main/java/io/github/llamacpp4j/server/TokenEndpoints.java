package io.github.llamacpp4j.server;

import io.github.llamacpp4j.model.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /tokenize}, {@code /detokenize} and {@code /apply-template}, with the bodies that llama-server has. They need the
 * vocabulary and the template only and never wait for the engine.
 */
final class TokenEndpoints {

    private static final FieldTable<TextBody> TEXT = FieldTable.of(List.of(
            Field.<TextBody>text("content", Integer.MAX_VALUE, "The text.", (body, value) -> body.content = value)
                    .required(),
            Field.<TextBody>flag(
                    "add_special",
                    "Adds the tokens that the model wants at the beginning and the end. Default false.",
                    (body, value) -> body.addSpecial = value),
            Field.<TextBody>flag(
                    "parse_special",
                    "Recognises special tokens that are written out. Default true.",
                    (body, value) -> body.parseSpecial = value),
            Field.<TextBody>flag(
                    "with_pieces",
                    "Answers with each token's text, or its bytes where they are no text. Default false.",
                    (body, value) -> body.withPieces = value)));

    private static final FieldTable<IdsBody> IDS = FieldTable.of(List.of(Field.<IdsBody>of(
                    "tokens",
                    Schemas.array(Schemas.type("integer"), 0, Tokenizer.MAX_TOKENS),
                    "The tokens.",
                    TokenEndpoints::readIds)
            .required()));

    private TokenEndpoints() {}

    private static final class TextBody {
        private String content = "";
        private boolean addSpecial;
        private boolean parseSpecial = true;
        private boolean withPieces;
    }

    private static final class IdsBody {
        private int[] tokens = new int[0];
    }

    /** Path to what makes the endpoint once the model is there. */
    static Map<String, Function<ServedModel, Endpoint>> routes() {
        return Map.of(
                "/tokenize", model -> exchange -> tokenize(model.llama().tokenizer(), exchange),
                "/detokenize", model -> exchange -> detokenize(model.llama().tokenizer(), exchange),
                "/apply-template", TokenEndpoints::template);
    }

    /** Path to how the route is described; the same paths as in {@link #routes}. */
    static Map<String, Operation> operations() {
        return Map.of(
                "/tokenize",
                Operation.request("The tokens of a text.", TEXT.schema(), answer("tokens", "array")),
                "/detokenize",
                Operation.request("The text of tokens.", IDS.schema(), answer("content", "string")),
                "/apply-template",
                Operation.request(
                        "The prompt that the model's template makes of a conversation; fields as in chat completions.",
                        Schemas.reference("ChatRequest"),
                        answer("prompt", "string")));
    }

    private static ObjectNode answer(String name, String type) {
        ObjectNode schema = Schemas.type("object");
        schema.putArray("required").add(name);
        schema.putObject("properties").set(name, Schemas.type(type));
        return schema;
    }

    private static void tokenize(Tokenizer tokenizer, Exchange exchange) {
        TextBody body = new TextBody();
        TEXT.read(exchange, body);
        ObjectNode answer = Json.object();
        ArrayNode tokens = answer.putArray("tokens");
        for (int token : tokenizer.encode(body.content, body.addSpecial, body.parseSpecial)) {
            if (body.withPieces) {
                piece(tokens.addObject().put("id", token), tokenizer.piece(token, true));
            } else {
                tokens.add(token);
            }
        }
        exchange.json(200, answer);
    }

    private static void piece(ObjectNode token, byte[] piece) {
        try {
            token.put(
                    "piece",
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(piece))
                            .toString());
        } catch (CharacterCodingException partOfACharacter) {
            ArrayNode bytes = token.putArray("piece");
            for (byte b : piece) {
                bytes.add(b & 0xff);
            }
        }
    }

    private static void detokenize(Tokenizer tokenizer, Exchange exchange) {
        IdsBody body = new IdsBody();
        IDS.read(exchange, body);
        for (int i = 0; i < body.tokens.length; i++) {
            if (body.tokens[i] >= tokenizer.size()) {
                throw ApiException.invalid(
                        "tokens[" + i + ']',
                        "tokens[" + i + "]: expected a token of 0 to " + (tokenizer.size() - 1) + ", found "
                                + body.tokens[i]);
            }
        }
        exchange.json(200, Json.object().put("content", tokenizer.decode(body.tokens, false, true)));
    }

    private static void readIds(Value value, IdsBody body) {
        body.tokens = value.items(0, Tokenizer.MAX_TOKENS).stream()
                .mapToInt(item -> (int) item.integer(0, Integer.MAX_VALUE))
                .toArray();
    }

    private static Endpoint template(ServedModel model) {
        if (!model.generates()) {
            return exchange -> model.requireGeneration();
        }
        FieldTable<ChatBody> fields = ChatFields.table(model.options());
        PromptTokens tokens = PromptTokens.of(model);
        return exchange -> {
            ChatBody body =
                    ChatBody.read(fields, exchange, tokens, model.options().generation());
            exchange.json(
                    200,
                    Json.object()
                            .put(
                                    "prompt",
                                    model.llama()
                                            .chatTurn(body.messages(), body.options())
                                            .prompt()
                                            .text()));
        };
    }
}
