package io.github.llamacpp4j.chat;

import java.util.Set;

/**
 * Tells which quote ends a text whose own quotes the model does not escape: the one behind which the call goes on. Once a
 * quote was found to belong to the text, only an argument that the tool has, or the end of all calls, is taken for that.
 */
final class RawQuotes {
    private final String end;
    private final boolean array;
    private final Set<String> given;
    private final Source source;
    private final CallSink calls;
    private boolean raw;

    /**
     * For one text.
     *
     * @param end what ends the block of calls
     * @param array whether the calls stand in brackets
     * @param given the arguments that the call has already
     */
    RawQuotes(String end, boolean array, Set<String> given, Source source, CallSink calls) {
        this.end = end;
        this.array = array;
        this.given = given;
        this.source = source;
        this.calls = calls;
    }

    /** Whether the quote before {@code index} ends the text; at the end of an answer that was cut off nothing may tell. */
    Source.Match end(int index) {
        Source.Match match = goesOn(index);
        raw |= match == Source.Match.NO;
        return match;
    }

    private Source.Match goesOn(int index) {
        int next = source.afterSpace(index);
        if (next == source.length()) {
            return Source.Match.MORE;
        }
        return switch (source.at(next)) {
            case ',' -> argument(next + 1);
            case ')' -> {
                Source.Match end = callEnd(next + 1);
                yield end == Source.Match.MORE && source.ended() && !raw ? Source.Match.YES : end;
            }
            default -> Source.Match.NO;
        };
    }

    private Source.Match argument(int index) {
        int start = source.afterSpace(index);
        int stop = afterWord(start);
        if (stop < 0) {
            return Source.Match.MORE;
        }
        String name = source.slice(start, stop);
        char after = source.at(stop);
        boolean argument = after == '=' && !name.isEmpty() && (!raw || isMissing(name));
        boolean trailingComma = after == ')' && name.isEmpty() && !raw;
        return argument || trailingComma ? Source.Match.YES : Source.Match.NO;
    }

    private boolean isMissing(String argument) {
        return !given.contains(argument) && calls.schemaOf(argument).schema() != null;
    }

    private Source.Match callEnd(int index) {
        int next = source.afterSpace(index);
        if (!array) {
            return source.literalAt(next, end);
        }
        if (next == source.length()) {
            return Source.Match.MORE;
        }
        return switch (source.at(next)) {
            case ']' -> source.literalAt(source.afterSpace(next + 1), end);
            case ',' -> nextCall(next + 1);
            default -> Source.Match.NO;
        };
    }

    private Source.Match nextCall(int index) {
        int start = source.afterSpace(index);
        int stop = afterWord(start);
        if (stop < 0) {
            return Source.Match.MORE;
        }
        String name = source.slice(start, stop);
        boolean called = source.at(stop) == '(' && (raw ? calls.offers(name) : !name.isEmpty());
        return called ? Source.Match.YES : Source.Match.NO;
    }

    /** Where the word that starts at {@code start} is over; -1 if the text so far does not tell. */
    private int afterWord(int start) {
        int index = start;
        while (index < source.length()) {
            char c = source.at(index);
            if (index - start > NamedCallReader.MAX_NAME
                    || !(Character.isJavaIdentifierPart(c) || c == '.' || c == '-')) {
                return index;
            }
            index++;
        }
        return -1;
    }
}
