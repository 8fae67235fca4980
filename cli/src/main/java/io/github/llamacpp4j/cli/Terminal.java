package io.github.llamacpp4j.cli;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command reads and writes: results go to {@link #out}, everything a person reads meanwhile to {@link #err}.
 * Both are UTF-8 whatever the locale says. Not thread-safe beyond what {@link PrintStream} gives.
 *
 * @param in standard input
 * @param out standard output; buffered, so a command flushes what the reader should see at once
 * @param err standard error
 * @param interactive whether a person watches standard error, so that a line may be redrawn in place
 */
record Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive) {

    static Terminal system() {
        return new Terminal(
                System.in,
                utf8(new StandardOutput(new FileOutputStream(FileDescriptor.out)), false),
                utf8(new FileOutputStream(FileDescriptor.err), true),
                personWatches());
    }

    @SuppressWarnings("SystemConsoleNull") // null when the JDK is told to use its plain console
    private static boolean personWatches() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static PrintStream utf8(OutputStream stream, boolean flushEachLine) {
        return new PrintStream(new BufferedOutputStream(stream, 1 << 16), flushEachLine, StandardCharsets.UTF_8);
    }

    /** Standard input as lines of UTF-8 text. */
    BufferedReader lines() {
        return new TextLineReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }
}
