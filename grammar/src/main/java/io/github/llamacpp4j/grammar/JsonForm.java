package io.github.llamacpp4j.grammar;

import java.util.function.Function;

/** JSON objects. */
final class JsonForm implements ObjectForm {
    private final JsonLayout layout;
    private final Spelling spelling;
    private final ShapeAlgebra algebra;
    private final Function<Conjunction, Node> values;

    JsonForm(JsonLayout layout, Spelling spelling, ShapeAlgebra algebra, Function<Conjunction, Node> values) {
        this.layout = layout;
        this.spelling = spelling;
        this.algebra = algebra;
        this.values = values;
    }

    @Override
    public Node open() {
        return layout.open("{");
    }

    @Override
    public Node close() {
        return layout.close("}");
    }

    @Override
    public Node separator() {
        return layout.comma();
    }

    @Override
    public Node empty() {
        return new Node.Literal("{}");
    }

    @Override
    public Node member(String name, Conjunction value) {
        Node key = spelling.name(name);
        return key.isNever() ? key : Node.sequence(key, layout.colon(), values.apply(value));
    }

    @Override
    public Node name(Dfa names) {
        return spelling.name(names, algebra);
    }

    @Override
    public Node member(Node name, Conjunction value) {
        return Node.sequence(name, layout.colon(), values.apply(value));
    }
}
