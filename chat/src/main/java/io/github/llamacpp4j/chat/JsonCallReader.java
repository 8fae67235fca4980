package io.github.llamacpp4j.chat;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads calls that are JSON objects, with fields in any order. */
final class JsonCallReader implements CallReader {
    private enum State {
        OPEN,
        CALL,
        FIELD_OR_END,
        FIELD,
        KEY,
        COLON,
        VALUE_START,
        VALUE,
        COMMA_OR_END,
        NEXT,
        CLOSED
    }

    private static final Set<String> NAMES = Set.of("name", "tool_name", "function_name");
    private static final Set<String> ARGUMENTS = Set.of("arguments", "parameters", "args", "tool_input");
    private static final Set<String> IDS = Set.of("id", "tool_call_id", "call_id");
    private static final Set<String> WRAPPERS = Set.of("function", "tool_call", "tool_calls");

    private final ToolSyntax.Json syntax;
    private final Source source;
    private final CallSink calls;
    private State state = State.OPEN;
    private boolean array;
    private boolean fenced;
    private int wrappers;
    private int level;

    private String key = "";
    private @Nullable String name;
    private String id = "";
    private boolean begun;
    private boolean streaming;
    private @Nullable String heldArguments;
    private boolean sawArguments;
    private StringBuilder value = new StringBuilder();
    private ValueScanner scanner = new ValueScanner(ValueScanner.Dialect.JSON, value);

    JsonCallReader(ToolSyntax.Json syntax, Source source, CallSink calls) {
        this.syntax = syntax;
        this.source = source;
        this.calls = calls;
    }

    @Override
    public boolean betweenCalls() {
        return state == State.NEXT || state == State.CLOSED;
    }

    @Override
    public Step step() {
        if (state != State.KEY && state != State.VALUE) {
            source.skipSpace();
            if (source.exhausted()) {
                return Step.MORE;
            }
        }
        return switch (state) {
            case OPEN -> open();
            case CALL -> call();
            case FIELD_OR_END -> field(true);
            case FIELD -> field(false);
            case KEY -> key();
            case COLON -> punctuation(':', State.VALUE_START);
            case VALUE_START -> valueStart();
            case VALUE -> value();
            case COMMA_OR_END -> commaOrEnd();
            case NEXT -> next();
            case CLOSED -> closed();
        };
    }

    private Step go(State next) {
        state = next;
        return Step.GO;
    }

    private Step take(State next) {
        source.moveTo(source.position() + 1);
        return go(next);
    }

    private Step punctuation(char expected, State next) {
        return source.current() == expected ? take(next) : Step.REJECT;
    }

    private Step open() {
        char c = source.current();
        if (c == '`' && !fenced) {
            return switch (source.take("```json")) {
                case MORE -> Step.MORE;
                case YES -> fence();
                case NO -> source.take("```") == Source.Match.YES ? fence() : Step.REJECT;
            };
        }
        if (c == '[') {
            array = true;
            return take(State.CALL);
        }
        return go(State.CALL);
    }

    private Step fence() {
        fenced = true;
        return Step.GO;
    }

    private Step call() {
        if (array && source.current() == ']') {
            return Step.REJECT;
        }
        name = null;
        id = "";
        begun = false;
        heldArguments = null;
        sawArguments = false;
        level = 0;
        return punctuation('{', State.FIELD_OR_END);
    }

    private Step field(boolean mayEnd) {
        if (mayEnd && source.current() == '}') {
            return Step.REJECT;
        }
        if (source.current() != '"') {
            return Step.REJECT;
        }
        scanNew();
        return go(State.KEY);
    }

    private void scanNew() {
        value = new StringBuilder();
        scanner = new ValueScanner(ValueScanner.Dialect.JSON, value);
    }

    private Step key() {
        Step step = scan();
        if (step != Step.DONE) {
            return step;
        }
        key = text();
        state = State.COLON;
        boolean known = NAMES.contains(key) || ARGUMENTS.contains(key) || IDS.contains(key) || WRAPPERS.contains(key);
        if (syntax.nameIsKey()) {
            return name == null && begin(key) ? Step.GO : Step.REJECT;
        }
        return known || key.equals("type") || !syntax.strict() ? Step.GO : Step.REJECT;
    }

    private String text() {
        return String.valueOf(JsonTrees.read(value.toString()));
    }

    private boolean begin(String called) {
        name = called;
        begun = calls.begin(called, id);
        return begun;
    }

    private Step valueStart() {
        char c = source.current();
        if (WRAPPERS.contains(key) && c == '{' && level < 2) {
            level++;
            return take(State.FIELD_OR_END);
        }
        if (key.equals("tool_calls") && c == '[' && level == 0 && !array && wrappers == 0) {
            wrappers++;
            array = true;
            return take(State.CALL);
        }
        boolean arguments = syntax.nameIsKey() || ARGUMENTS.contains(key);
        if (arguments && sawArguments) {
            return Step.REJECT;
        }
        sawArguments |= arguments;
        streaming = arguments && begun && c == '{';
        scanNew();
        return go(State.VALUE);
    }

    private Step value() {
        Step step = scan();
        if (streaming) {
            calls.arguments(value);
            value.setLength(0);
        }
        if (step != Step.DONE) {
            return step;
        }
        state = State.COMMA_OR_END;
        if (streaming) {
            return Step.GO;
        }
        return fieldRead() ? Step.GO : Step.REJECT;
    }

    private Step scan() {
        int end = source.length();
        int index = source.position();
        while (index < end) {
            switch (scanner.accept(source.at(index))) {
                case RUNNING -> index++;
                case DONE -> {
                    source.moveTo(index + 1);
                    return Step.DONE;
                }
                case ENDED_BEFORE -> {
                    source.moveTo(index);
                    return Step.DONE;
                }
                case ERROR -> {
                    source.moveTo(index);
                    return Step.REJECT;
                }
            }
        }
        source.moveTo(index);
        return Step.MORE;
    }

    private boolean fieldRead() {
        String json = value.toString();
        boolean string = json.startsWith("\"");
        if (syntax.nameIsKey() || ARGUMENTS.contains(key)) {
            return argumentsRead(json, string);
        }
        if (NAMES.contains(key) || (key.equals("function") && string)) {
            return string && name == null && begin(text()) && releaseArguments();
        }
        if (IDS.contains(key) && string) {
            id = text();
            if (begun) {
                calls.identify(id);
            }
        }
        return true;
    }

    private boolean argumentsRead(String json, boolean string) {
        if (json.equals("null")) {
            return true;
        }
        if (!string && !json.startsWith("{")) {
            return false;
        }
        heldArguments = string ? text() : json;
        return !begun || releaseArguments();
    }

    private boolean releaseArguments() {
        if (heldArguments != null && !heldArguments.isBlank()) {
            calls.arguments(heldArguments);
        }
        heldArguments = null;
        return true;
    }

    private Step commaOrEnd() {
        if (source.current() != '}') {
            return punctuation(',', State.FIELD);
        }
        if (level > 0) {
            level--;
            return take(State.COMMA_OR_END);
        }
        source.moveTo(source.position() + 1);
        if (!begun || !calls.complete()) {
            return Step.REJECT;
        }
        source.markAt(source.position());
        return go(State.NEXT);
    }

    private Step next() {
        char c = source.current();
        if (array && c == ']') {
            return take(State.CLOSED);
        }
        if ((array && c == ',') || (syntax.strict() && c == ';')) {
            return take(State.CALL);
        }
        if (!array && c == '{') {
            return go(State.CALL);
        }
        return closed();
    }

    private Step closed() {
        char c = source.current();
        if (wrappers > 0 && c == '}') {
            wrappers--;
            return take(State.CLOSED);
        }
        if (fenced && c == '`') {
            return switch (source.take("```")) {
                case YES -> {
                    fenced = false;
                    yield go(State.CLOSED);
                }
                case MORE -> Step.MORE;
                case NO -> Step.DONE;
            };
        }
        if (syntax.end().isEmpty()) {
            return Step.DONE;
        }
        return source.take(syntax.end()) == Source.Match.MORE ? Step.MORE : Step.DONE;
    }
}
