package io.github.llamacpp4j.grammar;

import io.github.llamacpp4j.grammar.MemberNotation.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How strings, names and the words {@code true}, {@code false} and {@code null} are spelled in JSON and its relatives. */
final class Spelling {
    private static final Node QUOTE = new Node.Literal("\"");
    private static final Dfa BARE_NAMES =
            RegexCompiler.compile("[^\\u0000- :,{}<>\"]+", true, Regex.Reading.NARROW, GrammarLimits.defaults());
    private static final Node SINGLE_QUOTE = new Node.Literal("'");

    private final Values values;
    private final Node delimiter;
    private final List<String> forbidden;
    private final @Nullable Dfa allowed;

    /** JSON's own. */
    Spelling() {
        values = Values.JSON;
        delimiter = Node.empty();
        forbidden = List.of();
        allowed = null;
    }

    Spelling(MemberNotation notation) {
        values = notation.values();
        delimiter = notation.delimiterMarkup().asNode();
        List<String> texts = new ArrayList<>(notation.forbidden());
        if (values == Values.DELIMITED) {
            texts.add(notation.delimiter());
        }
        forbidden = List.copyOf(texts);
        allowed = texts.isEmpty() ? null : new MarkerScanner(texts).without();
    }

    /** Whether strings are plain JSON strings of any content. */
    boolean isPlainJson() {
        return values == Values.JSON && allowed == null;
    }

    /** {@return what strings may contain, or null for anything} */
    @Nullable
    Dfa allowed() {
        return allowed;
    }

    boolean allows(String text) {
        return forbidden.stream().noneMatch(text::contains);
    }

    /** A string of exactly this text. */
    Node string(String text) {
        if (!allows(text)) {
            return Node.never();
        }
        return switch (values) {
            case JSON -> new Node.Literal(JsonEscapes.quote(text));
            case PYTHON ->
                Node.choice(
                        new Node.Literal(JsonEscapes.quote(text)),
                        new Node.Literal("'" + Escapes.SINGLE_QUOTED.write(text) + "'"));
            case DELIMITED -> Node.sequence(delimiter, new Node.Literal(text), delimiter);
        };
    }

    /** A string whose text, with nothing forbidden in it, the automaton accepts. */
    Node string(Dfa text) {
        if (text.isEmpty()) {
            return Node.never();
        }
        return switch (values) {
            case JSON -> Node.sequence(QUOTE, new Node.Text(text, Escapes.JSON), QUOTE);
            case PYTHON ->
                Node.choice(
                        Node.sequence(QUOTE, new Node.Text(text, Escapes.JSON), QUOTE),
                        Node.sequence(SINGLE_QUOTE, new Node.Text(text, Escapes.SINGLE_QUOTED), SINGLE_QUOTE));
            case DELIMITED -> Node.sequence(delimiter, new Node.Text(text, Escapes.NONE), delimiter);
        };
    }

    /** The name of a member of a nested object. */
    Node name(String name) {
        if (values != Values.DELIMITED) {
            return string(name);
        }
        return BARE_NAMES.accepts(name) ? new Node.Literal(name) : Node.never();
    }

    /** A name of a member of a nested object. */
    Node name(Dfa name, ShapeAlgebra algebra) {
        if (values != Values.DELIMITED) {
            return string(name);
        }
        Dfa bare = algebra.intersect(name, BARE_NAMES);
        return bare.isEmpty() ? Node.never() : new Node.Text(bare, Escapes.NONE);
    }

    /** {@code true}, {@code false} or {@code null}. */
    Node word(String json) {
        if (values != Values.PYTHON) {
            return new Node.Literal(json);
        }
        String python = json.equals("null") ? "None" : Character.toUpperCase(json.charAt(0)) + json.substring(1);
        return Node.choice(new Node.Literal(json), new Node.Literal(python));
    }
}
