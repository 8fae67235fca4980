package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.GrammarException;
import io.github.llamacpp4j.grammar.GrammarLimits;
import io.github.llamacpp4j.grammar.SchemaException;
import io.github.llamacpp4j.grammar.SchemaGrammar;
import io.github.llamacpp4j.grammar.SchemaGrammar.UnenforcedKeyword;
import io.github.llamacpp4j.grammar.SchemaOptions;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a model may write. Given to {@link GenerationOptions.Builder#constraint} or {@link ChatOptions.Builder#constraint}, it
 * leaves the model no other choice; only an answer that ends early, for example at its maximum of tokens, is incomplete.
 *
 * <p>A constraint is compiled when it is first used with a model and kept with it, so keep no compiled form yourself. Two
 * constraints made from equal parts are equal. Immutable and thread-safe.
 */
public final class OutputConstraint {

    private enum Kind {
        GBNF,
        SCHEMA,
        REGEX,
        CHOICE
    }

    private static final String OBJECT = "{\"type\":\"object\"}";

    private final Kind kind;
    private final List<String> texts;
    private final SchemaOptions.Whitespace whitespace;
    private final SchemaOptions.Draft draft;
    private final boolean validateAfterwards;

    private OutputConstraint(Kind kind, List<String> texts, SchemaOptions options) {
        this.kind = kind;
        this.texts = List.copyOf(texts);
        whitespace = options.whitespace();
        draft = options.draft();
        validateAfterwards = options.validateAfterwards();
    }

    private static OutputConstraint of(Kind kind, String text) {
        return new OutputConstraint(kind, List.of(text), SchemaOptions.defaults());
    }

    /** A grammar in llama.cpp's notation, whose start is the rule {@code root}. It may name tokens of the model. */
    public static OutputConstraint gbnf(String grammar) {
        return of(Kind.GBNF, grammar);
    }

    /** JSON that satisfies a schema, with one space after each comma and colon. */
    public static OutputConstraint jsonSchema(JsonNode schema) {
        return jsonSchema(schema, SchemaOptions.defaults());
    }

    /**
     * JSON that satisfies a schema.
     *
     * @param schema draft 2020-12 or 7; the order of {@code properties} is the order in which they are written
     * @param options draft, white space, and whether keywords that cannot be enforced are left out rather than refused; its limits
     *     are not used
     */
    public static OutputConstraint jsonSchema(JsonNode schema, SchemaOptions options) {
        return new OutputConstraint(Kind.SCHEMA, List.of(JsonTrees.write(schema)), options);
    }

    /**
     * JSON that satisfies a schema.
     *
     * @param schema a tree of maps with string keys, lists, strings, numbers, booleans and null
     */
    public static OutputConstraint jsonSchema(Map<String, ?> schema) {
        return jsonSchema(schema, SchemaOptions.defaults());
    }

    /** Like {@link #jsonSchema(JsonNode, SchemaOptions)} with a tree of maps, lists, strings, numbers, booleans and null. */
    public static OutputConstraint jsonSchema(Map<String, ?> schema, SchemaOptions options) {
        return jsonSchema(JsonTrees.node(schema), options);
    }

    /**
     * JSON that satisfies a schema given as JSON text.
     *
     * @throws IllegalArgumentException if the text is not JSON
     */
    public static OutputConstraint jsonSchema(String schema) {
        return jsonSchema(schema, SchemaOptions.defaults());
    }

    /**
     * Like {@link #jsonSchema(JsonNode, SchemaOptions)} with a schema given as JSON text.
     *
     * @throws IllegalArgumentException if the text is not JSON
     */
    public static OutputConstraint jsonSchema(String schema, SchemaOptions options) {
        try {
            return jsonSchema(JsonTrees.read(schema), options);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("expected a JSON Schema as JSON text: " + e.getOriginalMessage(), e);
        }
    }

    /** Any JSON object. */
    public static OutputConstraint jsonObject() {
        return of(Kind.SCHEMA, OBJECT);
    }

    /** Text that matches an ECMA-262 expression as a whole; look-around, back references and word boundaries are not supported. */
    public static OutputConstraint regex(String pattern) {
        return of(Kind.REGEX, pattern);
    }

    /**
     * Exactly one of these texts.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static OutputConstraint choice(String... texts) {
        return choice(List.of(texts));
    }

    /**
     * Exactly one of these texts.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static OutputConstraint choice(List<String> texts) {
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("a choice needs at least one text");
        }
        return new OutputConstraint(Kind.CHOICE, texts, SchemaOptions.defaults());
    }

    /**
     * What is not enforced and should be checked on the finished text: keywords of a schema made with {@code validateAfterwards};
     * otherwise nothing.
     *
     * @throws SchemaException if the schema cannot be used
     */
    public List<UnenforcedKeyword> unenforced() {
        return kind == Kind.SCHEMA ? schema().unenforced() : List.of();
    }

    /**
     * The constraint as a grammar.
     *
     * @param vocabulary where token names are looked up
     * @throws GrammarException if a grammar, pattern or choice cannot be used
     * @throws SchemaException if a schema cannot be used
     */
    public Grammar grammar(TokenVocabulary vocabulary) {
        requireNonNull(vocabulary, "vocabulary");
        return switch (kind) {
            case GBNF -> Grammar.parse(texts.getFirst(), vocabulary, GrammarLimits.defaults());
            case SCHEMA -> schema().grammar();
            case REGEX -> Grammar.regex(texts.getFirst());
            case CHOICE -> Grammar.choices(texts);
        };
    }

    private SchemaGrammar schema() {
        SchemaOptions options = SchemaOptions.builder()
                .draft(draft)
                .whitespace(whitespace)
                .validateAfterwards(validateAfterwards)
                .build();
        return Grammar.ofSchema(JsonTrees.tree(JsonTrees.read(texts.getFirst())), options);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OutputConstraint that
                && kind == that.kind
                && texts.equals(that.texts)
                && whitespace == that.whitespace
                && draft == that.draft
                && validateAfterwards == that.validateAfterwards;
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, texts, whitespace, draft, validateAfterwards);
    }

    /** The kind and the beginning of the text. */
    @Override
    public String toString() {
        String text = String.join("|", texts);
        return kind + ": " + (text.length() <= 80 ? text : text.substring(0, 80) + "…");
    }
}
