package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.chat.OutputEvent;
import java.io.PrintStream;

/**
 * Shows an answer as it comes. On a screen reasoning stands dimmed above the answer; otherwise the answer alone goes to
 * standard output and reasoning to standard error. Not thread-safe; for one answer.
 */
final class AnswerPrinter {

    private static final String DIM = "\u001b[2m";
    private static final String NORMAL = "\u001b[0m";

    /** What was shown last. */
    private enum Part {
        NOTHING,
        REASONING,
        ANSWER
    }

    private final PrintStream answers;
    private final PrintStream thoughts;
    private final boolean screen;
    private Part last = Part.NOTHING;
    private boolean lineIsOpen;

    private AnswerPrinter(PrintStream answers, PrintStream thoughts, boolean screen) {
        this.answers = answers;
        this.thoughts = thoughts;
        this.screen = screen;
    }

    static AnswerPrinter of(Terminal terminal) {
        boolean screen = terminal.interactive();
        return new AnswerPrinter(terminal.out(), screen ? terminal.out() : terminal.err(), screen);
    }

    void print(OutputEvent event) {
        switch (event) {
            case OutputEvent.Reasoning reasoning -> reasoning(reasoning.text());
            case OutputEvent.Text text -> answer(text.text());
            case OutputEvent.ToolCall call ->
                answer((lineIsOpen ? "\n" : "") + call.call().name()
                        + call.call().argumentsText() + "\n");
            case OutputEvent.ToolCallDelta delta -> {}
            case OutputEvent.ToolCallRejected rejected -> {}
        }
    }

    private void reasoning(String text) {
        String shown = last == Part.REASONING ? text : text.stripLeading();
        if (!shown.isEmpty()) {
            write(thoughts, screen ? DIM + ScreenText.of(shown) + NORMAL : shown);
            last = Part.REASONING;
        }
    }

    private void answer(String text) {
        String shown = last == Part.ANSWER ? text : text.stripLeading();
        if (!shown.isEmpty()) {
            if (last == Part.REASONING) {
                write(thoughts, lineIsOpen ? "\n\n" : "\n");
            }
            write(answers, screen ? ScreenText.of(shown) : shown);
            last = Part.ANSWER;
        }
    }

    private void write(PrintStream stream, String text) {
        stream.print(text);
        stream.flush();
        lineIsOpen = !text.endsWith("\n");
    }

    /** Ends the line of the answer. */
    void end() {
        if (lineIsOpen || last == Part.NOTHING) {
            write(last == Part.REASONING ? thoughts : answers, "\n");
        }
    }
}
