package io.github.llamacpp4j.chat;

import java.util.ArrayList;
import java.util.List;

/** Reads calls that are a name followed by the arguments as one value. */
final class NamedCallReader implements CallReader {
    private enum State {
        OPEN,
        NAME,
        MIDDLE,
        ID,
        ARGUMENTS,
        AFTER,
        NEXT
    }

    static final int MAX_NAME = 512;
    private static final String FENCE = "```";
    private static final String FUNCTION_TYPE = "function";

    private final ToolSyntax.Named syntax;
    private final Source source;
    private final CallSink calls;
    private final Markers nameEnds;
    private final boolean single;
    private State state;
    private String name;
    private String id = "";
    private boolean begun;
    private int nameStart = -1;
    private StringBuilder value = new StringBuilder();
    private ValueScanner scanner;

    /** @param name the name, if it was read already; then the block is this one call */
    NamedCallReader(ToolSyntax.Named syntax, Source source, CallSink calls, String name) {
        this.syntax = syntax;
        this.source = source;
        this.calls = calls;
        this.name = name;
        this.single = !name.isEmpty();
        this.state = single ? State.MIDDLE : State.OPEN;
        this.scanner = new ValueScanner(syntax.dialect(), value);
        List<String> ends = new ArrayList<>(syntax.nameEnds());
        ends.add("{");
        if (!syntax.idOpen().isEmpty()) {
            ends.add(syntax.idOpen());
        }
        if (!syntax.idEnd().isEmpty()) {
            ends.add(syntax.idEnd());
        }
        this.nameEnds = new Markers(ends);
    }

    @Override
    public boolean betweenCalls() {
        return state == State.AFTER || state == State.NEXT;
    }

    @Override
    public Step step() {
        return switch (state) {
            case OPEN -> open();
            case NAME -> name();
            case MIDDLE -> middle();
            case ID -> id();
            case ARGUMENTS -> arguments();
            case AFTER -> after();
            case NEXT -> next();
        };
    }

    private Step go(State next) {
        state = next;
        return Step.GO;
    }

    private Step open() {
        source.skipSpace();
        if (source.exhausted()) {
            return Step.MORE;
        }
        return switch (source.take(syntax.callOpen())) {
            case YES -> startName();
            case MORE -> Step.MORE;
            case NO -> Step.REJECT;
        };
    }

    private Step startName() {
        id = "";
        name = "";
        begun = false;
        nameStart = source.position();
        return go(State.NAME);
    }

    private Step name() {
        Markers.Find find = nameEnds.find(source, source.position());
        if (find.index() - nameStart > MAX_NAME) {
            source.moveTo(Math.max(source.position(), nameStart + MAX_NAME));
            return Step.REJECT;
        }
        source.moveTo(find.index());
        if (find.literal() == null) {
            return Step.MORE;
        }
        String read = source.slice(nameStart, find.index()).strip();
        if (find.literal().equals(syntax.idEnd())) {
            id = read;
            source.moveTo(find.index() + find.literal().length());
            nameStart = source.position();
            return Step.GO;
        }
        name = read;
        return go(State.MIDDLE);
    }

    private Step middle() {
        source.skipSpace();
        if (source.exhausted()) {
            return Step.MORE;
        }
        if (source.current() == '{') {
            if (!begun && !begin()) {
                return Step.REJECT;
            }
            value = new StringBuilder();
            scanner = new ValueScanner(syntax.dialect(), value);
            return go(State.ARGUMENTS);
        }
        if (!syntax.idOpen().isEmpty()) {
            Source.Match match = source.take(syntax.idOpen());
            if (match == Source.Match.YES) {
                nameStart = source.position();
                return go(State.ID);
            }
            if (match == Source.Match.MORE) {
                return Step.MORE;
            }
        }
        for (String filler : syntax.fillers()) {
            Source.Match match = source.take(filler);
            if (match != Source.Match.NO) {
                return match == Source.Match.YES ? Step.GO : Step.MORE;
            }
        }
        if (!begun && name.equals(FUNCTION_TYPE)) {
            nameStart = source.position();
            return go(State.NAME);
        }
        return Step.REJECT;
    }

    /** Kimi writes {@code functions.name:index}, which is the id as well. */
    private boolean begin() {
        String called = name;
        if (called.startsWith("functions.")) {
            called = called.substring("functions.".length());
        }
        int colon = called.lastIndexOf(':');
        boolean indexed = colon > 0 && called.chars().skip(colon + 1L).allMatch(Character::isDigit);
        if (indexed) {
            called = called.substring(0, colon);
        }
        begun = calls.begin(called, indexed ? name : id);
        return begun;
    }

    private Step id() {
        Markers.Find find = new Markers(syntax.fillers()).find(source, source.position());
        if (find.index() - nameStart > MAX_NAME) {
            return Step.REJECT;
        }
        source.moveTo(find.index());
        if (find.literal() == null) {
            return Step.MORE;
        }
        id = source.slice(nameStart, find.index()).strip();
        return go(State.MIDDLE);
    }

    private Step arguments() {
        int end = source.length();
        int index = source.position();
        ValueScanner.Status status = ValueScanner.Status.RUNNING;
        while (index < end && status == ValueScanner.Status.RUNNING) {
            status = scanner.accept(source.at(index));
            index += status == ValueScanner.Status.ERROR ? 0 : 1;
        }
        source.moveTo(index);
        calls.arguments(value);
        value.setLength(0);
        if (status == ValueScanner.Status.RUNNING) {
            return Step.MORE;
        }
        if (status != ValueScanner.Status.DONE || !calls.complete()) {
            return Step.REJECT;
        }
        source.markAt(source.position());
        return go(State.AFTER);
    }

    private Step after() {
        int before = source.position();
        source.skipSpace();
        if (source.exhausted()) {
            return Step.MORE;
        }
        Source.Match fence = source.current() == '`' ? source.take(FENCE) : Source.Match.NO;
        if (fence != Source.Match.NO) {
            return fence == Source.Match.YES ? Step.GO : Step.MORE;
        }
        if (!syntax.callClose().isEmpty()) {
            Source.Match close = source.take(syntax.callClose());
            if (close != Source.Match.NO) {
                return close == Source.Match.YES ? go(State.NEXT) : Step.MORE;
            }
        }
        source.moveTo(before);
        return go(State.NEXT);
    }

    private Step next() {
        if (single) {
            return Step.DONE;
        }
        source.skipSpace();
        if (source.exhausted()) {
            return Step.MORE;
        }
        Source.Match end = syntax.end().isEmpty() ? Source.Match.NO : source.take(syntax.end());
        if (end == Source.Match.YES) {
            return Step.DONE;
        }
        Source.Match open = syntax.callOpen().isEmpty() ? Source.Match.NO : source.take(syntax.callOpen());
        if (open == Source.Match.YES) {
            return startName();
        }
        return end == Source.Match.MORE || open == Source.Match.MORE ? Step.MORE : Step.DONE;
    }
}
