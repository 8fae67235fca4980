package io.github.llamacpp4j.template.syntax;

import org.jspecify.annotations.Nullable;

/** How tightly operators bind, loosest first, in the order of Jinja's grammar. */
enum Precedence {
    /** Looser than every operator. */
    NONE,
    OR,
    AND,
    /** The prefix {@code not}; no operator between two operands has it. */
    NOT,
    COMPARE,
    SUM,
    CONCAT,
    PRODUCT,
    POWER;

    /** The precedence of the operator that {@code token} and the one after it begin; null if they begin none. */
    static @Nullable Precedence of(Token token, Token following) {
        return switch (token.type()) {
            case NAME ->
                switch (token.text()) {
                    case "or" -> OR;
                    case "and" -> AND;
                    case "in" -> COMPARE;
                    case "not" -> following.isName("in") ? COMPARE : null;
                    default -> null;
                };
            case OPERATOR ->
                switch (token.text()) {
                    case "==", "!=", "<", "<=", ">", ">=" -> COMPARE;
                    case "+", "-" -> SUM;
                    case "~" -> CONCAT;
                    case "*", "/", "//", "%" -> PRODUCT;
                    case "**" -> POWER;
                    default -> null;
                };
            default -> null;
        };
    }
}
