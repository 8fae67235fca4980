package io.github.llamacpp4j.chat;

/** An unquoted text that becomes a JSON string of a call's arguments as it comes. */
final class StreamedText {
    private final Source source;
    private final CallSink calls;
    private boolean opened;

    StreamedText(Source source, CallSink calls) {
        this.source = source;
        this.calls = calls;
    }

    /** Writes the text up to {@code end}. */
    void write(int end) {
        if (!opened) {
            calls.arguments("\"");
            opened = true;
        }
        if (end > source.position()) {
            calls.arguments(JsonText.escape(source.slice(source.position(), end)));
            source.moveTo(end);
        }
    }

    /** Writes the rest of the text, up to {@code end}, and ends the string. */
    void end(int end) {
        write(end);
        calls.arguments("\"");
    }
}
