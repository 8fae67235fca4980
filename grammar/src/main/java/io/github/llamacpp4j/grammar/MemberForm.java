package io.github.llamacpp4j.grammar;

import io.github.llamacpp4j.grammar.MemberNotation.Style;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An object in a {@link MemberNotation}. */
final class MemberForm implements ObjectForm {
    /** What may be read as JSON: brackets, quotes, numbers and words, after white space. */
    private static final String JSON_LIKE =
            "[\\s\\u0000-\\u0020\\u0085]*([\\[{\"'0-9-][\\s\\S]*|(true|false|null)[\\s\\u0000-\\u0020\\u0085]*)";

    private static final Dfa PLAIN_TEXT = RegexCompiler.compile(
                    JSON_LIKE, true, Regex.Reading.WIDE, GrammarLimits.defaults())
            .complement();

    private final MemberNotation notation;
    private final Spelling spelling;
    private final ShapeAlgebra algebra;
    private final SchemaCompiler compiler;

    MemberForm(MemberNotation notation, Spelling spelling, ShapeAlgebra algebra, SchemaCompiler compiler) {
        this.notation = notation;
        this.spelling = spelling;
        this.algebra = algebra;
        this.compiler = compiler;
    }

    @Override
    public Node open() {
        return notation.first().asNode();
    }

    @Override
    public Node close() {
        return notation.last().asNode();
    }

    @Override
    public Node separator() {
        return notation.separator().asNode();
    }

    @Override
    public Node empty() {
        Grammar none = notation.none();
        return none == null ? Node.never() : none.asNode();
    }

    @Override
    public Node member(String name, Conjunction value) {
        if (!notation.names().accepts(name) || !spelling.allows(name)) {
            return Node.never();
        }
        return Node.sequence(new Node.Literal(name), value(value, notation.style(name)));
    }

    @Override
    public Node name(Dfa names) {
        Dfa writable = algebra.intersect(names, notation.names());
        return writable.isEmpty() ? Node.never() : new Node.Text(writable, Escapes.NONE);
    }

    @Override
    public Node member(Node name, Conjunction value) {
        Style style = notation.style("");
        return Node.sequence(name, value(value, style));
    }

    private Node value(Conjunction value, Style style) {
        Node beforeValue = notation.beforeValue().asNode();
        Node beforeText = notation.beforeText().asNode();
        return switch (style) {
            case VALUE -> Node.sequence(beforeValue, compiler.value(value));
            case TEXT -> Node.sequence(beforeText, text(value, null));
            case TEXT_OR_VALUE ->
                Node.choice(
                        Node.sequence(beforeValue, compiler.value(value)),
                        Node.sequence(beforeText, text(value, PLAIN_TEXT)));
            case MARKED ->
                Node.choice(
                        Node.sequence(beforeText, text(value, null)),
                        Node.sequence(beforeValue, compiler.valueBut(value, Shape.STRING)));
        };
    }

    /** The strings among the values, without quotes, if {@code within} allows them. */
    private Node text(Conjunction value, @Nullable Dfa within) {
        List<Node> options = new ArrayList<>();
        for (Shape shape : algebra.resolved(value)) {
            if (shape.values() != null) {
                for (Object each : shape.values()) {
                    if (each instanceof String text
                            && spelling.allows(text)
                            && (within == null || within.accepts(text))) {
                        options.add(new Node.Literal(text));
                    }
                }
            } else if (shape.has(Shape.STRING) && !(shape.objects().isClosed() && !shape.typed())) {
                Dfa texts = compiler.texts(shape.strings());
                Dfa kept = within == null ? texts : algebra.intersect(texts, within);
                if (!kept.isEmpty()) {
                    options.add(new Node.Text(kept, Escapes.NONE));
                }
            }
        }
        return Node.choice(options);
    }
}
