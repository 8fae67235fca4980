package io.github.llamacpp4j.chat;

import java.util.HashSet;
import java.util.Set;

/** Reads calls whose arguments are elements. Text is shown as it comes, every other value when it is whole. */
final class ElementCallReader implements CallReader {
    private enum State {
        OPEN,
        NAME,
        BODY,
        KEY,
        VALUE,
        NEXT
    }

    private static final String TAG_END = ">";

    private final ToolSyntax.Elements syntax;
    private final Source source;
    private final CallSink calls;
    private final DelimitedName read;
    private final Set<String> seen = new HashSet<>();
    private State state = State.OPEN;
    private ElementValue value;

    ElementCallReader(ToolSyntax.Elements syntax, Source source, CallSink calls) {
        this.syntax = syntax;
        this.source = source;
        this.calls = calls;
        this.read = new DelimitedName(source);
        this.value = new ElementValue(syntax.mark(), "", source, calls);
    }

    @Override
    public boolean betweenCalls() {
        return state == State.NEXT;
    }

    @Override
    public Step step() {
        if (state != State.NAME && state != State.KEY && state != State.VALUE) {
            source.skipSpace();
            if (source.exhausted()) {
                return Step.MORE;
            }
        }
        return switch (state) {
            case OPEN -> expect(syntax.callOpen(), State.NAME);
            case NAME -> name();
            case BODY -> body();
            case KEY -> key();
            case VALUE -> value();
            case NEXT -> next();
        };
    }

    private Step go(State next) {
        state = next;
        read.begin();
        return Step.GO;
    }

    private Step expect(String literal, State next) {
        return switch (source.take(literal)) {
            case YES -> go(next);
            case MORE -> Step.MORE;
            case NO -> Step.REJECT;
        };
    }

    private Step name() {
        Step found = read.find(ToolSyntax.Elements.NAME_END);
        if (found != Step.DONE) {
            return found;
        }
        seen.clear();
        return calls.begin(read.take(ToolSyntax.Elements.NAME_END), "") ? go(State.BODY) : Step.REJECT;
    }

    private Step body() {
        Source.Match close = source.take(syntax.callClose());
        if (close != Source.Match.NO) {
            return close == Source.Match.YES ? complete() : Step.MORE;
        }
        return expect(syntax.mark() + '<', State.KEY);
    }

    private Step key() {
        Step found = read.find(TAG_END);
        if (found != Step.DONE) {
            return found;
        }
        String key = read.take(TAG_END);
        if (!ElementValue.isKey(key) || !seen.add(key)) {
            return Step.REJECT;
        }
        calls.arguments((seen.size() == 1 ? "{" : ",") + JsonText.quote(key) + ':');
        value = new ElementValue(syntax.mark(), key, source, calls);
        return go(State.VALUE);
    }

    private Step value() {
        Step step = value.step();
        return step == Step.DONE ? go(State.BODY) : step;
    }

    private Step complete() {
        calls.arguments(seen.isEmpty() ? "{}" : "}");
        if (!calls.complete()) {
            return Step.REJECT;
        }
        source.markAt(source.position());
        return go(State.NEXT);
    }

    private Step next() {
        Source.Match end = source.take(syntax.end());
        if (end == Source.Match.YES) {
            return Step.DONE;
        }
        Source.Match open = source.take(syntax.callOpen());
        if (open == Source.Match.YES) {
            return go(State.NAME);
        }
        return end == Source.Match.MORE || open == Source.Match.MORE ? Step.MORE : Step.DONE;
    }
}
