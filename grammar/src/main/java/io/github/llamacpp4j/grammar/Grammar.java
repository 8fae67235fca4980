package io.github.llamacpp4j.grammar;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of texts that a model may write, checked and ready to be compiled for a vocabulary.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class Grammar {
    private final Rule root;
    private final GrammarLimits limits;
    private final Network network;

    private Grammar(Rule root, Iterable<Rule> others, GrammarLimits limits) {
        this.root = root;
        this.limits = limits;
        network = Lowering.lower(root, others, limits);
    }

    static Grammar of(Node body, GrammarLimits limits) {
        return new Grammar(new Rule(GbnfParser.ROOT, body), List.of(), limits);
    }

    /**
     * Reads a grammar in llama.cpp's GBNF notation. Its start is the rule {@code root}.
     *
     * @param gbnf the grammar
     * @return the grammar
     * @throws GrammarException if it is malformed, left-recursive, empty or too large
     */
    public static Grammar parse(String gbnf) {
        return parse(gbnf, TokenVocabulary.empty(), GrammarLimits.defaults());
    }

    /**
     * Reads a grammar in llama.cpp's GBNF notation.
     *
     * @param gbnf the grammar
     * @param vocabulary where token names such as {@code <|im_end|>} are looked up
     * @param limits upper bounds
     * @return the grammar
     * @throws GrammarException if it is malformed, left-recursive, empty or too large
     */
    public static Grammar parse(String gbnf, TokenVocabulary vocabulary, GrammarLimits limits) {
        List<Rule> rules = GbnfParser.parse(gbnf, limits, Objects.requireNonNull(vocabulary, "vocabulary"));
        return new Grammar(rules.getFirst(), rules, limits);
    }

    /**
     * Makes a grammar of the JSON texts that satisfy a schema: members in the order they are declared, no members beside
     * the declared ones unless {@code additionalProperties} or {@code patternProperties} ask for them.
     *
     * @param schema the schema as a tree of {@link java.util.Map} (in the order of the text), {@link java.util.List},
     *     {@link String}, {@link Number}, {@link Boolean} and null
     * @param options draft, white space, and what to do about keywords that cannot be enforced
     * @return the grammar and what it leaves to a validator
     * @throws SchemaException if the schema is malformed, asks for what cannot be enforced, or is too large
     */
    public static SchemaGrammar ofSchema(@Nullable Object schema, SchemaOptions options) {
        return SchemaCompiler.compile(schema, null, options);
    }

    /**
     * Makes a grammar of the objects that satisfy a schema, in a notation that is not JSON, for example the arguments of a tool
     * call that are written as tags.
     *
     * @param schema the schema, as in {@link #ofSchema}
     * @param notation how the object is written; its markup counts as text that is always allowed
     * @param options draft, white space, and what to do about keywords that cannot be enforced
     * @return the grammar and what it leaves to a validator
     * @throws SchemaException if the schema is malformed, asks for what cannot be enforced or written, or is too large
     */
    public static SchemaGrammar ofMembers(@Nullable Object schema, MemberNotation notation, SchemaOptions options) {
        return SchemaCompiler.compile(schema, Objects.requireNonNull(notation, "notation"), options);
    }

    /** {@return this grammar as part of another one} */
    Node asNode() {
        return new Node.Call(root);
    }

    /**
     * Makes a grammar of the texts that match a regular expression as a whole.
     *
     * @param pattern an ECMA-262 expression without look-around, back references and word boundaries
     * @return the grammar
     * @throws GrammarException if the pattern is malformed, not supported or too large
     */
    public static Grammar regex(String pattern) {
        GrammarLimits limits = GrammarLimits.defaults();
        return of(
                new Node.Text(RegexCompiler.compile(pattern, true, Regex.Reading.NARROW, limits), Escapes.NONE),
                limits);
    }

    /**
     * Makes a grammar of all JSON objects.
     *
     * @param whitespace the white space that may be written
     * @return the grammar
     */
    public static Grammar jsonObject(SchemaOptions.Whitespace whitespace) {
        SchemaOptions options = SchemaOptions.builder().whitespace(whitespace).build();
        return ofSchema(Map.of("type", "object"), options).grammar();
    }

    /**
     * Makes a grammar of exactly these texts.
     *
     * @param choices the texts, at least one
     * @return the grammar
     */
    public static Grammar choices(Collection<String> choices) {
        if (choices.isEmpty()) {
            throw new IllegalArgumentException("choices must not be empty");
        }
        return of(new Node.Text(Dfa.ofStrings(choices), Escapes.NONE), GrammarLimits.defaults());
    }

    /**
     * Puts a fixed text before.
     *
     * @param text the text
     * @return this grammar after the text
     */
    public Grammar precededBy(String text) {
        return of(Node.sequence(new Node.Literal(text), new Node.Call(root)), limits);
    }

    /**
     * Puts a fixed text after.
     *
     * @param text the text
     * @return this grammar before the text
     */
    public Grammar followedBy(String text) {
        return of(Node.sequence(new Node.Call(root), new Node.Literal(text)), limits);
    }

    /**
     * Makes a grammar of exactly this markup, in which the spelling of a control token stands for that token.
     *
     * @param markup text and spelled-out control tokens
     * @param vocabulary where control tokens are looked up
     * @return the grammar
     */
    public static Grammar markup(String markup, TokenVocabulary vocabulary) {
        List<Node> parts = new ArrayList<>();
        for (MarkupPiece piece : MarkupPiece.split(markup, vocabulary)) {
            parts.add(
                    switch (piece) {
                        case MarkupPiece.Control control ->
                            new Node.Token(new TokenTest(TokenTest.Kind.IS, control.id()));
                        case MarkupPiece.Text text -> new Node.Literal(text.text());
                    });
        }
        return of(Node.sequence(parts), GrammarLimits.defaults());
    }

    /**
     * Puts grammars one after another.
     *
     * @param parts the grammars; none make the grammar of the empty text
     * @return a grammar under the limits of the first
     */
    public static Grammar sequence(List<Grammar> parts) {
        return of(Node.sequence(calls(parts)), limitsOf(parts));
    }

    /**
     * Makes a grammar of the texts of any of these.
     *
     * @param options the grammars, at least one
     * @return a grammar under the limits of the first
     */
    public static Grammar anyOf(List<Grammar> options) {
        if (options.isEmpty()) {
            throw new IllegalArgumentException("options must not be empty");
        }
        return of(Node.choice(calls(options)), limitsOf(options));
    }

    private static List<Node> calls(List<Grammar> grammars) {
        return grammars.stream()
                .<Node>map(grammar -> new Node.Call(grammar.root))
                .toList();
    }

    private static GrammarLimits limitsOf(List<Grammar> grammars) {
        return grammars.isEmpty() ? GrammarLimits.defaults() : grammars.getFirst().limits;
    }

    /**
     * Makes a grammar of this one or nothing.
     *
     * @return the grammar
     */
    public Grammar optional() {
        return of(Node.optional(new Node.Call(root)), limits);
    }

    /**
     * Makes a grammar of this one, once or more often.
     *
     * @param separator what stands between two
     * @return the grammar
     */
    public Grammar repeated(Grammar separator) {
        Node more = Node.sequence(new Node.Call(separator.root), new Node.Call(root));
        return of(Node.sequence(new Node.Call(root), Node.repeat(more, 0, Node.Repeat.UNBOUNDED)), limits);
    }

    /**
     * Makes a grammar of free text that falls under this grammar once a marker appears, as for tool calls. Without a marker
     * any text is complete, unless the trigger requires one. Control tokens other than the trigger tokens may stand in free
     * text.
     *
     * @param trigger what to wait for
     * @return the lazy grammar
     */
    public Grammar after(LazyTrigger trigger) {
        Rule lazy = new Rule("lazy");
        Node rest = trigger.repeated() ? new Node.Call(lazy) : Node.empty();
        lazy.define(triggered(trigger, rest, false));
        return of(trigger.required() ? triggered(trigger, rest, true) : new Node.Call(lazy), limits);
    }

    /**
     * Makes a grammar of free text in which each of these marker texts is followed by what belongs to it. Control tokens may stand
     * in the free text.
     *
     * @param byMarker the markers, none of which contains another one, and what must follow them
     * @return the lazy grammar, under the limits of the first
     */
    public static Grammar afterAny(Map<String, Grammar> byMarker) {
        if (byMarker.isEmpty() || byMarker.containsKey("")) {
            throw new IllegalArgumentException("expected at least one marker, and no empty one");
        }
        List<String> markers = List.copyOf(byMarker.keySet());
        MarkerScanner scanner = new MarkerScanner(markers);
        Node free = new Node.Text(scanner.without(), Escapes.NONE);
        Rule lazy = new Rule("lazy");
        List<Node> options = new ArrayList<>();
        options.add(free);
        for (String marker : markers) {
            options.add(Node.sequence(
                    new Node.Text(scanner.until(marker), Escapes.NONE),
                    new Node.Call(Objects.requireNonNull(byMarker.get(marker)).root),
                    new Node.Call(lazy)));
        }
        Node controls = new Node.Token(new TokenTest(TokenTest.Kind.CONTROL_BUT, Set.of()));
        lazy.define(Node.sequence(
                Node.repeat(Node.sequence(free, controls), 0, Node.Repeat.UNBOUNDED), Node.choice(options)));
        return of(new Node.Call(lazy), limitsOf(List.copyOf(byMarker.values())));
    }

    private Node triggered(LazyTrigger trigger, Node rest, boolean required) {
        MarkerScanner scanner = new MarkerScanner(trigger.markers());
        Node free = new Node.Text(scanner.without(), Escapes.NONE);
        Node controls = new Node.Token(new TokenTest(TokenTest.Kind.CONTROL_BUT, trigger.tokens()));
        List<Node> options = new ArrayList<>();
        if (!required) {
            options.add(free);
        }
        if (!trigger.markers().isEmpty()) {
            options.add(Node.sequence(new Node.Text(scanner.until(), Escapes.NONE), new Node.Call(root), rest));
        }
        if (!trigger.tokens().isEmpty()) {
            Node token = new Node.Token(new TokenTest(TokenTest.Kind.IS, trigger.tokens()));
            options.add(Node.sequence(free, token, new Node.Call(root), rest));
        }
        return Node.sequence(
                Node.repeat(Node.sequence(free, controls), 0, Node.Repeat.UNBOUNDED), Node.choice(options));
    }

    /** {@return this grammar in GBNF, which llama.cpp reads too} */
    public String toGbnf() {
        return GbnfWriter.write(root);
    }

    /**
     * Prepares this grammar for a vocabulary. Masks are computed on demand and remembered in the result.
     *
     * @param vocabulary the tokens of the model
     * @return the compiled grammar, to be shared between requests
     */
    public CompiledGrammar compile(TokenVocabulary vocabulary) {
        return new CompiledGrammar(new Automaton(network, limits), vocabulary, limits);
    }
}
