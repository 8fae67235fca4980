package io.github.llamacpp4j.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one unquoted argument value up to its closing tag. Text is shown as it comes; whatever may be something else
 * than text is shown when it is whole.
 */
final class TaggedValue {
    private static final String DATA_OPEN = "<![CDATA[";
    private static final String DATA_CLOSE = "]]>";
    private static final int MAX_SPACE = 64;

    private final ToolSyntax.Tagged syntax;
    private final Source source;
    private final CallSink calls;
    private final ArgumentTypes types;
    private final UnquotedValue value;
    private final List<String> followers;
    private String close;
    private boolean begun;
    private int scanned;

    TaggedValue(ToolSyntax.Tagged syntax, Source source, CallSink calls, ArgumentTypes types) {
        this.syntax = syntax;
        this.source = source;
        this.calls = calls;
        this.types = types;
        this.value = new UnquotedValue(types, source, calls);
        this.followers = TaggedCallReader.followers(syntax);
        this.close = syntax.valueClose();
    }

    Step step() {
        if (!begun && !begin()) {
            return Step.MORE;
        }
        while (scanned < source.length()) {
            Source.Match match = source.literalAt(scanned, close);
            if (match == Source.Match.YES) {
                match = closes(scanned + close.length());
            }
            if (match == Source.Match.YES) {
                return finish();
            }
            if (match == Source.Match.MORE) {
                show(scanned);
                return Step.MORE;
            }
            scanned++;
        }
        show(scanned);
        return Step.MORE;
    }

    private boolean begin() {
        if (source.exhausted()) {
            return false;
        }
        if (syntax.ownLines() && source.current() == '\n') {
            source.moveTo(source.position() + 1);
        } else if (syntax.characterData()) {
            Source.Match match = source.take(DATA_OPEN);
            if (match == Source.Match.MORE) {
                return false;
            }
            close = match == Source.Match.YES ? DATA_CLOSE + syntax.valueClose() : close;
        }
        scanned = source.position();
        begun = true;
        return true;
    }

    private Source.Match closes(int from) {
        int end = Math.min(source.length(), from + MAX_SPACE);
        int index = from;
        while (index < end && Character.isWhitespace(source.at(index))) {
            index++;
        }
        if (index == from + MAX_SPACE) {
            return Source.Match.YES;
        }
        if (index == source.length()) {
            return source.ended() ? Source.Match.YES : Source.Match.MORE;
        }
        Source.Match result = Source.Match.NO;
        for (String follower : followers) {
            Source.Match match = source.literalAt(index, follower);
            if (match == Source.Match.YES) {
                return match;
            }
            result = match == Source.Match.MORE ? match : result;
        }
        return result == Source.Match.MORE && source.ended() ? Source.Match.YES : result;
    }

    /** Shows text up to {@code limit}, but for a line feed that may belong to the markup. */
    private void show(int limit) {
        int end = syntax.ownLines() && limit > source.position() && source.at(limit - 1) == '\n' ? limit - 1 : limit;
        value.show(end);
    }

    private Step finish() {
        int end = scanned;
        if (syntax.ownLines() && end > source.position() && source.at(end - 1) == '\n') {
            end--;
        }
        boolean ended = value.end(end, text -> interpret(text, types, calls));
        source.moveTo(ended ? scanned + close.length() : scanned);
        return ended ? Step.DONE : Step.REJECT;
    }

    /** The JSON that unquoted text stands for; null if it is none that the types allow. */
    static @Nullable String interpret(String text, ArgumentTypes types, CallSink calls) {
        String json = scan(ValueScanner.Dialect.JSON, text.strip());
        if (json != null && (!types.allowsString() || types.allowsJson(json))) {
            return json;
        }
        if (types.allowsString()) {
            return JsonText.quote(text);
        }
        String translated = scan(ValueScanner.Dialect.PYTHON, text.strip());
        if (translated != null) {
            calls.flag(OutputFlag.TRANSLATED_ARGUMENTS);
        }
        return translated;
    }

    private static @Nullable String scan(ValueScanner.Dialect dialect, String text) {
        StringBuilder out = new StringBuilder();
        ValueScanner scanner = new ValueScanner(dialect, out);
        for (int i = 0; i < text.length(); i++) {
            ValueScanner.Status status = scanner.accept(text.charAt(i));
            if (status == ValueScanner.Status.DONE) {
                return i == text.length() - 1 ? out.toString() : null;
            }
            if (status != ValueScanner.Status.RUNNING) {
                return null;
            }
        }
        return scanner.end() == ValueScanner.Status.ENDED_BEFORE ? out.toString() : null;
    }
}
