package io.github.llamacpp4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Batch mode: one JSON object per input line, one JSON object per output line, in order. A line that fails is answered
 * with {@code {"ok":false,"error":{"kind":…,"message":…}}} and the next line is read. Blank lines are passed over.
 */
final class JsonLines {

    /** What some programs begin a text with. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** Answers one request; the members it puts into {@code answer} follow {@code "ok":true}. */
    @FunctionalInterface
    interface Handler {
        void answer(ObjectNode request, ObjectNode answer);
    }

    private final Terminal terminal;
    private final JsonMapper mapper;

    JsonLines(Terminal terminal) {
        this(terminal, Json.MAPPER);
    }

    /** Reads the lines with a mapper of the caller's. */
    JsonLines(Terminal terminal, JsonMapper mapper) {
        this.terminal = terminal;
        this.mapper = mapper;
    }

    /** Answers every line of standard input, one after another; returns the exit code 0 once all are answered. */
    int run(Handler handler) throws IOException {
        try (BufferedReader lines = terminal.lines()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    print(answer(handler, line, mapper));
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
                    pending.add(workers.submit(() -> answer(handler, request, mapper)));
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
        return answer(handler, line, Json.MAPPER);
    }

    private static ObjectNode answer(Handler handler, String line, JsonMapper mapper) {
        try {
            ObjectNode answer = Json.object().put("ok", true);
            handler.answer(parse(line, mapper), answer);
            return answer;
        } catch (CommandFailure failure) {
            return error(failure);
        } catch (JacksonException unexpectedType) {
            return error(Json.failure("", unexpectedType));
        } catch (IllegalArgumentException refused) {
            return error(new CommandFailure("request", String.valueOf(refused.getMessage())));
        } catch (RuntimeException unexpected) {
            return error(new CommandFailure("internal", String.valueOf(unexpected)));
        } catch (StackOverflowError tooDeep) {
            return error(new CommandFailure("limit", "the request is nested too deeply"));
        } catch (OutOfMemoryError tooLarge) {
            return error(new CommandFailure(
                    "limit",
                    "the request needs more memory than Java has ("
                            + Sizes.megabytes(Runtime.getRuntime().maxMemory())
                            + "); give it more with LLAMACPP4J_JAVA_OPTIONS=-Xmx…"));
        }
    }

    static ObjectNode error(CommandFailure failure) {
        ObjectNode answer = Json.object().put("ok", false);
        ObjectNode error = answer.putObject("error").put("kind", failure.kind()).put("message", failure.getMessage());
        new TreeMap<String, Object>(failure.details()).forEach(error::putPOJO);
        return answer;
    }

    /** The object that a line holds. */
    static ObjectNode parse(String line) {
        return parse(line, Json.MAPPER);
    }

    private static ObjectNode parse(String line, JsonMapper mapper) {
        if (line.length() > TextLineReader.MAX_CHARS) {
            throw new CommandFailure("limit", "a line may hold " + TextLineReader.MAX_CHARS + " characters at most");
        }
        try {
            JsonNode node = mapper.readTree(line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new CommandFailure("request", "expected a JSON object on each line, found " + node.getNodeType());
        } catch (JacksonException e) {
            throw Json.failure("not a JSON object: ", e);
        }
    }
}
