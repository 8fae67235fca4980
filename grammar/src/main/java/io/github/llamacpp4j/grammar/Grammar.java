package io.github.llamacpp4j.grammar;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        return SchemaCompiler.compile(schema, options);
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
        return of(new Node.Text(RegexCompiler.compile(pattern, true, Regex.Reading.NARROW, limits), false), limits);
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
        return of(new Node.Text(Dfa.ofStrings(choices), false), GrammarLimits.defaults());
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
     * Makes a grammar of free text that falls under this grammar once a marker appears, as for tool calls. Without a marker
     * any text is complete. Control tokens other than the trigger tokens may stand in free text.
     *
     * @param trigger what to wait for
     * @return the lazy grammar
     */
    public Grammar after(LazyTrigger trigger) {
        MarkerScanner scanner = new MarkerScanner(trigger.markers());
        Rule lazy = new Rule("lazy");
        Node free = new Node.Text(scanner.without(), false);
        Node controls = new Node.Token(new TokenTest(TokenTest.Kind.CONTROL_BUT, trigger.tokens()));
        Node rest = trigger.repeated() ? new Node.Call(lazy) : Node.empty();
        List<Node> options = new ArrayList<>();
        options.add(free);
        if (!trigger.markers().isEmpty()) {
            options.add(Node.sequence(new Node.Text(scanner.until(), false), new Node.Call(root), rest));
        }
        if (!trigger.tokens().isEmpty()) {
            Node token = new Node.Token(new TokenTest(TokenTest.Kind.IS, trigger.tokens()));
            options.add(Node.sequence(free, token, new Node.Call(root), rest));
        }
        lazy.define(Node.sequence(
                Node.repeat(Node.sequence(free, controls), 0, Node.Repeat.UNBOUNDED), Node.choice(options)));
        return of(new Node.Call(lazy), limits);
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
        return new CompiledGrammar(new Automaton(network, limits), vocabulary);
    }
}
