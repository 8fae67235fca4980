package io.github.llamacpp4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The texts to embed: lines as they are, or the {@code text} of JSON objects, blank lines passed over. An object without
 * one counts as an empty text whose failure is kept for its turn. Not thread-safe.
 */
final class TextLines implements Iterator<String> {

    private final BufferedReader reader;
    private final boolean json;
    private final Map<Long, CommandFailure> failures = new HashMap<>();
    private @Nullable String next;
    private long read;

    TextLines(BufferedReader reader, boolean json) {
        this.reader = reader;
        this.json = json;
    }

    @Override
    public boolean hasNext() {
        try {
            while (next == null || (json && next.isBlank())) {
                next = reader.readLine();
                if (next == null) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException("no more lines");
        }
        String line = next;
        next = null;
        long index = read++;
        if (!json) {
            return line;
        }
        try {
            JsonNode text = JsonLines.parse(line).get("text");
            if (text == null || !text.isString()) {
                throw new CommandFailure("request", "\"text\" must be a string");
            }
            return text.asString();
        } catch (CommandFailure failure) {
            failures.put(index, failure);
            return "";
        }
    }

    /** What was wrong with a line, told once. */
    Optional<CommandFailure> failure(long index) {
        return Optional.ofNullable(failures.remove(index));
    }
}
