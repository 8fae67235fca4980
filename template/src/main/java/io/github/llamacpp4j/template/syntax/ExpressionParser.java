package io.github.llamacpp4j.template.syntax;

import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.Str;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions.
 *
 * <p>Two things are bounded: how deep the parser itself recurses, and how high the tree is that evaluation will descend
 * ({@code height} always holds the height of the expression parsed last), since a long chain of operators makes a high
 * tree without recursion here.
 */
final class ExpressionParser {
    private static final int HEIGHT_PER_NESTING = 4;

    private final TokenStream stream;
    private final int maxNesting;
    private int nesting;
    private int height;

    ExpressionParser(TokenStream stream, int maxNesting) {
        this.stream = stream;
        this.maxNesting = maxNesting;
    }

    void enter() {
        if (++nesting > maxNesting) {
            throw tooDeep();
        }
    }

    void leave() {
        nesting--;
    }

    private SyntaxError tooDeep() {
        return SyntaxError.limit(stream.current().offset(), "nested deeper than " + maxNesting + " levels");
    }

    private <E extends Expr> E over(int left, int right, E made) {
        height = Math.max(left, right) + 1;
        if (height > maxNesting * HEIGHT_PER_NESTING) {
            throw tooDeep();
        }
        return made;
    }

    Expr expression(boolean conditional) {
        enter();
        int offset = stream.current().offset();
        Expr parsed = binary(Precedence.NONE);
        if (conditional && stream.isName("if")) {
            parsed = conditional(parsed, offset);
        }
        leave();
        return parsed;
    }

    private Expr conditional(Expr first, int offset) {
        Expr value = first;
        while (stream.skipName("if")) {
            int tall = height;
            Expr test = binary(Precedence.NONE);
            tall = Math.max(tall, height);
            Expr otherwise = null;
            if (stream.skipName("else")) {
                otherwise = expression(true);
                tall = Math.max(tall, height);
            }
            value = over(tall, 0, new Expr.Conditional(test, value, otherwise, offset));
        }
        return value;
    }

    /** Operands joined by operators that bind tighter than {@code outer}, by precedence climbing. */
    private Expr binary(Precedence outer) {
        int offset = stream.current().offset();
        Expr left = outer.compareTo(Precedence.NOT) < 0 && stream.isName("not") ? not() : unary(true);
        Precedence level = precedence();
        while (level != null && level.compareTo(outer) > 0) {
            left = switch (level) {
                case COMPARE -> compare(left, offset);
                case CONCAT -> concat(left, offset);
                default -> pair(left, level, offset);
            };
            level = precedence();
        }
        return left;
    }

    private @Nullable Precedence precedence() {
        return Precedence.of(stream.current(), stream.look());
    }

    private Expr not() {
        int offset = stream.next().offset();
        enter();
        Expr operand = binary(Precedence.AND);
        leave();
        return over(height, 0, new Expr.Not(operand, offset));
    }

    private Expr pair(Expr left, Precedence level, int offset) {
        String operator = stream.next().text();
        int tall = height;
        Expr right = binary(level);
        return over(
                tall,
                height,
                switch (level) {
                    case OR -> new Expr.Or(left, right, offset);
                    case AND -> new Expr.And(left, right, offset);
                    default -> new Expr.Binary(operator, left, right, offset);
                });
    }

    private Expr compare(Expr first, int offset) {
        List<String> operators = new ArrayList<>(1);
        List<Expr> operands = new ArrayList<>(1);
        int tall = height;
        while (precedence() == Precedence.COMPARE) {
            String operator = stream.next().text();
            operators.add(operator.equals("not") && stream.skipName("in") ? "not in" : operator);
            operands.add(binary(Precedence.COMPARE));
            tall = Math.max(tall, height);
        }
        return over(tall, 0, new Expr.Compare(first, List.copyOf(operators), List.copyOf(operands), offset));
    }

    private Expr concat(Expr first, int offset) {
        List<Expr> parts = new ArrayList<>();
        parts.add(first);
        int tall = height;
        while (stream.skipOperator("~")) {
            parts.add(binary(Precedence.CONCAT));
            tall = Math.max(tall, height);
        }
        return over(tall, 0, new Expr.Concat(List.copyOf(parts), offset));
    }

    private Expr unary(boolean withFilter) {
        Token token = stream.current();
        Expr node;
        if (token.isOperator("-") || token.isOperator("+")) {
            stream.next();
            enter();
            Expr operand = unary(false);
            leave();
            node = over(height, 0, new Expr.Unary(token.text().charAt(0), operand, token.offset()));
        } else {
            node = stream.skipOperator("(") ? tuple(false, true, true, false) : primary(false);
        }
        node = postfix(node);
        return withFilter ? filters(node) : node;
    }

    Expr primary(boolean namespaceRef) {
        Token token = stream.current();
        height = 1;
        switch (token.type()) {
            case NAME -> {
                stream.next();
                return name(token, namespaceRef);
            }
            case STRING -> {
                stream.next();
                StringBuilder text = new StringBuilder(token.text());
                while (stream.is(TokenType.STRING)) {
                    text.append(stream.next().text());
                }
                return new Expr.Const(Str.of(text.toString()), token.offset());
            }
            case INTEGER, FLOAT -> {
                stream.next();
                return new Expr.Const(token.value(), token.offset());
            }
            default -> {}
        }
        if (stream.skipOperator("(")) {
            return tuple(false, true, true, false);
        }
        if (token.isOperator("[")) {
            return list();
        }
        if (token.isOperator("{")) {
            return dict();
        }
        throw SyntaxError.at(token.offset(), "unexpected '" + token.description() + "'");
    }

    private Expr name(Token token, boolean namespaceRef) {
        switch (token.text()) {
            case "true", "True" -> {
                return new Expr.Const(true, token.offset());
            }
            case "false", "False" -> {
                return new Expr.Const(false, token.offset());
            }
            case "none", "None" -> {
                return new Expr.Const(None.NONE, token.offset());
            }
            default -> {}
        }
        if (namespaceRef && stream.skipOperator(".")) {
            return new Expr.NamespaceRef(
                    token.text(), stream.expect(TokenType.NAME).text(), token.offset());
        }
        return new Expr.Name(token.text(), token.offset());
    }

    /**
     * A tuple, or the single expression it turns out to be.
     *
     * @param explicitParentheses whether one was opened before it, to be closed behind it; else it needs none
     */
    Expr tuple(boolean simplified, boolean conditional, boolean explicitParentheses, boolean namespaceRef) {
        int offset = stream.current().offset();
        List<Expr> items = new ArrayList<>();
        boolean isTuple = false;
        int tall = 0;
        while (true) {
            if (!items.isEmpty()) {
                stream.expectOperator(",");
            }
            if (isTupleEnd()) {
                break;
            }
            items.add(simplified ? primary(namespaceRef) : expression(conditional));
            tall = Math.max(tall, height);
            if (!stream.isOperator(",")) {
                break;
            }
            isTuple = true;
        }
        if (explicitParentheses) {
            stream.expectOperator(")");
        }
        if (!isTuple) {
            if (!items.isEmpty()) {
                return items.getFirst();
            }
            if (!explicitParentheses) {
                throw SyntaxError.at(
                        stream.current().offset(),
                        "Expected an expression, got '" + stream.current().description() + "'");
            }
        }
        return over(tall, 0, new Expr.Tuple(List.copyOf(items), offset));
    }

    /** As in Jinja 3.1, no name ends a tuple: behind a comma, {@code in} and {@code recursive} are variables. */
    private boolean isTupleEnd() {
        Token token = stream.current();
        return token.is(TokenType.VARIABLE_END) || token.is(TokenType.BLOCK_END) || token.isOperator(")");
    }

    private Expr list() {
        int offset = stream.expectOperator("[").offset();
        List<Expr> items = new ArrayList<>();
        int tall = 0;
        while (!stream.isOperator("]")) {
            if (!items.isEmpty()) {
                stream.expectOperator(",");
            }
            if (stream.isOperator("]")) {
                break;
            }
            items.add(expression(true));
            tall = Math.max(tall, height);
        }
        stream.expectOperator("]");
        return over(tall, 0, new Expr.Sequence(List.copyOf(items), offset));
    }

    private Expr dict() {
        int offset = stream.expectOperator("{").offset();
        List<Expr> keys = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        int tall = 0;
        while (!stream.isOperator("}")) {
            if (!keys.isEmpty()) {
                stream.expectOperator(",");
            }
            if (stream.isOperator("}")) {
                break;
            }
            keys.add(expression(true));
            tall = Math.max(tall, height);
            stream.expectOperator(":");
            values.add(expression(true));
            tall = Math.max(tall, height);
        }
        stream.expectOperator("}");
        return over(tall, 0, new Expr.Mapping(List.copyOf(keys), List.copyOf(values), offset));
    }

    private Expr postfix(Expr start) {
        Expr node = start;
        while (true) {
            if (stream.isOperator(".") || stream.isOperator("[")) {
                node = subscript(node);
            } else if (stream.isOperator("(")) {
                node = call(node);
            } else {
                return node;
            }
        }
    }

    private Expr filters(Expr start) {
        Expr node = start;
        while (true) {
            if (stream.isOperator("|")) {
                node = filter(node);
            } else if (stream.isName("is")) {
                node = test(node);
            } else if (stream.isOperator("(")) {
                node = call(node);
            } else {
                return node;
            }
        }
    }

    private Expr subscript(Expr object) {
        Token token = stream.next();
        int tall = height;
        if (token.isOperator(".")) {
            Token name = stream.next();
            if (name.is(TokenType.NAME)) {
                return over(tall, 0, new Expr.Attribute(object, name.text(), token.offset()));
            }
            if (!name.is(TokenType.INTEGER)) {
                throw SyntaxError.at(name.offset(), "expected name or number");
            }
            return over(tall, 1, new Expr.Item(object, new Expr.Const(name.value(), name.offset()), token.offset()));
        }
        List<Expr> keys = new ArrayList<>(1);
        while (!stream.isOperator("]")) {
            if (!keys.isEmpty()) {
                stream.expectOperator(",");
            }
            keys.add(subscribed());
            tall = Math.max(tall, height);
        }
        stream.expectOperator("]");
        Expr key = keys.size() == 1 ? keys.getFirst() : new Expr.Tuple(List.copyOf(keys), token.offset());
        return over(tall + 1, 0, new Expr.Item(object, key, token.offset()));
    }

    private Expr subscribed() {
        int offset = stream.current().offset();
        int tall = 0;
        Expr start = null;
        if (!stream.isOperator(":")) {
            start = expression(true);
            if (!stream.isOperator(":")) {
                return start;
            }
            tall = height;
        }
        stream.next();
        Expr stop = null;
        if (!stream.isOperator(":") && !stream.isOperator("]") && !stream.isOperator(",")) {
            stop = expression(true);
            tall = Math.max(tall, height);
        }
        Expr step = null;
        if (stream.skipOperator(":") && !stream.isOperator("]") && !stream.isOperator(",")) {
            step = expression(true);
            tall = Math.max(tall, height);
        }
        return over(tall, 0, new Expr.Slice(start, stop, step, offset));
    }

    private CallArguments arguments() {
        Token open = stream.expectOperator("(");
        List<Expr> positional = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Expr spread = null;
        Expr spreadNamed = null;
        int tall = 0;
        boolean first = true;
        while (!stream.isOperator(")")) {
            if (!first) {
                stream.expectOperator(",");
                if (stream.isOperator(")")) {
                    break;
                }
            }
            first = false;
            boolean valid;
            if (stream.skipOperator("*")) {
                valid = spread == null && spreadNamed == null;
                spread = expression(true);
            } else if (stream.skipOperator("**")) {
                valid = spreadNamed == null;
                spreadNamed = expression(true);
            } else if (stream.is(TokenType.NAME) && stream.look().isOperator("=")) {
                String name = stream.next().text();
                stream.next();
                valid = spreadNamed == null && seen.add(name);
                names.add(name);
                values.add(expression(true));
            } else {
                valid = spread == null && spreadNamed == null && names.isEmpty();
                positional.add(expression(true));
            }
            tall = Math.max(tall, height);
            if (!valid) {
                throw SyntaxError.at(open.offset(), "invalid syntax for function call expression");
            }
        }
        stream.expectOperator(")");
        height = tall;
        return new CallArguments(List.copyOf(positional), List.copyOf(names), List.copyOf(values), spread, spreadNamed);
    }

    private Expr.Call call(Expr callee) {
        int tall = height;
        int offset = stream.current().offset();
        CallArguments arguments = arguments();
        return over(tall, height, new Expr.Call(callee, arguments, offset));
    }

    private Expr filter(Expr operand) {
        stream.expectOperator("|");
        return filterNamed(operand);
    }

    private Expr.Filter filterNamed(@Nullable Expr operand) {
        int tall = operand == null ? 0 : height;
        Token token = stream.current();
        String name = dottedName();
        CallArguments arguments = CallArguments.NONE;
        if (stream.isOperator("(")) {
            arguments = arguments();
            tall = Math.max(tall, height);
        }
        return over(tall, 0, new Expr.Filter(operand, name, arguments, token.offset()));
    }

    /** The filters of a filter block or block set: the first has no operand. */
    Expr.Filter filterChain() {
        Expr.Filter filter = filterNamed(null);
        while (stream.skipOperator("|")) {
            filter = filterNamed(filter);
        }
        return filter;
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(stream.expect(TokenType.NAME).text());
        while (stream.skipOperator(".")) {
            name.append('.').append(stream.expect(TokenType.NAME).text());
        }
        return name.toString();
    }

    private Expr test(Expr operand) {
        int tall = height;
        int offset = stream.next().offset();
        boolean negated = stream.skipName("not");
        String name = dottedName();
        CallArguments arguments = CallArguments.NONE;
        if (stream.isOperator("(")) {
            arguments = arguments();
            tall = Math.max(tall, height);
        } else if (startsTestArgument()) {
            if (stream.isName("is")) {
                throw SyntaxError.at(stream.current().offset(), "You cannot chain multiple tests with is");
            }
            Expr argument = postfix(primary(false));
            tall = Math.max(tall, height);
            arguments = new CallArguments(List.of(argument), List.of(), List.of(), null, null);
        }
        Expr test = over(tall, 0, new Expr.Test(operand, name, arguments, offset));
        return negated ? over(height, 0, new Expr.Not(test, offset)) : test;
    }

    private boolean startsTestArgument() {
        Token token = stream.current();
        return switch (token.type()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, INTEGER, FLOAT -> true;
            default -> token.isOperator("[") || token.isOperator("{");
        };
    }
}
