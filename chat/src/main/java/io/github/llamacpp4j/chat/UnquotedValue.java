package io.github.llamacpp4j.chat;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An unquoted value on its way into a call's arguments: text as it comes, any other value when it is whole. */
final class UnquotedValue {
    private final boolean isText;
    private final Source source;
    private final CallSink calls;
    private boolean opened;

    UnquotedValue(ArgumentTypes types, Source source, CallSink calls) {
        this.isText = types.onlyString();
        this.source = source;
        this.calls = calls;
    }

    boolean isText() {
        return isText;
    }

    /** Shows the value up to {@code limit} if it is text. */
    void show(int limit) {
        if (!isText) {
            return;
        }
        if (!opened) {
            calls.arguments("\"");
            opened = true;
        }
        if (limit > source.position()) {
            calls.arguments(JsonText.escape(source.slice(source.position(), limit)));
            source.moveTo(limit);
        }
    }

    /** Shows the rest, up to {@code end}; false, and nothing is shown, where {@code json} takes it for no value. */
    boolean end(int end, Function<String, @Nullable String> json) {
        if (isText) {
            show(end);
            calls.arguments("\"");
            return true;
        }
        String whole = json.apply(source.slice(source.position(), end));
        if (whole != null) {
            calls.arguments(whole);
        }
        return whole != null;
    }
}
