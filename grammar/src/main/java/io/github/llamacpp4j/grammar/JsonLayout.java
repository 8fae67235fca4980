package io.github.llamacpp4j.grammar;

/** The punctuation of JSON with the white space that a policy allows around it. */
final class JsonLayout {
    private static final Node GAP = Node.choice(
            Node.empty(),
            new Node.Literal(" "),
            Node.sequence(new Node.Literal("\n"), Node.repeat(new Node.Chars(CodePointSet.ofChars(" \t")), 0, 20)));

    private final SchemaOptions.Whitespace policy;

    JsonLayout(SchemaOptions.Whitespace policy) {
        this.policy = policy;
    }

    Node comma() {
        return separator(",");
    }

    Node colon() {
        return separator(":");
    }

    /** An opening bracket and what may follow it. */
    Node open(String bracket) {
        return policy == SchemaOptions.Whitespace.FREE
                ? Node.sequence(new Node.Literal(bracket), GAP)
                : new Node.Literal(bracket);
    }

    /** A closing bracket and what may stand before it. */
    Node close(String bracket) {
        return policy == SchemaOptions.Whitespace.FREE
                ? Node.sequence(GAP, new Node.Literal(bracket))
                : new Node.Literal(bracket);
    }

    private Node separator(String sign) {
        return switch (policy) {
            case COMPACT -> new Node.Literal(sign);
            case SINGLE_SPACE -> new Node.Literal(sign + " ");
            case OPTIONAL_SPACE -> Node.sequence(new Node.Literal(sign), Node.optional(new Node.Literal(" ")));
            case FREE -> Node.sequence(GAP, new Node.Literal(sign), GAP);
        };
    }
}
