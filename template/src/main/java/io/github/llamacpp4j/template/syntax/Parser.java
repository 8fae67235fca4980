package io.github.llamacpp4j.template.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Parses a template: text, print tags and statements. One instance parses once. */
public final class Parser {
    private final TokenStream stream;
    private final ExpressionParser expressions;
    private final Deque<String> openTags = new ArrayDeque<>();
    private final Deque<List<String>> endTags = new ArrayDeque<>();

    private Parser(TokenStream stream, int maxNesting) {
        this.stream = stream;
        this.expressions = new ExpressionParser(stream, maxNesting);
    }

    /**
     * The source as offsets refer to it: line ends are {@code \n}, one final line end is dropped.
     *
     * @param source the template
     */
    public static String normalise(String source) {
        return Lexer.normalise(source);
    }

    /**
     * Parses a normalised source.
     *
     * @param maxNesting how deep statements and expressions may nest
     */
    public static List<Stmt> parse(String normalisedSource, int maxNesting) {
        return new Parser(new TokenStream(Lexer.tokens(normalisedSource)), maxNesting).body(List.of());
    }

    /** Statements until one of the end tags, whose name is then the current token, or until the end of the source. */
    private List<Stmt> body(List<String> ends) {
        List<Stmt> body = new ArrayList<>();
        List<Expr> output = new ArrayList<>();
        while (!stream.is(TokenType.EOF)) {
            Token token = stream.next();
            switch (token.type()) {
                case DATA -> output.add(new Expr.Data(token.text(), token.offset()));
                case VARIABLE_BEGIN -> {
                    output.add(expressions.tuple(false, true, false, false));
                    stream.expect(TokenType.VARIABLE_END);
                }
                case BLOCK_BEGIN -> {
                    flush(output, body);
                    if (stream.is(TokenType.NAME)
                            && ends.contains(stream.current().text())) {
                        return List.copyOf(body);
                    }
                    body.add(statement());
                    stream.expect(TokenType.BLOCK_END);
                }
                default -> throw SyntaxError.at(token.offset(), "unexpected '" + token.description() + "'");
            }
        }
        flush(output, body);
        return List.copyOf(body);
    }

    private static void flush(List<Expr> output, List<Stmt> body) {
        if (!output.isEmpty()) {
            body.add(new Stmt.Output(List.copyOf(output), output.getFirst().offset()));
            output.clear();
        }
    }

    /** The body of a tag whose parts have been read, up to one of the end tags. */
    private List<Stmt> block(String... ends) {
        stream.skipOperator(":");
        stream.expect(TokenType.BLOCK_END);
        List<String> wanted = List.of(ends);
        endTags.push(wanted);
        expressions.enter();
        List<Stmt> body = body(wanted);
        expressions.leave();
        if (stream.is(TokenType.EOF)) {
            throw tagError(null, stream.current().offset());
        }
        endTags.pop();
        return body;
    }

    private List<Stmt> lastBlock(String end) {
        List<Stmt> body = block(end);
        stream.next();
        return body;
    }

    private Stmt statement() {
        Token token = stream.current();
        if (!token.is(TokenType.NAME)) {
            throw SyntaxError.at(token.offset(), "tag name expected");
        }
        openTags.push(token.text());
        Stmt statement = switch (token.text()) {
            case "for" -> parseFor();
            case "if" -> parseIf();
            case "set" -> parseSet();
            case "macro" -> parseMacro();
            case "call" -> parseCall();
            case "filter" -> parseFilter();
            case "with" -> parseWith();
            case "autoescape" -> parseAutoescape();
            case "block" -> parseBlock();
            case "print" -> parsePrint();
            case "include" -> parseInclude();
            case "import" -> parseImport();
            case "from" -> parseFrom();
            case "extends" ->
                new Stmt.Load(stream.next().text(), expressions.expression(true), false, List.of(), token.offset());
            case "break" -> new Stmt.Break(stream.next().offset());
            case "continue" -> new Stmt.Continue(stream.next().offset());
            case "generation" -> {
                stream.next();
                yield new Stmt.Generation(lastBlock("endgeneration"), token.offset());
            }
            default -> {
                openTags.pop();
                throw tagError(token.text(), token.offset());
            }
        };
        openTags.pop();
        return statement;
    }

    private SyntaxError tagError(@Nullable String unknown, int offset) {
        StringBuilder message = new StringBuilder(
                unknown == null ? "Unexpected end of template." : "Encountered unknown tag '" + unknown + "'.");
        List<String> wanted = endTags.peek();
        if (wanted != null) {
            String looking = wanted.stream().map(tag -> "'" + tag + "'").collect(Collectors.joining(" or "));
            boolean misplaced = unknown != null && endTags.stream().anyMatch(tags -> tags.contains(unknown));
            message.append(
                    misplaced
                            ? " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for "
                                    + looking + "."
                            : " Jinja was looking for the following tags: " + looking + ".");
        }
        String innermost = openTags.peek();
        if (innermost != null) {
            message.append(" The innermost block that needs to be closed is '")
                    .append(innermost)
                    .append("'.");
        }
        return SyntaxError.at(offset, message.toString());
    }

    private Expr target(boolean namespaceRef) {
        return assignable(expressions.tuple(true, true, false, namespaceRef));
    }

    private static Expr assignable(Expr target) {
        switch (target) {
            case Expr.Name name -> {}
            case Expr.NamespaceRef ref -> {}
            case Expr.Tuple tuple -> tuple.items().forEach(Parser::assignable);
            default ->
                throw SyntaxError.at(
                        target.offset(),
                        "can't assign to '" + target.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT)
                                + "'");
        }
        return target;
    }

    private Expr.Name targetName() {
        Token token = stream.expect(TokenType.NAME);
        return switch (token.text()) {
            case "true", "false", "none", "True", "False", "None" ->
                throw SyntaxError.at(token.offset(), "can't assign to 'name'");
            default -> new Expr.Name(token.text(), token.offset());
        };
    }

    private Stmt parseFor() {
        int offset = stream.next().offset();
        Expr target = target(false);
        stream.expectName("in");
        Expr iterable = expressions.tuple(false, false, false, false);
        Expr test = stream.skipName("if") ? expressions.expression(true) : null;
        boolean recursive = stream.skipName("recursive");
        List<Stmt> body = block("endfor", "else");
        List<Stmt> otherwise = stream.next().isName("endfor") ? List.of() : lastBlock("endfor");
        return new Stmt.For(target, iterable, body, otherwise, test, recursive, offset);
    }

    private Stmt parseIf() {
        int offset = stream.next().offset();
        Expr test = expressions.tuple(false, false, false, false);
        List<Stmt> body = block("elif", "else", "endif");
        List<Stmt.If> elifs = new ArrayList<>();
        Token end = stream.next();
        while (end.isName("elif")) {
            int at = stream.current().offset();
            Expr elifTest = expressions.tuple(false, false, false, false);
            elifs.add(new Stmt.If(elifTest, block("elif", "else", "endif"), List.of(), List.of(), at));
            end = stream.next();
        }
        List<Stmt> otherwise = end.isName("else") ? lastBlock("endif") : List.of();
        return new Stmt.If(test, body, List.copyOf(elifs), otherwise, offset);
    }

    private Stmt parseSet() {
        int offset = stream.next().offset();
        Expr target = target(true);
        if (stream.skipOperator("=")) {
            return new Stmt.Assign(target, expressions.tuple(false, true, false, false), offset);
        }
        Expr.Filter filter = stream.skipOperator("|") ? expressions.filterChain() : null;
        return new Stmt.AssignBlock(target, filter, lastBlock("endset"), offset);
    }

    private Stmt.Signature signature() {
        stream.expectOperator("(");
        List<Expr.Name> parameters = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        while (!stream.isOperator(")")) {
            if (!parameters.isEmpty()) {
                stream.expectOperator(",");
            }
            Expr.Name parameter = targetName();
            if (!seen.add(parameter.name())) {
                throw SyntaxError.at(parameter.offset(), "duplicate argument '" + parameter.name() + "'");
            }
            if (stream.skipOperator("=")) {
                defaults.add(expressions.expression(true));
            } else if (!defaults.isEmpty()) {
                throw SyntaxError.at(stream.current().offset(), "non-default argument follows default argument");
            }
            parameters.add(parameter);
        }
        stream.expectOperator(")");
        return new Stmt.Signature(List.copyOf(parameters), List.copyOf(defaults));
    }

    private Stmt parseMacro() {
        int offset = stream.next().offset();
        String name = targetName().name();
        Stmt.Signature signature = signature();
        return new Stmt.Macro(name, signature, lastBlock("endmacro"), offset);
    }

    private Stmt parseCall() {
        int offset = stream.next().offset();
        Stmt.Signature signature = stream.isOperator("(") ? signature() : Stmt.Signature.EMPTY;
        if (!(expressions.expression(true) instanceof Expr.Call call)) {
            throw SyntaxError.at(offset, "expected call");
        }
        return new Stmt.CallBlock(call, signature, lastBlock("endcall"), offset);
    }

    private Stmt parseFilter() {
        int offset = stream.next().offset();
        Expr.Filter filter = expressions.filterChain();
        return new Stmt.FilterBlock(filter, lastBlock("endfilter"), offset);
    }

    private Stmt parseWith() {
        int offset = stream.next().offset();
        List<Expr> targets = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!stream.is(TokenType.BLOCK_END)) {
            if (!targets.isEmpty()) {
                stream.expectOperator(",");
            }
            targets.add(target(false));
            stream.expectOperator("=");
            values.add(expressions.expression(true));
        }
        return new Stmt.With(List.copyOf(targets), List.copyOf(values), lastBlock("endwith"), offset);
    }

    private Stmt parseAutoescape() {
        int offset = stream.next().offset();
        Expr on = expressions.expression(true);
        return new Stmt.Autoescape(on, lastBlock("endautoescape"), offset);
    }

    private Stmt parseBlock() {
        int offset = stream.next().offset();
        String name = stream.expect(TokenType.NAME).text();
        boolean scoped = stream.skipName("scoped");
        boolean required = stream.skipName("required");
        if (stream.isOperator("-")) {
            throw SyntaxError.at(
                    stream.current().offset(),
                    "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.");
        }
        List<Stmt> body = lastBlock("endblock");
        if (required && !body.stream().allMatch(Parser::isBlank)) {
            throw SyntaxError.at(stream.current().offset(), "Required blocks can only contain comments or whitespace");
        }
        stream.skipName(name);
        return new Stmt.Block(name, body, scoped, required, offset);
    }

    private static boolean isBlank(Stmt statement) {
        return statement instanceof Stmt.Output output
                && output.parts().stream()
                        .allMatch(part ->
                                part instanceof Expr.Data data && data.text().isBlank());
    }

    private Stmt parsePrint() {
        int offset = stream.next().offset();
        List<Expr> parts = new ArrayList<>();
        while (!stream.is(TokenType.BLOCK_END)) {
            if (!parts.isEmpty()) {
                stream.expectOperator(",");
            }
            parts.add(expressions.expression(true));
        }
        return new Stmt.Output(List.copyOf(parts), offset);
    }

    private boolean skipContext() {
        boolean found = (stream.isName("with") || stream.isName("without"))
                && stream.look().isName("context");
        if (found) {
            stream.next();
            stream.next();
        }
        return found;
    }

    private Stmt parseInclude() {
        int offset = stream.next().offset();
        Expr template = expressions.expression(true);
        boolean ignoreMissing = stream.isName("ignore") && stream.look().isName("missing");
        if (ignoreMissing) {
            stream.next();
            stream.next();
        }
        skipContext();
        return new Stmt.Load("include", template, ignoreMissing, List.of(), offset);
    }

    private Stmt parseImport() {
        int offset = stream.next().offset();
        Expr template = expressions.expression(true);
        stream.expectName("as");
        String target = targetName().name();
        skipContext();
        return new Stmt.Load("import", template, false, List.of(target), offset);
    }

    private Stmt parseFrom() {
        int offset = stream.next().offset();
        Expr template = expressions.expression(true);
        stream.expectName("import");
        List<String> targets = new ArrayList<>();
        do {
            if (stream.is(TokenType.NAME) && skipContext()) {
                break;
            }
            Token token = stream.expect(TokenType.NAME);
            if (token.text().startsWith("_")) {
                throw SyntaxError.at(token.offset(), "names starting with an underline can not be imported");
            }
            targets.add(stream.skipName("as") ? targetName().name() : token.text());
        } while (!skipContext() && stream.skipOperator(","));
        return new Stmt.Load("from", template, false, List.copyOf(targets), offset);
    }
}
