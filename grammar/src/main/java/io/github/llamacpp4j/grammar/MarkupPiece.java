package io.github.llamacpp4j.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** A piece of markup: a control token, or text between control tokens. */
sealed interface MarkupPiece {

    /** A control token. */
    record Control(int id) implements MarkupPiece {}

    /** Text without control tokens. */
    record Text(String text) implements MarkupPiece {}

    /** Cuts markup at the control tokens that are spelled out in it, the longest first. */
    static List<MarkupPiece> split(String markup, TokenVocabulary vocabulary) {
        List<MarkupPiece> pieces = new ArrayList<>();
        int start = 0;
        int index = 0;
        while (index < markup.length()) {
            OptionalInt control = vocabulary.controlAt(markup, index);
            if (control.isEmpty()) {
                index++;
                continue;
            }
            addText(pieces, markup.substring(start, index));
            pieces.add(new Control(control.getAsInt()));
            index += vocabulary.spelling(control.getAsInt()).length();
            start = index;
        }
        addText(pieces, markup.substring(start));
        return pieces;
    }

    private static void addText(List<MarkupPiece> pieces, String text) {
        if (!text.isEmpty()) {
            pieces.add(new Text(text));
        }
    }
}
