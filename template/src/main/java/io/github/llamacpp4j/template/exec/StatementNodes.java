package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyList;
import io.github.llamacpp4j.template.value.PyTuple;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;
import java.util.HashMap;
import java.util.Map;

/** The statements that are neither output, loop nor macro. */
final class StatementNodes {
    private StatementNodes() {}

    /** Prints a value that must be text already. */
    static void print(Object value, StrBuilder out) {
        if (value instanceof Str s) {
            out.append(s);
        } else {
            out.appendFault(
                    PyError.runtime("sequence item 0: expected str instance, " + Text.typeName(value) + " found"));
        }
    }

    static final class If extends StmtNode {
        private final ExprNode[] tests;
        private final StmtNode[] bodies;
        private final StmtNode otherwise;

        If(ExprNode[] tests, StmtNode[] bodies, StmtNode otherwise) {
            this.tests = tests;
            this.bodies = bodies;
            this.otherwise = otherwise;
        }

        @Override
        Outcome run(Activation a, StrBuilder out) {
            for (int i = 0; i < tests.length; i++) {
                if (tests[i].test(a)) {
                    return bodies[i].run(a, out);
                }
            }
            return otherwise.run(a, out);
        }
    }

    static final class Jump extends StmtNode {
        private final Outcome outcome;

        Jump(Outcome outcome) {
            this.outcome = outcome;
        }

        @Override
        Outcome run(Activation a, StrBuilder out) {
            return outcome;
        }
    }

    static final class Assign extends StmtNode {
        private final Target target;
        private final ExprNode value;

        Assign(Target target, ExprNode value) {
            this.target = target;
            this.value = value;
        }

        @Override
        Outcome run(Activation a, StrBuilder out) {
            target.check(a);
            target.assign(a, value.eval(a));
            return Outcome.NEXT;
        }
    }

    /** Runs a body and keeps what it prints in a slot. */
    abstract static class Capture extends StmtNode {
        private final EnterScope enter;
        private final StmtNode body;

        Capture(EnterScope enter, StmtNode body) {
            this.enter = enter;
            this.body = body;
        }

        @Override
        final Outcome run(Activation a, StrBuilder out) {
            enter.run(a);
            StrBuilder captured = new StrBuilder();
            Outcome outcome = body.run(a, captured);
            if (outcome == Outcome.NEXT) {
                Str text = a.env.checked(captured.toStr());
                finish(a, text, out);
                enter.leave(a);
            }
            return outcome;
        }

        abstract void finish(Activation a, Str captured, StrBuilder out);
    }

    /** A block set; a filter finds the captured text in a slot of its own. */
    static final class AssignBlock extends Capture {
        private final Target target;
        private final int capturedSlot;
        private final ExprNode value;
        private final OutputNode.Escape escape;

        AssignBlock(
                EnterScope enter,
                StmtNode body,
                Target target,
                int capturedSlot,
                ExprNode value,
                OutputNode.Escape escape) {
            super(enter, body);
            this.target = target;
            this.capturedSlot = capturedSlot;
            this.value = value;
            this.escape = escape;
        }

        @Override
        void finish(Activation a, Str captured, StrBuilder out) {
            a.slots[capturedSlot] = captured.asMarkup(isSafe(a, escape));
            Object result = value.eval(a);
            target.check(a);
            target.assign(a, a.env.autoescape() ? Text.soft(a.env, result).asMarkup() : result);
        }
    }

    private static boolean isSafe(Activation a, OutputNode.Escape escape) {
        return escape == OutputNode.Escape.ON || (escape == OutputNode.Escape.DYNAMIC && a.env.autoescape());
    }

    static final class FilterBlock extends Capture {
        private final int capturedSlot;
        private final ExprNode value;
        private final OutputNode.Escape escape;

        FilterBlock(EnterScope enter, StmtNode body, int capturedSlot, ExprNode value, OutputNode.Escape escape) {
            super(enter, body);
            this.capturedSlot = capturedSlot;
            this.value = value;
            this.escape = escape;
        }

        @Override
        void finish(Activation a, Str captured, StrBuilder out) {
            a.slots[capturedSlot] = captured.asMarkup(isSafe(a, escape));
            print(value.eval(a), out);
        }
    }

    static final class With extends StmtNode {
        private final EnterScope enter;
        private final Target[] targets;
        private final ExprNode[] values;
        private final StmtNode body;

        With(EnterScope enter, Target[] targets, ExprNode[] values, StmtNode body) {
            this.enter = enter;
            this.targets = targets;
            this.values = values;
            this.body = body;
        }

        @Override
        Outcome run(Activation a, StrBuilder out) {
            enter.run(a);
            for (int i = 0; i < targets.length; i++) {
                targets[i].assign(a, values[i].eval(a));
            }
            Outcome outcome = body.run(a, out);
            enter.leave(a);
            return outcome;
        }
    }

    static final class Autoescape extends StmtNode {
        private final EnterScope enter;
        private final ExprNode on;
        private final StmtNode body;

        Autoescape(EnterScope enter, ExprNode on, StmtNode body) {
            this.enter = enter;
            this.on = on;
            this.body = body;
        }

        @Override
        Outcome run(Activation a, StrBuilder out) {
            enter.run(a);
            boolean before = a.env.autoescape();
            a.env.autoescape(on.test(a));
            Outcome outcome = body.run(a, out);
            a.env.autoescape(before);
            enter.leave(a);
            return outcome;
        }
    }

    /** Calls a block where it stands. */
    static final class Block extends StmtNode {
        private final String name;
        private final boolean required;
        private final Map<String, ExprNode> locals;

        Block(String name, boolean required, Map<String, ExprNode> locals) {
            this.name = name;
            this.required = required;
            this.locals = locals;
        }

        @Override
        Outcome run(Activation a, StrBuilder out) {
            if (required) {
                throw PyError.runtime("Required block '" + name + "' not found");
            }
            Scope scope = a.scope;
            if (!locals.isEmpty()) {
                Map<String, Object> values = new HashMap<>();
                locals.forEach((local, value) -> {
                    Object current = value.eval(a);
                    if (!(current instanceof Undefined)) {
                        values.put(local, current);
                    }
                });
                scope = scope.derived(values);
            }
            CompiledBlock block = a.scope.blocks().get(name);
            if (block != null) {
                block.run(a.env, scope, out);
            }
            return Outcome.NEXT;
        }
    }

    /** {@code include}, {@code import}, {@code extends}: refused, since there is nowhere to load from. */
    static final class Load extends StmtNode {
        private final String tag;
        private final ExprNode template;
        private final boolean ignoreMissing;

        Load(String tag, ExprNode template, boolean ignoreMissing) {
            this.tag = tag;
            this.template = template;
            this.ignoreMissing = ignoreMissing;
        }

        @Override
        Outcome run(Activation a, StrBuilder out) {
            Object name = template.eval(a);
            if (tag.equals("include")) {
                if (name instanceof Undefined u) {
                    throw u.error();
                }
                boolean empty = (name instanceof PyList || name instanceof PyTuple) && !Operators.truthy(name);
                if (empty && ignoreMissing) {
                    return Outcome.NEXT;
                }
            }
            throw PyError.runtime("'" + tag + "' cannot load a template: no loader for this environment specified");
        }
    }
}
