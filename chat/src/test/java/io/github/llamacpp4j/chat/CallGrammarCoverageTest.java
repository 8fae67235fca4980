package io.github.llamacpp4j.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.grammar.CompiledGrammar;
import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.GrammarCursor;
import io.github.llamacpp4j.grammar.TokenMask;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import io.github.llamacpp4j.testkit.base.SharedCorpora;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * For each shared template whose calls can be demanded: what its grammar accepts is read back as valid calls, and what the
 * template writes for valid calls is accepted.
 */
class CallGrammarCoverageTest {
    /** Templates that do not show tools to the model at all. */
    private static final Set<String> WITHOUT_TOOLS = Set.of(
            "google-gemma-2-2b-it.jinja",
            "llama-cpp-deepseek-r1.jinja",
            "llama-cpp-rwkv-world.jinja",
            "microsoft-Phi-3.5-mini-instruct.jinja");

    private static final int WALKS = Integer.getInteger("call.walks", 2);
    private static final int MOST_STEPS = 3_000;

    private static final String TOOLS = """
            [{"type":"function","function":{"name":"book","description":"Books.","parameters":{"type":"object",
              "properties":{
                "city":{"type":"string","description":"A city.","minLength":1,"maxLength":12},
                "zip":{"type":"string","description":"Digits.","pattern":"^[0-9]{5}$"},
                "guests":{"type":"integer","description":"How many.","minimum":1,"maximum":12},
                "price":{"type":"number","description":"Most.","minimum":0,"maximum":99},
                "outdoor":{"type":"boolean","description":"Outside."},
                "unit":{"description":"Unit.","enum":["c","f"],"type":"string"},
                "note":{"description":"Note.","anyOf":[{"type":"string","maxLength":6},{"type":"null"}]},
                "tags":{"description":"Tags.","type":"array","items":{"type":"string","maxLength":5},"maxItems":3},
                "contact":{"description":"Who.","type":"object","properties":{
                  "name":{"type":"string","description":"Name.","maxLength":6},
                  "age":{"type":"integer","description":"Age.","minimum":0,"maximum":120}},
                  "required":["name"]}},
              "required":["city","guests"]}}},
             {"type":"function","function":{"name":"current_time","description":"The time.","parameters":{"type":"object",
              "properties":{"zone":{"type":"string","description":"Zone.","maxLength":4}},"required":[]}}}]
            """;

    private static final List<ToolDefinition> OFFERED = ChatJson.readTools(TOOLS);
    private static final ChatTemplateOptions ALL_TOOLS = options(OFFERED);
    private static final ChatTemplateOptions SIMPLE_TOOL = options(OFFERED.subList(1, 2));
    private static final TokenVocabulary BYTES = bytes();

    private static TokenVocabulary bytes() {
        byte[][] pieces = new byte[257][];
        for (int i = 0; i < 256; i++) {
            pieces[i] = new byte[] {(byte) i};
        }
        pieces[256] = "</s>".getBytes(StandardCharsets.UTF_8);
        return TokenVocabulary.of(pieces, id -> false, id -> id == 256);
    }

    private static Map<String, ChatTemplate> templates() throws IOException {
        Map<String, ChatTemplate> templates = new TreeMap<>();
        try (Stream<Path> files = Files.list(SharedCorpora.require("jinja/templates"))) {
            files.forEach(file -> templates.put(
                    String.valueOf(file.getFileName()), ChatTemplate.read(file, new TemplateTokens("<bos>", "<eos>"))));
        }
        return templates;
    }

    private static ChatTemplateOptions options(List<ToolDefinition> tools) {
        return ChatTemplateOptions.builder().tools(tools).enableThinking(false).build();
    }

    private record Prompt(ChatTemplate template, RenderedPrompt rendered, ChatTemplateOptions options) {
        CompiledGrammar grammar() {
            return template.toolCallGrammar(rendered, options, ToolChoice.required(), BYTES)
                    .compile(BYTES);
        }

        boolean demands() {
            try {
                grammar();
                return true;
            } catch (ChatException e) {
                return false;
            }
        }

        /** What ends the thought that the prompt has begun. */
        String thoughtEnd() {
            return template.outputSyntax()
                    .rules()
                    .tags()
                    .openIn(rendered.generationPrompt())
                    .map(ReasoningTags::close)
                    .orElse("");
        }
    }

    /** Some templates cannot describe all tools. */
    private static Optional<Prompt> prompt(ChatTemplate template, List<ChatMessage> messages) {
        return prompt(template, messages, ALL_TOOLS).or(() -> prompt(template, messages, SIMPLE_TOOL));
    }

    private static Optional<Prompt> prompt(
            ChatTemplate template, List<ChatMessage> messages, ChatTemplateOptions options) {
        try {
            return Optional.of(new Prompt(template, template.render(messages, options), options));
        } catch (ChatException e) {
            return Optional.empty();
        }
    }

    @Test
    void callsCanBeDemandedOfEveryTemplateThatShowsTools() throws IOException {
        Set<String> refused = new TreeSet<>();
        Set<String> free = new TreeSet<>();
        templates().forEach((name, template) -> {
            Optional<Prompt> prompt = prompt(template, List.of(ChatMessage.user("Hello")));
            if (prompt.isEmpty() || !prompt.orElseThrow().demands()) {
                refused.add(name);
                free.add(name);
            } else if (template.lazyToolCallGrammar(
                            prompt.orElseThrow().rendered(),
                            prompt.orElseThrow().options(),
                            BYTES)
                    .isEmpty()) {
                free.add(name);
            }
        });
        print("calls cannot be demanded of " + refused);
        print("calls of one's own accord are not constrained with " + free);
        assertThat(refused).isEqualTo(WITHOUT_TOOLS);
        assertThat(free).isEqualTo(WITHOUT_TOOLS);
    }

    @Test
    void whatIsAcceptedIsReadBackAsValidCalls() throws IOException {
        Map<String, CompiledGrammar> schemas = Map.of(
                "book", schema(OFFERED.getFirst()),
                "current_time", schema(OFFERED.getLast()));
        List<String> failures = new ArrayList<>();
        int[] calls = {0};
        templates().forEach((name, template) -> {
            Optional<Prompt> prompt = prompt(template, List.of(ChatMessage.user("Hello")));
            if (prompt.isEmpty() || WITHOUT_TOOLS.contains(name)) {
                return;
            }
            CompiledGrammar grammar = prompt.orElseThrow().grammar();
            Random random = new Random(name.hashCode());
            for (int walk = 0; walk < WALKS; walk++) {
                Optional<String> text = walk(grammar, random);
                if (text.isEmpty()) {
                    continue;
                }
                OutputParser parser = template.parser(
                        prompt.orElseThrow().rendered(), prompt.orElseThrow().options());
                parser.accept(text.orElseThrow());
                parser.finish();
                List<ParsedToolCall> parsed = parser.result().toolCalls();
                calls[0] += parsed.size();
                boolean valid = !parsed.isEmpty() && parser.result().text().isBlank();
                for (ParsedToolCall call : parsed) {
                    CompiledGrammar schema = schemas.get(call.name());
                    valid &= call.complete()
                            && schema != null
                            && schema.match(JsonTrees.write(sorted(call))).isAccepted();
                }
                if (!valid) {
                    failures.add(name + ": " + text.orElseThrow() + "\n   read as " + parser.result());
                }
            }
        });
        print(calls[0] + " calls read back");
        assertThat(failures).isEmpty();
        assertThat(calls[0]).isGreaterThan(60);
    }

    /** Members in the order of the schema. */
    private static Map<String, @Nullable Object> sorted(ParsedToolCall call) {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>(call.arguments());
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        List<String> order = List.of(
                "city", "zip", "guests", "price", "outdoor", "unit", "note", "tags", "contact", "zone", "name", "age");
        order.stream().filter(arguments::containsKey).forEach(key -> result.put(key, arguments.get(key)));
        if (result.get("contact") instanceof Map<?, ?> contact) {
            Map<String, @Nullable Object> inner = new LinkedHashMap<>();
            List.of("name", "age").stream()
                    .filter(contact::containsKey)
                    .forEach(key -> inner.put(key, contact.get(key)));
            result.put("contact", inner);
        }
        assertThat(result).hasSameSizeAs(arguments);
        return result;
    }

    private static CompiledGrammar schema(ToolDefinition tool) {
        return Grammar.ofSchema(tool.parameters(), CallArguments.COMPACT_OR_SPACED)
                .grammar()
                .compile(TokenVocabulary.empty());
    }

    /** Writes at random; the longer the text, the more it is inclined to end. */
    private static Optional<String> walk(CompiledGrammar grammar, Random random) {
        GrammarCursor cursor = grammar.cursor();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int step = 0; step < MOST_STEPS; step++) {
            TokenMask mask = cursor.mask();
            if (mask.allows(256)) {
                return Optional.of(text.toString(StandardCharsets.UTF_8));
            }
            List<Integer> allowed = new ArrayList<>();
            for (int token = 0; token < 256; token++) {
                boolean usual = token >= ' ' && token < 127;
                if (mask.allows(token) && (usual || random.nextInt(20) == 0 || mask.count() < 20)) {
                    allowed.add(token);
                    int favoured = "<\"',:)]}".indexOf(token) >= 0 && random.nextInt(8) == 0 ? 30 : 0;
                    for (int i = 0; i < favoured; i++) {
                        allowed.add(token);
                    }
                }
            }
            if (allowed.isEmpty()) {
                continue;
            }
            int token = allowed.get(random.nextInt(allowed.size()));
            cursor.accept(token);
            text.write(token);
        }
        return Optional.empty();
    }

    @Test
    void whatTheTemplateWritesIsAccepted() throws IOException {
        Map<String, @Nullable Object> all = JsonTrees.readObject("""
                {"city":"Oslo","zip":"01234","guests":4,"price":12.5,"outdoor":true,"unit":"c","note":"a b",\
                "tags":["a","b"],"contact":{"name":"Zo","age":3}}""");
        Map<String, @Nullable Object> few = JsonTrees.readObject("{\"city\":\"Oslo\",\"guests\":1}");
        Set<String> unwritten = new TreeSet<>();
        List<String> failures = new ArrayList<>();
        templates().forEach((name, template) -> {
            if (WITHOUT_TOOLS.contains(name)) {
                return;
            }
            for (Map<String, @Nullable Object> arguments : List.of(all, few)) {
                ToolCall call = new ToolCall("call00001", "book", arguments);
                List<ChatMessage> messages = List.of(ChatMessage.user("Hello"));
                Optional<Prompt> prompt = prompt(template, messages);
                ChatMessage answer = new ChatMessage.AssistantMessage("", "", List.of(call));
                Optional<Prompt> whole = prompt(template, List.of(messages.getFirst(), answer));
                String text = whole.map(each -> each.rendered().text()).orElse("");
                if (prompt.isEmpty()
                        || !text.contains("Oslo")
                        || !prompt.orElseThrow().options().equals(ALL_TOOLS)) {
                    unwritten.add(name);
                    return;
                }
                if (!acceptsPartOf(prompt.orElseThrow(), text)) {
                    failures.add(name + ": " + text.substring(Math.max(0, text.indexOf("Oslo") - 200)));
                }
            }
        });
        print("earlier calls are not written by " + unwritten);
        assertThat(failures).isEmpty();
        assertThat(unwritten).hasSizeLessThan(6);
    }

    /** Whether some part of the text is accepted: from some place behind the prompt on, up to some place before the end. */
    private static boolean acceptsPartOf(Prompt prompt, String text) {
        CompiledGrammar grammar = prompt.grammar();
        byte[] thoughtEnd = prompt.thoughtEnd().getBytes(StandardCharsets.UTF_8);
        int value = text.lastIndexOf("Oslo");
        for (int start = value; start >= 0; start--) {
            GrammarCursor cursor = grammar.cursor();
            if (thoughtEnd.length > 0) {
                cursor.tryAcceptBytes(thoughtEnd);
            }
            int end = start;
            while (end < text.length()
                    && cursor.tryAcceptBytes(text.substring(end, end + 1).getBytes(StandardCharsets.UTF_8))) {
                end++;
                if (cursor.isComplete() && end > value) {
                    return true;
                }
            }
        }
        return false;
    }

    @SuppressWarnings("SystemOut")
    private static void print(String line) {
        System.out.println(line);
    }
}
