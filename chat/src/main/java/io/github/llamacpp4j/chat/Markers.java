package io.github.llamacpp4j.chat;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the first of several literals in one pass over the text. */
final class Markers {
    private final List<String> literals;
    private final String firstCharacters;

    Markers(List<String> literals) {
        this.literals = literals.stream()
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
        StringBuilder first = new StringBuilder();
        this.literals.forEach(literal -> first.append(literal.charAt(0)));
        this.firstCharacters = first.toString();
    }

    /**
     * @param index where the literal stands, or where the text stops being certain
     * @param literal the literal, or null when none was found
     * @param partial whether the text at {@code index} may yet become one of the literals
     */
    record Find(int index, @Nullable String literal, boolean partial) {}

    Find find(Source source, int from) {
        int end = source.length();
        for (int index = from; index < end; index++) {
            if (firstCharacters.indexOf(source.at(index)) < 0) {
                continue;
            }
            String found = null;
            for (String literal : literals) {
                switch (source.literalAt(index, literal)) {
                    case YES -> found = found == null ? literal : found;
                    case MORE -> {
                        if (!source.ended()) {
                            return new Find(index, null, true);
                        }
                    }
                    case NO -> {}
                }
            }
            if (found != null) {
                return new Find(index, found, false);
            }
        }
        return new Find(end, null, false);
    }
}
