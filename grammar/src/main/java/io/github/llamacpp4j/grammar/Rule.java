package io.github.llamacpp4j.grammar;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A named production. Its body is set once, after creation, so that rules can refer to each other. */
final class Rule {
    private final String name;
    private int line;
    private int column;
    private @Nullable Node body;

    Rule(String name) {
        this.name = name;
    }

    Rule(String name, Node body) {
        this(name);
        define(body);
    }

    String name() {
        return name;
    }

    int line() {
        return line;
    }

    int column() {
        return column;
    }

    boolean isDefined() {
        return body != null;
    }

    Node body() {
        return Objects.requireNonNull(body, name);
    }

    void define(Node node) {
        define(node, 0, 0);
    }

    void define(Node node, int atLine, int atColumn) {
        if (body != null) {
            throw new IllegalStateException("rule " + name + " is defined already");
        }
        body = node;
        line = atLine;
        column = atColumn;
    }
}
