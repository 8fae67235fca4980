package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.exec.OutputNode.Escape;
import io.github.llamacpp4j.template.syntax.Expr;
import io.github.llamacpp4j.template.syntax.Stmt;
import io.github.llamacpp4j.template.syntax.SyntaxError;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * Compiles statements: decides which scope each name belongs to, as Jinja's compiler does, and gives each a slot. One
 * instance compiles one template.
 */
public final class Compiler {
    private final Map<String, Stmt.Block> blocks = new LinkedHashMap<>();
    private final StackMeter meter = new StackMeter();
    private final ExprCompiler expressions;
    private final boolean exports;
    private Escape escape = Escape.OFF;

    private Compiler(List<Stmt> template, IntUnaryOperator lineOf) {
        NameWalker.each(template, statement -> {
            if (statement instanceof Stmt.Block block && blocks.put(block.name(), block) != null) {
                throw SyntaxError.at(block.offset(), "block '" + block.name() + "' defined twice");
            }
        });
        exports = !blocks.isEmpty();
        expressions = new ExprCompiler(meter, lineOf, exports);
    }

    /**
     * Compiles a template.
     *
     * @param template its statements
     * @param lineOf the line of a source offset
     */
    public static Program compile(List<Stmt> template, IntUnaryOperator lineOf) {
        return new Compiler(template, lineOf).program(template);
    }

    private Program program(List<Stmt> template) {
        long outer = meter.enterFunction();
        FunctionScope function = new FunctionScope(null);
        Symbols symbols = Symbols.root(function);
        boolean usesSelf = !NameWalker.undeclared(template, "self").isEmpty();
        int selfSlot = usesSelf ? symbols.parameter("self").slot() : -1;
        new SymbolVisitor(symbols).statements(template);
        Frame frame = new Frame(symbols, function, true, false, false);
        BodyNode body = body(template, frame);
        Map<String, CompiledBlock> compiled = new HashMap<>();
        EnterScope enter = EnterScope.of(symbols, function);
        blocks.values().forEach(block -> compiled.put(block.name(), block(block)));
        return new Program(function, enter, body, Map.copyOf(compiled), selfSlot, meter.leaveFunction(outer));
    }

    private CompiledBlock block(Stmt.Block block) {
        long outer = meter.enterFunction();
        escape = Escape.OFF;
        FunctionScope function = new FunctionScope(null);
        Symbols symbols = Symbols.root(function);
        Set<String> special = NameWalker.undeclared(block.body(), "self", "super");
        int selfSlot = special.contains("self") ? symbols.parameter("self").slot() : -1;
        int superSlot = special.contains("super") ? symbols.parameter("super").slot() : -1;
        new SymbolVisitor(symbols).statements(block.body());
        BodyNode body = body(block.body(), new Frame(symbols, function, false, false, false));
        EnterScope enter = EnterScope.of(symbols, function);
        return new CompiledBlock(block.name(), function, enter, body, selfSlot, superSlot, meter.leaveFunction(outer));
    }

    private ExprNode expr(Expr expression, Frame frame) {
        return expressions.compile(expression, frame, escape);
    }

    private BodyNode body(List<Stmt> statements, Frame frame) {
        meter.enter();
        List<StmtNode> nodes = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        for (Stmt statement : statements) {
            nodes.add(statement(statement, frame));
            offsets.add(statement.offset());
        }
        meter.leave();
        return new BodyNode(
                nodes.toArray(StmtNode[]::new),
                offsets.stream().mapToInt(i -> i).toArray());
    }

    private StmtNode statement(Stmt statement, Frame frame) {
        meter.enter();
        StmtNode node = switch (statement) {
            case Stmt.Output s -> output(s, frame);
            case Stmt.For s -> loop(s, frame);
            case Stmt.If s -> branches(s, frame.branch());
            case Stmt.Macro s -> macro(s, frame);
            case Stmt.CallBlock s -> callBlock(s, frame);
            case Stmt.Generation s -> generation(s, frame);
            case Stmt.FilterBlock s -> filterBlock(s, frame);
            case Stmt.With s -> with(s, frame);
            case Stmt.Autoescape s -> autoescape(s, frame);
            case Stmt.Block s -> blockCall(s, frame);
            case Stmt.Assign s ->
                new StatementNodes.Assign(expressions.target(s.target(), frame), expr(s.value(), frame));
            case Stmt.AssignBlock s -> assignBlock(s, frame);
            case Stmt.Break s -> jump(s, StmtNode.Outcome.BREAK, frame);
            case Stmt.Continue s -> jump(s, StmtNode.Outcome.CONTINUE, frame);
            case Stmt.Load s -> load(s, frame);
        };
        meter.leave();
        return node;
    }

    private OutputNode output(Stmt.Output s, Frame frame) {
        Object[] parts = new Object[s.parts().size()];
        int[] offsets = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            Expr part = s.parts().get(i);
            offsets[i] = part.offset();
            boolean plainText = escape != Escape.ON && part instanceof Expr.Const c && c.value() instanceof Str;
            parts[i] = part instanceof Expr.Data data
                    ? data.text()
                    : plainText && part instanceof Expr.Const c
                            ? c.value().toString()
                            : (Object) expressions.printed(part, frame, escape);
        }
        return new OutputNode(parts, offsets, escape);
    }

    private static StmtNode jump(Stmt statement, StmtNode.Outcome outcome, Frame frame) {
        if (!frame.inLoop()) {
            throw SyntaxError.at(
                    statement.offset(),
                    outcome == StmtNode.Outcome.BREAK ? "'break' outside loop" : "'continue' not properly in loop");
        }
        return new StatementNodes.Jump(outcome);
    }

    private StmtNode branches(Stmt.If s, Frame frame) {
        List<Stmt.If> all = new ArrayList<>();
        all.add(s);
        all.addAll(s.elifs());
        ExprNode[] tests = new ExprNode[all.size()];
        StmtNode[] bodies = new StmtNode[all.size()];
        for (int i = 0; i < tests.length; i++) {
            tests[i] = expr(all.get(i).test(), frame);
            bodies[i] = body(all.get(i).body(), frame);
        }
        return new StatementNodes.If(tests, bodies, body(s.otherwise(), frame));
    }

    private StmtNode load(Stmt.Load s, Frame frame) {
        if (s.tag().equals("extends") && !frame.topLevel()) {
            throw SyntaxError.at(s.offset(), "cannot use extend from a non top-level scope");
        }
        return new StatementNodes.Load(s.tag(), expr(s.template(), frame), s.ignoreMissing());
    }

    private StmtNode blockCall(Stmt.Block s, Frame frame) {
        Map<String, ExprNode> locals = new HashMap<>();
        if (s.scoped()) {
            frame.symbols()
                    .stored()
                    .keySet()
                    .forEach(name -> locals.put(name, expressions.variable(name, s.offset(), frame)));
        }
        return new StatementNodes.Block(s.name(), s.required(), Map.copyOf(locals));
    }

    private StmtNode loop(Stmt.For s, Frame frame) {
        boolean usesLoop =
                s.recursive() || !NameWalker.undeclared(s.body(), "loop").isEmpty();
        List<Boolean> scopedBlocks = new ArrayList<>();
        NameWalker.each(List.of(s), inner -> {
            checkLoopTarget(inner);
            if (inner instanceof Stmt.Block block && block.scoped()) {
                scopedBlocks.add(true);
            }
        });
        Frame loopFrame = (s.recursive() ? frame.innerFunction() : frame.inner()).looping();
        Symbols symbols = loopFrame.symbols();
        int loopSlot =
                usesLoop || !scopedBlocks.isEmpty() ? symbols.parameter("loop").slot() : -1;
        SymbolVisitor visitor = new SymbolVisitor(symbols);
        visitor.parameter(s.target());
        visitor.statements(s.body());

        ForNode.Condition condition = s.test() == null ? null : condition(s.target(), s.test(), frame);
        ExprNode iterable = expr(s.iterable(), frame);
        long outer = s.recursive() ? meter.enterFunction() : 0;
        Target target = expressions.target(s.target(), loopFrame);
        BodyNode body = body(s.body(), loopFrame);
        Frame elseFrame = s.recursive()
                ? new Frame(frame.symbols().inner(loopFrame.function()), loopFrame.function(), false, false, false)
                : frame.inner();
        new SymbolVisitor(elseFrame.symbols()).statements(s.otherwise());
        StmtNode otherwise = s.otherwise().isEmpty() ? null : body(s.otherwise(), elseFrame);
        EnterScope enter = EnterScope.of(symbols, loopFrame.function());
        EnterScope enterElse = EnterScope.of(elseFrame.symbols(), loopFrame.function());
        ForNode.Recursive recursive = !s.recursive()
                ? null
                : new ForNode.Recursive(loopFrame.function(), escape == Escape.ON, meter.leaveFunction(outer));
        return new ForNode(
                new ForNode.Parts(iterable, target, enter, body, enterElse, otherwise, condition, recursive, loopSlot));
    }

    private ForNode.Condition condition(Expr target, Expr test, Frame frame) {
        Frame testFrame = frame.innerFunction();
        SymbolVisitor visitor = new SymbolVisitor(testFrame.symbols());
        visitor.parameter(target);
        visitor.read(test);
        return new ForNode.Condition(
                testFrame.function(),
                EnterScope.of(testFrame.symbols(), testFrame.function()),
                expressions.target(target, testFrame),
                expr(test, testFrame));
    }

    private static void checkLoopTarget(Stmt statement) {
        switch (statement) {
            case Stmt.For s -> checkLoopTarget(s.target());
            case Stmt.Assign s -> checkLoopTarget(s.target());
            case Stmt.AssignBlock s -> checkLoopTarget(s.target());
            default -> {}
        }
    }

    private static void checkLoopTarget(Expr target) {
        if (target instanceof Expr.Name name && name.name().equals("loop")) {
            throw SyntaxError.at(target.offset(), "Can't assign to special loop variable in for-loop target");
        }
        if (target instanceof Expr.Tuple tuple) {
            tuple.items().forEach(Compiler::checkLoopTarget);
        }
    }

    private MacroNode macroBody(String name, Stmt.Signature signature, List<Stmt> statements, int offset, Frame frame) {
        Frame inner = frame.innerFunction();
        Symbols symbols = inner.symbols();
        SymbolVisitor visitor = new SymbolVisitor(symbols);
        signature.parameters().forEach(visitor::parameter);
        signature.defaults().forEach(visitor::read);
        visitor.statements(statements);

        Set<String> undeclared = NameWalker.undeclared(statements, "caller", "kwargs", "varargs");
        List<String> names =
                signature.parameters().stream().map(Expr.Name::name).toList();
        int firstDefault = names.size() - signature.defaults().size();
        int caller = -1;
        if (undeclared.contains("caller")) {
            int explicit = names.indexOf("caller");
            if (explicit >= 0 && explicit < firstDefault) {
                throw SyntaxError.at(
                        offset,
                        "When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.");
            }
            caller = explicit >= 0 ? -1 : symbols.parameter("caller").slot();
        }
        int kwargs = special("kwargs", undeclared, names, symbols);
        int varargs = special("varargs", undeclared, names, symbols);

        long outer = meter.enterFunction();
        List<MacroNode.Parameter> parameters = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Ref ref = symbols.find(names.get(i));
            if (ref == null) {
                throw new IllegalStateException("a parameter that was not analysed: " + names.get(i));
            }
            ExprNode otherwise = i < firstDefault
                    ? MacroNode.notProvided(names.get(i))
                    : expr(signature.defaults().get(i - firstDefault), inner);
            parameters.add(new MacroNode.Parameter(names.get(i), ref.slot(), otherwise));
        }
        BodyNode body = body(statements, inner);
        return new MacroNode(
                name,
                List.copyOf(parameters),
                new MacroNode.Special(caller, kwargs, varargs),
                inner.function(),
                EnterScope.of(symbols, inner.function()),
                body,
                meter.leaveFunction(outer));
    }

    private static int special(String name, Set<String> undeclared, List<String> parameters, Symbols symbols) {
        boolean wanted = undeclared.contains(name) && !parameters.contains(name);
        return wanted ? symbols.parameter(name).slot() : -1;
    }

    private StmtNode macro(Stmt.Macro s, Frame frame) {
        MacroNode macro = macroBody(s.name(), s.signature(), s.body(), s.offset(), frame);
        Target target = expressions.target(new Expr.Name(s.name(), s.offset()), frame);
        return new StmtNode() {
            @Override
            Outcome run(Activation a, StrBuilder out) {
                target.assign(a, new Macro(macro, a));
                return Outcome.NEXT;
            }
        };
    }

    private StmtNode callBlock(Stmt.CallBlock s, Frame frame) {
        MacroNode caller = macroBody("", s.signature(), s.body(), s.offset(), frame);
        CallNodes.Call call = expressions.plainCall(s.call(), frame, escape);
        return new StmtNode() {
            @Override
            Outcome run(Activation a, StrBuilder out) {
                StatementNodes.print(call.evalWith("caller", new Macro(caller, a), a), out);
                return Outcome.NEXT;
            }
        };
    }

    private StmtNode generation(Stmt.Generation s, Frame frame) {
        MacroNode caller = macroBody("", Stmt.Signature.EMPTY, s.body(), s.offset(), frame);
        return new StmtNode() {
            @Override
            Outcome run(Activation a, StrBuilder out) {
                StatementNodes.print(
                        new Macro(caller, a).call(a.env, io.github.llamacpp4j.template.value.Arguments.NONE), out);
                return Outcome.NEXT;
            }
        };
    }

    private StmtNode filterBlock(Stmt.FilterBlock s, Frame frame) {
        Frame inner = frame.inner();
        SymbolVisitor visitor = new SymbolVisitor(inner.symbols());
        visitor.statements(s.body());
        visitor.read(s.filter());
        BodyNode body = body(s.body(), inner);
        int slot = frame.function().freshSlot();
        ExprNode value = expressions.filter(s.filter(), new ValueNodes.Local(slot, "captured"), inner, escape);
        EnterScope enter = EnterScope.of(inner.symbols(), inner.function());
        return new StatementNodes.FilterBlock(enter, body, slot, value, escape);
    }

    private StmtNode assignBlock(Stmt.AssignBlock s, Frame frame) {
        Frame inner = frame.inner();
        new SymbolVisitor(inner.symbols()).statements(s.body());
        BodyNode body = body(s.body(), inner);
        int slot = frame.function().freshSlot();
        ExprNode captured = new ValueNodes.Local(slot, "captured");
        ExprNode value = s.filter() == null ? captured : expressions.filter(s.filter(), captured, inner, escape);
        EnterScope enter = EnterScope.of(inner.symbols(), inner.function());
        return new StatementNodes.AssignBlock(enter, body, expressions.target(s.target(), frame), slot, value, escape);
    }

    private StmtNode with(Stmt.With s, Frame frame) {
        Frame inner = frame.inner();
        SymbolVisitor visitor = new SymbolVisitor(inner.symbols());
        s.targets().forEach(visitor::parameter);
        visitor.statements(s.body());
        Target[] targets = s.targets().stream()
                .map(target -> expressions.target(target, inner))
                .toArray(Target[]::new);
        ExprNode[] values = s.values().stream().map(value -> expr(value, frame)).toArray(ExprNode[]::new);
        BodyNode body = body(s.body(), inner);
        return new StatementNodes.With(EnterScope.of(inner.symbols(), inner.function()), targets, values, body);
    }

    private StmtNode autoescape(Stmt.Autoescape s, Frame frame) {
        Frame inner = frame.inner();
        SymbolVisitor visitor = new SymbolVisitor(inner.symbols());
        visitor.read(s.on());
        visitor.statements(s.body());
        ExprNode on = expr(s.on(), inner);
        Escape before = escape;
        escape = s.on() instanceof Expr.Const constant
                ? (Operators.truthy(constant.value()) ? Escape.ON : Escape.OFF)
                : Escape.DYNAMIC;
        BodyNode body = body(s.body(), inner);
        escape = before;
        return new StatementNodes.Autoescape(EnterScope.of(inner.symbols(), inner.function()), on, body);
    }
}
