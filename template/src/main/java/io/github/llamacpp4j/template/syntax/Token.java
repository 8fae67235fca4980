package io.github.llamacpp4j.template.syntax;

/**
 * One token.
 *
 * @param type its type
 * @param text a name, an operator, decoded string text, or template data
 * @param value the value of a number literal, else the text
 * @param offset where it starts in the normalised source
 */
record Token(TokenType type, String text, Object value, int offset) {
    boolean is(TokenType wanted) {
        return type == wanted;
    }

    boolean isOperator(String sign) {
        return type == TokenType.OPERATOR && text.equals(sign);
    }

    boolean isName(String name) {
        return type == TokenType.NAME && text.equals(name);
    }

    String description() {
        return type == TokenType.NAME || type == TokenType.OPERATOR ? text : type.word;
    }
}
