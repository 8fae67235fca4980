package io.github.llamacpp4j.cli;

import java.io.BufferedReader;
import java.io.IOException;

/** A conversation without a screen: lines in, answers out, until the input ends. */
final class PlainChat {

    private PlainChat() {}

    static void run(ChatSession session, BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (line != null && !session.hasLeft()) {
            StringBuilder message = new StringBuilder(line);
            line = lines.readLine();
            while (line != null && MessageLines.isOpen(message.toString())) {
                message.append('\n').append(line);
                line = lines.readLine();
            }
            session.accept(message.toString());
        }
    }
}
