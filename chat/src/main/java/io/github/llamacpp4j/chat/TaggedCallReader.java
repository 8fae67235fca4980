package io.github.llamacpp4j.chat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Reads calls that are tags with a tag, or a JSON object, for the arguments. */
final class TaggedCallReader implements CallReader {
    private enum State {
        OPEN,
        NAME,
        TAG,
        BODY,
        ARGUMENT_NAME,
        ARGUMENT_TAG,
        VALUE_OPEN,
        VALUE,
        OBJECT,
        CLOSE,
        NEXT
    }

    private static final Set<String> STRING_ATTRIBUTES = Set.of("string=\"true\"", "type=\"string\"");

    private final ToolSyntax.Tagged syntax;
    private final Source source;
    private final CallSink calls;
    private final DelimitedName read;
    private final Set<String> seen = new HashSet<>();
    private State state = State.OPEN;
    private String argument = "";
    private String attributes = "";
    private TaggedValue value;
    private StringBuilder json = new StringBuilder();
    private ValueScanner scanner = new ValueScanner(ValueScanner.Dialect.JSON, json);

    TaggedCallReader(ToolSyntax.Tagged syntax, Source source, CallSink calls) {
        this.syntax = syntax;
        this.source = source;
        this.calls = calls;
        this.read = new DelimitedName(source);
        this.value = new TaggedValue(syntax, source, calls, ArgumentTypes.ANY);
    }

    @Override
    public boolean betweenCalls() {
        return state == State.NEXT;
    }

    @Override
    public Step step() {
        return switch (state) {
            case OPEN -> open();
            case NAME -> syntax.nameIsBare() ? bareName() : name();
            case TAG -> tag(State.BODY);
            case BODY -> body();
            case ARGUMENT_NAME -> argumentName();
            case ARGUMENT_TAG -> tag(State.VALUE_OPEN);
            case VALUE_OPEN -> valueOpen();
            case VALUE -> value();
            case OBJECT -> object();
            case CLOSE -> close();
            case NEXT -> next();
        };
    }

    private Step go(State next) {
        state = next;
        read.begin();
        return Step.GO;
    }

    private Step open() {
        source.skipSpace();
        if (source.exhausted()) {
            return Step.MORE;
        }
        return switch (source.take(syntax.callOpen())) {
            case YES -> go(State.NAME);
            case MORE -> Step.MORE;
            case NO -> Step.REJECT;
        };
    }

    private Step name() {
        Step found = read.find(syntax.nameEnd());
        if (found != Step.DONE) {
            return found;
        }
        return begin(read.take(syntax.nameEnd()).strip(), syntax.tagEnd().isEmpty() ? State.BODY : State.TAG);
    }

    private Step bareName() {
        Step found = read.find(index -> endsBareName(source.at(index)) ? Source.Match.YES : Source.Match.NO);
        return found == Step.DONE ? begin(read.take(""), State.BODY) : found;
    }

    private static boolean endsBareName(char c) {
        return Character.isWhitespace(c) || c == '<' || c == '{';
    }

    private Step begin(String name, State next) {
        seen.clear();
        return calls.begin(name, "") ? go(next) : Step.REJECT;
    }

    private Step tag(State next) {
        Step found = read.find(syntax.tagEnd());
        if (found != Step.DONE) {
            return found;
        }
        attributes = read.take(syntax.tagEnd());
        return go(next);
    }

    private Step body() {
        source.skipSpace();
        if (source.exhausted()) {
            return Step.MORE;
        }
        boolean fenced = seen.isEmpty() && !syntax.objectOpen().isEmpty();
        Source.Match object = fenced ? source.take(syntax.objectOpen()) : Source.Match.NO;
        if (object == Source.Match.YES) {
            return Step.GO;
        }
        if (seen.isEmpty() && source.current() == '{') {
            json = new StringBuilder();
            scanner = new ValueScanner(ValueScanner.Dialect.JSON, json);
            return go(State.OBJECT);
        }
        Source.Match open = source.take(syntax.argumentOpen());
        if (open == Source.Match.YES) {
            return go(State.ARGUMENT_NAME);
        }
        Source.Match close = source.take(syntax.callClose());
        if (close == Source.Match.YES) {
            calls.arguments(seen.isEmpty() ? "{}" : "}");
            return complete();
        }
        boolean undecided = open == Source.Match.MORE || close == Source.Match.MORE || object == Source.Match.MORE;
        return undecided ? Step.MORE : Step.REJECT;
    }

    private Step complete() {
        if (!calls.complete()) {
            return Step.REJECT;
        }
        source.markAt(source.position());
        return go(State.NEXT);
    }

    private Step argumentName() {
        Step found = read.find(syntax.argumentNameEnd());
        if (found != Step.DONE) {
            return found;
        }
        argument = read.take(syntax.argumentNameEnd()).strip();
        attributes = "";
        if (argument.isEmpty() || !seen.add(argument)) {
            return Step.REJECT;
        }
        return go(syntax.tagEnd().isEmpty() ? State.VALUE_OPEN : State.ARGUMENT_TAG);
    }

    private Step valueOpen() {
        if (!syntax.valueOpen().isEmpty()) {
            source.skipSpace();
            if (source.exhausted()) {
                return Step.MORE;
            }
            Source.Match match = source.take(syntax.valueOpen());
            if (match != Source.Match.YES) {
                return match == Source.Match.MORE ? Step.MORE : Step.REJECT;
            }
        }
        calls.arguments((seen.size() == 1 ? "{" : ",") + JsonText.quote(argument) + ':');
        value = new TaggedValue(syntax, source, calls, types());
        return go(State.VALUE);
    }

    private ArgumentTypes types() {
        for (String attribute : attributes.strip().split(" ", 8)) {
            if (STRING_ATTRIBUTES.contains(attribute)) {
                return ArgumentTypes.STRING;
            }
            if (attribute.startsWith("string=\"") || attribute.startsWith("type=\"")) {
                return ArgumentTypes.NO_STRING;
            }
        }
        return calls.schemaOf(argument).types();
    }

    private Step value() {
        Step step = value.step();
        return step == Step.DONE ? go(State.BODY) : step;
    }

    private Step object() {
        int index = source.position();
        ValueScanner.Status status = ValueScanner.Status.RUNNING;
        while (index < source.length() && status == ValueScanner.Status.RUNNING) {
            status = scanner.accept(source.at(index));
            index += status == ValueScanner.Status.ERROR ? 0 : 1;
        }
        source.moveTo(index);
        calls.arguments(json);
        json.setLength(0);
        return switch (status) {
            case RUNNING -> Step.MORE;
            case DONE -> go(State.CLOSE);
            default -> Step.REJECT;
        };
    }

    private Step close() {
        source.skipSpace();
        if (source.exhausted()) {
            return Step.MORE;
        }
        Source.Match object = syntax.objectClose().isEmpty() ? Source.Match.NO : source.take(syntax.objectClose());
        if (object == Source.Match.YES) {
            return Step.GO;
        }
        Source.Match close = source.take(syntax.callClose());
        if (close == Source.Match.YES) {
            return complete();
        }
        return close == Source.Match.MORE || object == Source.Match.MORE ? Step.MORE : Step.REJECT;
    }

    private Step next() {
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
            return go(State.NAME);
        }
        return end == Source.Match.MORE || open == Source.Match.MORE ? Step.MORE : Step.DONE;
    }

    /** What may stand behind a value: a closing tag elsewhere is part of the value. */
    static List<String> followers(ToolSyntax.Tagged syntax) {
        return Stream.of(syntax.argumentOpen(), syntax.callClose(), syntax.end(), syntax.callOpen())
                .filter(literal -> !literal.isEmpty())
                .toList();
    }
}
