package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.grammar.CompiledGrammar;
import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.GrammarException;
import io.github.llamacpp4j.grammar.GrammarLimits;
import io.github.llamacpp4j.grammar.GrammarMatch;
import io.github.llamacpp4j.grammar.MatchInput;
import io.github.llamacpp4j.grammar.SchemaException;
import io.github.llamacpp4j.grammar.SchemaGrammar;
import io.github.llamacpp4j.grammar.SchemaOptions;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks texts against grammars, one request per line: {@code {"gbnf":…|"schema":…,"draft":…,"texts":[…]}}. A text is a
 * string, or an array of strings (a token per code point) and token ids.
 */
final class GrammarChecking implements JsonLines.Handler {
    private final TokenVocabulary vocabulary;
    private final SchemaOptions options;

    GrammarChecking(TokenVocabulary vocabulary, SchemaOptions options) {
        this.vocabulary = vocabulary;
        this.options = options;
    }

    @Override
    public void answer(ObjectNode request, ObjectNode answer) {
        CompiledGrammar compiled = grammar(request, answer).compile(vocabulary);
        ArrayNode accepted = answer.putArray("accepted");
        ArrayNode results = answer.putArray("results");
        JsonNode texts = request.path("texts");
        if (!texts.isArray() && !texts.isMissingNode()) {
            throw new CommandFailure("request", "expected \"texts\" to be an array");
        }
        for (JsonNode text : texts) {
            GrammarMatch match = limited(() -> compiled.match(inputs(text)));
            accepted.add(match.isAccepted());
            ObjectNode result = results.addObject();
            result.put("accepted", match.isAccepted());
            result.put("state", match.state().name().toLowerCase(Locale.ROOT));
            match.deadAt().ifPresent(index -> result.put("dead_at", index));
        }
    }

    private Grammar grammar(ObjectNode request, ObjectNode answer) {
        JsonNode gbnf = request.get("gbnf");
        JsonNode schema = request.get("schema");
        if ((gbnf == null) == (schema == null)) {
            throw new CommandFailure("request", "expected \"gbnf\" or \"schema\"");
        }
        if (gbnf != null) {
            if (!gbnf.isString()) {
                throw new CommandFailure("request", "expected \"gbnf\" to be a string");
            }
            return gbnf(gbnf.asString(), vocabulary);
        }
        SchemaGrammar grammar =
                schema(schema, options.toBuilder().draft(draft(request)).build());
        if (!grammar.unenforced().isEmpty()) {
            ArrayNode unenforced = answer.putArray("unenforced");
            for (SchemaGrammar.UnenforcedKeyword keyword : grammar.unenforced()) {
                unenforced
                        .addObject()
                        .put("pointer", keyword.pointer())
                        .put("keyword", keyword.keyword())
                        .put("reason", keyword.reason());
            }
        }
        return grammar.grammar();
    }

    private SchemaOptions.Draft draft(ObjectNode request) {
        JsonNode draft = request.get("draft");
        if (draft == null || draft.isNull()) {
            return options.draft();
        }
        return draft(draft.isString() || draft.isNumber() ? draft.asString() : draft.toString());
    }

    static SchemaOptions.Draft draft(String name) {
        return switch (name) {
            case "7", "draft7", "draft-07" -> SchemaOptions.Draft.DRAFT_7;
            case "2020-12", "2020", "draft2020-12" -> SchemaOptions.Draft.DRAFT_2020_12;
            default -> throw new CommandFailure("request", "expected the draft \"2020-12\" or \"7\", found " + name);
        };
    }

    static Grammar gbnf(String text, TokenVocabulary vocabulary) {
        return limited(() -> Grammar.parse(text, vocabulary, GrammarLimits.defaults()));
    }

    static SchemaGrammar schema(JsonNode schema, SchemaOptions options) {
        try {
            return limited(() -> Grammar.ofSchema(tree(schema), options));
        } catch (SchemaException e) {
            throw failure(e);
        }
    }

    static CommandFailure failure(SchemaException e) {
        return new CommandFailure(
                e.kind().name().toLowerCase(Locale.ROOT),
                String.valueOf(e.getMessage()),
                Map.of("pointer", e.pointer(), "keyword", e.keyword()));
    }

    static CommandFailure failure(GrammarException e) {
        Map<String, Integer> place =
                e.line() > 0 ? Map.of("line", e.line(), "column", e.column()) : Map.<String, Integer>of();
        return new CommandFailure(e.kind().name().toLowerCase(Locale.ROOT), e.getMessage(), place);
    }

    private interface Step<T> {
        T run();
    }

    private static <T> T limited(Step<T> step) {
        try {
            return step.run();
        } catch (GrammarException e) {
            throw failure(e);
        }
    }

    private static List<MatchInput> inputs(JsonNode text) {
        List<MatchInput> inputs = new ArrayList<>();
        for (JsonNode part : text.isArray() ? text : List.of(text)) {
            if (part.isString()) {
                part.asString().codePoints().forEach(c -> inputs.add(new MatchInput.Text(Character.toString(c))));
            } else if (part.isIntegralNumber() && part.canConvertToInt()) {
                inputs.add(new MatchInput.Token(part.intValue()));
            } else {
                throw new CommandFailure("request", "expected each text to be a string or an array of strings and ids");
            }
        }
        return inputs;
    }

    /** JSON as the plain tree that the grammar module reads. */
    static @Nullable Object tree(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                node.forEachEntry((name, member) -> map.put(name, tree(member)));
                yield map;
            }
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                node.forEach(element -> list.add(tree(element)));
                yield list;
            }
            case STRING -> node.asString();
            case NUMBER -> node.numberValue();
            case BOOLEAN -> node.booleanValue();
            default -> null;
        };
    }
}
