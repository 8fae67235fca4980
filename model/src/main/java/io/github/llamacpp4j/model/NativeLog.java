package io.github.llamacpp4j.model;

import java.util.List;

/** Formats the lines that llama.cpp logged before a call failed: often they are its only explanation. */
final class NativeLog {

    private NativeLog() {}

    static String appendTo(String message, List<String> lines) {
        return lines.isEmpty()
                ? message
                : message + System.lineSeparator() + "llama.cpp logged:" + System.lineSeparator() + "  "
                        + String.join(System.lineSeparator() + "  ", lines);
    }
}
