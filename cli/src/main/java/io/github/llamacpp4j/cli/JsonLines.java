package io.github.llamacpp4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Batch mode: one JSON object per input line, one JSON object per output line, in order. A line that fails is answered
 * with {@code {"ok":false,"error":{"kind":…,"message":…}}} and the next line is read. Blank lines are passed over.
 */
final class JsonLines {

    private static final int MAX_LINE_CHARS = 256 << 20;

    /** Answers one request; the members it puts into {@code answer} follow {@code "ok":true}. */
    @FunctionalInterface
    interface Handler {
        void answer(ObjectNode request, ObjectNode answer);
    }

    private final Terminal terminal;

    JsonLines(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Answers every line of standard input, one after another; returns the exit code 0 once all are answered. */
    int run(Handler handler) throws IOException {
        try (BufferedReader lines = terminal.lines()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    print(answer(handler, line));
                }
            }
        }
        return 0;
    }

    /** Like {@link #run} with up to {@code parallel} lines in work at a time; answers keep the order of the lines. */
    int runParallel(Handler handler, int parallel) throws IOException {
        Deque<Future<ObjectNode>> pending = new ArrayDeque<>();
        try (BufferedReader lines = terminal.lines();
                ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    String request = line;
                    pending.add(workers.submit(() -> answer(handler, request)));
                }
                while (pending.size() >= parallel) {
                    print(await(pending.remove()));
                }
            }
            while (!pending.isEmpty()) {
                print(await(pending.remove()));
            }
        }
        return 0;
    }

    private void print(ObjectNode answer) {
        terminal.out().println(Json.line(answer));
        terminal.out().flush();
    }

    private static ObjectNode await(Future<ObjectNode> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", "interrupted while answering");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a line was not answered", e.getCause());
        }
    }

    /** The answer to one line, never an exception. */
    static ObjectNode answer(Handler handler, String line) {
        try {
            ObjectNode answer = Json.object().put("ok", true);
            handler.answer(parse(line), answer);
            return answer;
        } catch (CommandFailure failure) {
            return error(failure);
        } catch (RuntimeException unexpected) {
            return error(new CommandFailure("internal", String.valueOf(unexpected)));
        }
    }

    static ObjectNode error(CommandFailure failure) {
        ObjectNode answer = Json.object().put("ok", false);
        ObjectNode error = answer.putObject("error").put("kind", failure.kind()).put("message", failure.getMessage());
        failure.details().forEach(error::putPOJO);
        return answer;
    }

    /** The object that a line holds. */
    static ObjectNode parse(String line) {
        if (line.length() > MAX_LINE_CHARS) {
            throw new CommandFailure("limit", "a line may hold " + MAX_LINE_CHARS + " characters at most");
        }
        try {
            JsonNode node = Json.MAPPER.readTree(line);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new CommandFailure("request", "expected a JSON object on each line, found " + node.getNodeType());
        } catch (JacksonException e) {
            throw new CommandFailure("request", "not a JSON object: " + e.getOriginalMessage());
        }
    }
}
