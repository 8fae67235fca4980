package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.syntax.Expr;
import io.github.llamacpp4j.template.syntax.Stmt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Walks whole subtrees for the names in them. */
final class NameWalker {
    private NameWalker() {}

    /** The names that an expression reads, in evaluation order. */
    static void names(Expr expression, Consumer<String> action) {
        for (Expr each : within(expression)) {
            if (each instanceof Expr.Name name) {
                action.accept(name.name());
            } else if (each instanceof Expr.NamespaceRef ref) {
                action.accept(ref.name());
            }
        }
    }

    /** An expression and all that it is made of, each before its parts, which are in evaluation order. Deep ones take no stack. */
    static List<Expr> within(Expr expression) {
        List<Expr> all = new ArrayList<>();
        Deque<Expr> waiting = new ArrayDeque<>();
        waiting.push(expression);
        while (!waiting.isEmpty()) {
            Expr next = waiting.pop();
            all.add(next);
            children(next).reversed().forEach(waiting::push);
        }
        return all;
    }

    private static List<Expr> children(Expr expression) {
        List<Expr> children = new ArrayList<>();
        switch (expression) {
            case Expr.Const e -> {}
            case Expr.Data e -> {}
            case Expr.Name e -> {}
            case Expr.NamespaceRef e -> {}
            case Expr.Tuple e -> children.addAll(e.items());
            case Expr.Sequence e -> children.addAll(e.items());
            case Expr.Mapping e -> {
                for (int i = 0; i < e.keys().size(); i++) {
                    children.add(e.keys().get(i));
                    children.add(e.values().get(i));
                }
            }
            case Expr.Conditional e -> {
                children.add(e.test());
                children.add(e.then());
                add(children, e.otherwise());
            }
            case Expr.Filter e -> {
                add(children, e.operand());
                children.addAll(e.arguments().all());
            }
            case Expr.Test e -> {
                children.add(e.operand());
                children.addAll(e.arguments().all());
            }
            case Expr.Call e -> {
                children.add(e.callee());
                children.addAll(e.arguments().all());
            }
            case Expr.Attribute e -> children.add(e.object());
            case Expr.Item e -> {
                children.add(e.object());
                children.add(e.key());
            }
            case Expr.Slice e -> {
                add(children, e.start());
                add(children, e.stop());
                add(children, e.step());
            }
            case Expr.Concat e -> children.addAll(e.parts());
            case Expr.Compare e -> {
                children.add(e.first());
                children.addAll(e.operands());
            }
            case Expr.Binary e -> {
                children.add(e.left());
                children.add(e.right());
            }
            case Expr.And e -> {
                children.add(e.left());
                children.add(e.right());
            }
            case Expr.Or e -> {
                children.add(e.left());
                children.add(e.right());
            }
            case Expr.Not e -> children.add(e.operand());
            case Expr.Unary e -> children.add(e.operand());
        }
        return children;
    }

    private static void add(List<Expr> children, @org.jspecify.annotations.Nullable Expr child) {
        if (child != null) {
            children.add(child);
        }
    }

    /** Which of the special names a body reads before anything in it writes them, blocks left out. */
    static Set<String> undeclared(List<Stmt> body, String... names) {
        Undeclared search = new Undeclared(new HashSet<>(List.of(names)));
        search.statements(body);
        return search.found;
    }

    private static final class Undeclared {
        private final Set<String> wanted;
        private final Set<String> found = new HashSet<>();

        Undeclared(Set<String> wanted) {
            this.wanted = wanted;
        }

        void statements(List<? extends Stmt> body) {
            body.forEach(this::statement);
        }

        private void read(Expr expression) {
            for (Expr each : within(expression)) {
                if (each instanceof Expr.Name name && wanted.contains(name.name())) {
                    found.add(name.name());
                }
            }
        }

        private void write(Expr target) {
            switch (target) {
                case Expr.Name name -> wanted.remove(name.name());
                case Expr.Tuple tuple -> tuple.items().forEach(this::write);
                default -> {}
            }
        }

        private void signature(Stmt.Signature signature) {
            signature.parameters().forEach(this::write);
            signature.defaults().forEach(this::read);
        }

        private void statement(Stmt statement) {
            switch (statement) {
                case Stmt.Output s -> s.parts().forEach(this::read);
                case Stmt.For s -> {
                    write(s.target());
                    read(s.iterable());
                    statements(s.body());
                    statements(s.otherwise());
                    if (s.test() != null) {
                        read(s.test());
                    }
                }
                case Stmt.If s -> {
                    read(s.test());
                    statements(s.body());
                    statements(s.elifs());
                    statements(s.otherwise());
                }
                case Stmt.Macro s -> {
                    signature(s.signature());
                    statements(s.body());
                }
                case Stmt.CallBlock s -> {
                    read(s.call());
                    signature(s.signature());
                    statements(s.body());
                }
                case Stmt.Generation s -> statements(s.body());
                case Stmt.FilterBlock s -> {
                    statements(s.body());
                    read(s.filter());
                }
                case Stmt.With s -> {
                    s.targets().forEach(this::write);
                    s.values().forEach(this::read);
                    statements(s.body());
                }
                case Stmt.Autoescape s -> {
                    read(s.on());
                    statements(s.body());
                }
                case Stmt.Assign s -> {
                    write(s.target());
                    read(s.value());
                }
                case Stmt.AssignBlock s -> {
                    write(s.target());
                    if (s.filter() != null) {
                        read(s.filter());
                    }
                    statements(s.body());
                }
                case Stmt.Load s -> read(s.template());
                case Stmt.Block s -> {}
                case Stmt.Break s -> {}
                case Stmt.Continue s -> {}
            }
        }
    }

    /** All statements under these, themselves included, in source order. */
    static void each(List<? extends Stmt> statements, Consumer<Stmt> action) {
        for (Stmt statement : statements) {
            action.accept(statement);
            bodies(statement).forEach(body -> each(body, action));
        }
    }

    private static List<List<? extends Stmt>> bodies(Stmt statement) {
        return switch (statement) {
            case Stmt.For s -> List.of(s.body(), s.otherwise());
            case Stmt.If s -> List.of(s.body(), s.elifs(), s.otherwise());
            case Stmt.Macro s -> List.of(s.body());
            case Stmt.CallBlock s -> List.of(s.body());
            case Stmt.Generation s -> List.of(s.body());
            case Stmt.FilterBlock s -> List.of(s.body());
            case Stmt.With s -> List.of(s.body());
            case Stmt.Autoescape s -> List.of(s.body());
            case Stmt.Block s -> List.of(s.body());
            case Stmt.AssignBlock s -> List.of(s.body());
            default -> List.of();
        };
    }
}
