package io.github.llamacpp4j.chat;

import java.util.HashSet;
import java.util.Set;

/** Reads Python calls with keyword arguments. */
final class PythonCallReader implements CallReader {
    private enum State {
        OPEN,
        NAME,
        ARGUMENT_OR_END,
        ARGUMENT_NAME,
        VALUE_START,
        VALUE,
        COMMA_OR_END,
        NEXT,
        CLOSED
    }

    private static final String CALL_METHOD = ".call";

    private final ToolSyntax.Python syntax;
    private final Source source;
    private final CallSink calls;
    private State state = State.OPEN;
    private boolean array;
    private int wordStart;
    private final Set<String> arguments = new HashSet<>();
    private StringBuilder value = new StringBuilder();
    private ValueScanner scanner = new ValueScanner(ValueScanner.Dialect.PYTHON, value);
    private RawQuotes quotes;

    PythonCallReader(ToolSyntax.Python syntax, Source source, CallSink calls) {
        this.syntax = syntax;
        this.source = source;
        this.calls = calls;
        this.quotes = new RawQuotes(syntax.end(), false, arguments, source, calls);
    }

    @Override
    public boolean betweenCalls() {
        return state == State.NEXT || state == State.CLOSED;
    }

    @Override
    public Step step() {
        if (state == State.NAME || state == State.ARGUMENT_NAME) {
            return word();
        }
        if (state == State.VALUE) {
            return value();
        }
        source.skipSpace();
        if (source.exhausted()) {
            return Step.MORE;
        }
        char c = source.current();
        return switch (state) {
            case OPEN -> {
                array = c == '[';
                if (array) {
                    source.moveTo(source.position() + 1);
                    source.skipSpace();
                }
                yield startWord(State.NAME);
            }
            case ARGUMENT_OR_END -> c == ')' ? complete() : startWord(State.ARGUMENT_NAME);
            case VALUE_START -> {
                value = new StringBuilder();
                scanner = new ValueScanner(ValueScanner.Dialect.PYTHON, value);
                quotes = new RawQuotes(syntax.end(), array, arguments, source, calls);
                yield go(State.VALUE);
            }
            case COMMA_OR_END -> c == ')' ? complete() : c == ',' ? take(State.ARGUMENT_OR_END) : Step.REJECT;
            case NEXT -> {
                if (array && c == ',') {
                    source.moveTo(source.position() + 1);
                    source.skipSpace();
                    yield startWord(State.NAME);
                }
                yield array && c == ']' ? take(State.CLOSED) : closed();
            }
            default -> closed();
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

    private Step startWord(State next) {
        wordStart = -1;
        return go(next);
    }

    private Step word() {
        if (wordStart < 0) {
            source.skipSpace();
            if (source.exhausted()) {
                return Step.MORE;
            }
            wordStart = source.position();
        }
        while (!source.exhausted()) {
            char c = source.current();
            if (c == (state == State.NAME ? '(' : '=')) {
                String word = source.slice(wordStart, source.position()).strip();
                return state == State.NAME ? name(word) : argument(word);
            }
            boolean allowed = Character.isJavaIdentifierPart(c) || c == '.' || c == '-' || c == ' ';
            if (!allowed || source.position() - wordStart > NamedCallReader.MAX_NAME) {
                return Step.REJECT;
            }
            source.moveTo(source.position() + 1);
        }
        return Step.MORE;
    }

    private Step name(String word) {
        String name = word.endsWith(CALL_METHOD) ? word.substring(0, word.length() - CALL_METHOD.length()) : word;
        arguments.clear();
        return calls.begin(name, "") ? take(State.ARGUMENT_OR_END) : Step.REJECT;
    }

    private Step argument(String word) {
        if (word.isEmpty() || !arguments.add(word)) {
            return Step.REJECT;
        }
        calls.arguments((calls.hasArguments() ? "," : "{") + JsonText.quote(word) + ':');
        return take(State.VALUE_START);
    }

    private Step value() {
        int index = source.position();
        ValueScanner.Status status = ValueScanner.Status.RUNNING;
        while (index < source.length() && status == ValueScanner.Status.RUNNING) {
            if (syntax.rawQuotes() && scanner.isTextEndedBy(source.at(index))) {
                Source.Match ends = quotes.end(index + 1);
                if (ends == Source.Match.MORE) {
                    break;
                }
                if (ends == Source.Match.NO) {
                    scanner.literal(source.at(index++));
                    calls.flag(OutputFlag.UNESCAPED_QUOTES);
                    continue;
                }
            }
            status = scanner.accept(source.at(index));
            index += status == ValueScanner.Status.RUNNING || status == ValueScanner.Status.DONE ? 1 : 0;
        }
        source.moveTo(index);
        calls.arguments(value);
        value.setLength(0);
        return switch (status) {
            case RUNNING -> Step.MORE;
            case DONE, ENDED_BEFORE -> go(State.COMMA_OR_END);
            case ERROR -> Step.REJECT;
        };
    }

    private Step complete() {
        source.moveTo(source.position() + 1);
        calls.arguments(calls.hasArguments() ? "}" : "{}");
        if (!calls.complete()) {
            return Step.REJECT;
        }
        source.markAt(source.position());
        return go(State.NEXT);
    }

    private Step closed() {
        if (syntax.end().isEmpty()) {
            return Step.DONE;
        }
        return source.take(syntax.end()) == Source.Match.MORE ? Step.MORE : Step.DONE;
    }
}
