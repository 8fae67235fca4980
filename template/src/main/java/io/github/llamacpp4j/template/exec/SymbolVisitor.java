package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.syntax.Expr;
import io.github.llamacpp4j.template.syntax.Stmt;
import java.util.List;

/** Collects the names that statements use in one scope, without looking into the scopes they open. */
final class SymbolVisitor {
    private Symbols symbols;

    SymbolVisitor(Symbols symbols) {
        this.symbols = symbols;
    }

    void statements(List<? extends Stmt> statements) {
        statements.forEach(this::statement);
    }

    private void statement(Stmt statement) {
        switch (statement) {
            case Stmt.Output s -> s.parts().forEach(this::read);
            case Stmt.For s -> read(s.iterable());
            case Stmt.If s -> branches(s);
            case Stmt.Macro s -> symbols.store(s.name());
            case Stmt.CallBlock s -> read(s.call());
            case Stmt.FilterBlock s -> read(s.filter());
            case Stmt.With s -> s.values().forEach(this::read);
            case Stmt.Assign s -> {
                read(s.value());
                write(s.target());
            }
            case Stmt.AssignBlock s -> write(s.target());
            case Stmt.Load s -> {
                read(s.template());
                s.targets().forEach(symbols::store);
            }
            case Stmt.Generation s -> {}
            case Stmt.Autoescape s -> {}
            case Stmt.Block s -> {}
            case Stmt.Break s -> {}
            case Stmt.Continue s -> {}
        }
    }

    private void branches(Stmt.If s) {
        read(s.test());
        Symbols original = symbols;
        Symbols body = branch(original, s.body());
        Symbols elifs = branch(original, s.elifs());
        Symbols otherwise = branch(original, s.otherwise());
        symbols = original;
        original.merge(List.of(body, elifs, otherwise));
    }

    private Symbols branch(Symbols original, List<? extends Stmt> statements) {
        Symbols branch = original.branch();
        symbols = branch;
        statements(statements);
        return branch;
    }

    void read(Expr expression) {
        NameWalker.names(expression, name -> symbols.load(name));
    }

    void write(Expr target) {
        switch (target) {
            case Expr.Name name -> symbols.store(name.name());
            case Expr.NamespaceRef ref -> symbols.load(ref.name());
            case Expr.Tuple tuple -> tuple.items().forEach(this::write);
            default -> read(target);
        }
    }

    void parameter(Expr target) {
        switch (target) {
            case Expr.Name name -> symbols.parameter(name.name());
            case Expr.NamespaceRef ref -> symbols.load(ref.name());
            case Expr.Tuple tuple -> tuple.items().forEach(this::parameter);
            default -> read(target);
        }
    }
}
