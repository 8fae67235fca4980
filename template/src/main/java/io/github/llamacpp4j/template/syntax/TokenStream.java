package io.github.llamacpp4j.template.syntax;

import java.util.List;

/** A walk over tokens with one token of look-ahead. Not thread-safe. */
final class TokenStream {
    private final List<Token> tokens;
    private int at;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token look() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = current();
        if (at < tokens.size() - 1) {
            at++;
        }
        return token;
    }

    boolean isOperator(String sign) {
        return current().isOperator(sign);
    }

    boolean isName(String name) {
        return current().isName(name);
    }

    boolean is(TokenType type) {
        return current().is(type);
    }

    boolean skipOperator(String sign) {
        boolean found = isOperator(sign);
        if (found) {
            next();
        }
        return found;
    }

    boolean skipName(String name) {
        boolean found = isName(name);
        if (found) {
            next();
        }
        return found;
    }

    Token expect(TokenType type) {
        if (!is(type)) {
            throw unexpected(type.word);
        }
        return next();
    }

    Token expectOperator(String sign) {
        if (!isOperator(sign)) {
            throw unexpected(sign);
        }
        return next();
    }

    Token expectName(String name) {
        if (!isName(name)) {
            throw unexpected(name);
        }
        return next();
    }

    private SyntaxError unexpected(String wanted) {
        Token token = current();
        return SyntaxError.at(
                token.offset(),
                token.is(TokenType.EOF)
                        ? "unexpected end of template, expected '" + wanted + "'."
                        : "expected token '" + wanted + "', got '" + token.description() + "'");
    }
}
