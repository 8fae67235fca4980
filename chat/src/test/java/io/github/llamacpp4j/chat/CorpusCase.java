package io.github.llamacpp4j.chat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One case of the shared tool call corpus, and the pass rules of its README. */
record CorpusCase(
        String id,
        String kind,
        String label,
        String tier,
        String output,
        String generationPrompt,
        OutputSyntax syntax,
        List<ToolDefinition> tools,
        @Nullable Map<String, @Nullable Object> expected,
        @Nullable Map<String, @Nullable Object> whole) {

    static List<CorpusCase> read(Path folder) {
        Map<String, ToolDefinition> tools = new HashMap<>();
        ChatJson.readTools(text(folder.resolve("tools.json"))).forEach(tool -> tools.put(tool.name(), tool));
        Map<String, OutputSyntax> syntaxes = new ConcurrentHashMap<>();
        List<CorpusCase> cases = new ArrayList<>();
        text(folder.resolve("cases.jsonl")).lines().forEach(line -> {
            Map<String, @Nullable Object> fields = JsonTrees.readObject(line);
            OutputSyntax syntax = syntaxes.computeIfAbsent(
                    String.valueOf(fields.get("template_file")),
                    file -> OutputSyntax.of(
                            text(folder.resolveSibling("jinja/templates").resolve(file))));
            List<ToolDefinition> offered = new ArrayList<>();
            for (Object name : (List<?>) Objects.requireNonNull(fields.get("tools"))) {
                offered.add(Objects.requireNonNull(tools.get(String.valueOf(name))));
            }
            cases.add(new CorpusCase(
                    String.valueOf(fields.get("id")),
                    String.valueOf(fields.get("kind")),
                    String.valueOf(fields.get("label")),
                    String.valueOf(fields.get("tier")),
                    String.valueOf(fields.get("raw_output")),
                    String.valueOf(fields.get("generation_prompt")),
                    syntax,
                    offered,
                    object(fields.get("expected")),
                    object(fields.get("final"))));
        });
        return cases;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Map<String, @Nullable Object> object(@Nullable Object tree) {
        return (Map<String, @Nullable Object>) tree;
    }

    OutputParser parser() {
        return syntax.parser(tools, generationPrompt);
    }

    /** Why the result does not pass, or empty. */
    String verdict(ParsedOutput result) {
        return switch (kind) {
            case "complete" -> complete(result);
            case "truncated" -> truncated(result);
            default -> malformed(result);
        };
    }

    private String complete(ParsedOutput result) {
        Map<String, @Nullable Object> wanted = Objects.requireNonNull(expected);
        if (!result.reasoning()
                .strip()
                .equals(field(wanted, "reasoning_content").strip())) {
            return "reasoning " + result.reasoning();
        }
        if (!result.text().strip().equals(field(wanted, "content").strip())) {
            return "text " + result.text();
        }
        List<Map<?, ?>> calls = calls(wanted);
        if (calls.size() != result.toolCalls().size()) {
            return "calls " + result.toolCalls() + " text " + result.text();
        }
        for (int i = 0; i < calls.size(); i++) {
            ParsedToolCall call = result.toolCalls().get(i);
            if (!call.name().equals(calls.get(i).get("name"))
                    || !call.complete()
                    || !same(call.arguments(), calls.get(i).get("arguments"))) {
                return "call " + call;
            }
        }
        return "";
    }

    private String truncated(ParsedOutput result) {
        Map<String, @Nullable Object> finished = Objects.requireNonNull(whole);
        if (!field(finished, "reasoning_content")
                .strip()
                .startsWith(result.reasoning().strip())) {
            return "reasoning " + result.reasoning();
        }
        if (!field(finished, "content").strip().startsWith(result.text().strip())) {
            return "text " + result.text();
        }
        List<Map<?, ?>> calls = calls(finished);
        if (result.toolCalls().size() > calls.size()) {
            return "calls " + result.toolCalls();
        }
        for (int i = 0; i < result.toolCalls().size(); i++) {
            ParsedToolCall call = result.toolCalls().get(i);
            String arguments = dense(JsonTrees.write(calls.get(i).get("arguments")));
            if (!call.name().equals(calls.get(i).get("name")) || !arguments.startsWith(dense(call.argumentsText()))) {
                return "call " + call;
            }
        }
        return "";
    }

    /** Whether a truncated case shows just what llama.cpp shows. */
    boolean exact(ParsedOutput result) {
        Map<String, @Nullable Object> wanted = Objects.requireNonNull(expected);
        List<Map<?, ?>> calls = calls(wanted);
        boolean same = result.reasoning()
                        .strip()
                        .equals(field(wanted, "reasoning_content").strip())
                && result.text().strip().equals(field(wanted, "content").strip())
                && calls.size() == result.toolCalls().size();
        for (int i = 0; same && i < calls.size(); i++) {
            same = dense(String.valueOf(calls.get(i).get("arguments_text")))
                    .equals(dense(result.toolCalls().get(i).argumentsText()));
        }
        return same;
    }

    private String malformed(ParsedOutput result) {
        if (result.text().isBlank() && result.toolCalls().isEmpty()) {
            return "lost";
        }
        if (result.flags().isEmpty()) {
            return "not flagged";
        }
        if (label.equals("malformed-cut-off")) {
            for (ParsedToolCall call : result.toolCalls()) {
                if (call.complete()) {
                    return "completed " + call;
                }
            }
            return "";
        }
        return result.toolCalls().isEmpty() ? "" : "call " + result.toolCalls();
    }

    private static String field(Map<String, @Nullable Object> message, String name) {
        return String.valueOf(message.get(name));
    }

    private static List<Map<?, ?>> calls(Map<String, @Nullable Object> message) {
        List<Map<?, ?>> calls = new ArrayList<>();
        for (Object call : (List<?>) Objects.requireNonNull(message.get("tool_calls"))) {
            calls.add((Map<?, ?>) Objects.requireNonNull(call));
        }
        return calls;
    }

    private static String dense(String text) {
        return text.replaceAll("\\s", "");
    }

    private static boolean same(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return new BigDecimal(x.toString()).compareTo(new BigDecimal(y.toString())) == 0;
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return x.keySet().equals(y.keySet()) && x.keySet().stream().allMatch(key -> same(x.get(key), y.get(key)));
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            boolean equal = x.size() == y.size();
            for (int i = 0; equal && i < x.size(); i++) {
                equal = same(x.get(i), y.get(i));
            }
            return equal;
        }
        return Objects.equals(a, b);
    }
}
