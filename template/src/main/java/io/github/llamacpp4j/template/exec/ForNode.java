package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A {@code for} loop. */
final class ForNode extends StmtNode {
    /** The condition of a loop: a function of its own, since it runs while the loop looks ahead. */
    record Condition(FunctionScope function, EnterScope enter, Target target, ExprNode test) {}

    /** The function that a recursive loop is. */
    record Recursive(FunctionScope function, boolean markup, int weight) {}

    /** What a loop consists of. */
    record Parts(
            ExprNode iterable,
            Target target,
            EnterScope enter,
            StmtNode body,
            EnterScope enterElse,
            @Nullable StmtNode otherwise,
            @Nullable Condition condition,
            @Nullable Recursive recursive,
            int loopSlot) {}

    private final Parts parts;

    ForNode(Parts parts) {
        this.parts = parts;
    }

    @Override
    Outcome run(Activation a, StrBuilder out) {
        Object iterable = parts.iterable.eval(a);
        Recursive recursive = parts.recursive;
        if (recursive == null) {
            return loop(a, a, out, iterable, null, 0);
        }
        out.append(recurse(a, recursive, iterable, 0));
        return Outcome.NEXT;
    }

    private Str recurse(Activation outer, Recursive recursive, Object iterable, int depth0) {
        Env env = outer.env;
        env.budget().enter(recursive.weight);
        Activation inner = new Activation(recursive.function.size(), outer, outer.scope, env);
        StrBuilder out = new StrBuilder();
        loop(inner, outer, out, iterable, (items, depth) -> recurse(outer, recursive, items, depth), depth0);
        env.budget().leave(recursive.weight);
        return env.checked(out.toStr()).asMarkup(recursive.markup);
    }

    private Outcome loop(
            Activation a,
            Activation around,
            StrBuilder out,
            Object iterable,
            LoopContext.@Nullable Recursion recursion,
            int depth0) {
        Iterator<Object> items = Operators.iterate(a.env, iterable);
        boolean filtered = parts.condition != null;
        if (parts.condition != null) {
            items = filtered(around, items, parts.condition);
        }
        boolean completed;
        if (parts.loopSlot >= 0) {
            int length = filtered ? -1 : Operators.length(iterable);
            LoopContext loop = new LoopContext(a.env, items, length, recursion, depth0);
            completed = extended(a, out, loop);
        } else {
            completed = plain(a, out, items);
        }
        parts.enter.leave(a);
        StmtNode otherwise = parts.otherwise;
        if (completed || otherwise == null) {
            return Outcome.NEXT;
        }
        parts.enterElse.run(a);
        Outcome outcome = otherwise.run(a, out);
        parts.enterElse.leave(a);
        return outcome;
    }

    /** Whether any pass came to its end, which is what Jinja's {@code else} asks. */
    private boolean plain(Activation a, StrBuilder out, Iterator<Object> items) {
        boolean completed = false;
        while (items.hasNext()) {
            Object item = items.next();
            a.env.budget().step();
            parts.target.assign(a, item);
            parts.enter.run(a);
            Outcome outcome = parts.body.run(a, out);
            if (outcome == Outcome.BREAK) {
                break;
            }
            completed |= outcome == Outcome.NEXT;
        }
        return completed;
    }

    private boolean extended(Activation a, StrBuilder out, LoopContext loop) {
        boolean completed = false;
        while (loop.hasNext()) {
            Object item = loop.next();
            a.env.budget().step();
            parts.target.assign(a, item);
            a.slots[parts.loopSlot] = loop;
            parts.enter.run(a);
            Outcome outcome = parts.body.run(a, out);
            if (outcome == Outcome.BREAK) {
                break;
            }
            completed |= outcome == Outcome.NEXT;
        }
        return completed;
    }

    private static Iterator<Object> filtered(Activation around, Iterator<Object> items, Condition condition) {
        Activation a = new Activation(condition.function.size(), around, around.scope, around.env);
        condition.enter.run(a);
        return new Iterator<>() {
            private @Nullable Object ready;

            @Override
            public boolean hasNext() {
                while (ready == null && items.hasNext()) {
                    a.env.budget().step();
                    Object item = items.next();
                    condition.target.assign(a, item);
                    if (condition.test.test(a)) {
                        ready = condition.target.rebuilt(a, item);
                    }
                }
                return ready != null;
            }

            @Override
            public Object next() {
                Object item = hasNext() ? ready : null;
                if (item == null) {
                    throw new NoSuchElementException();
                }
                ready = null;
                return item;
            }
        };
    }
}
