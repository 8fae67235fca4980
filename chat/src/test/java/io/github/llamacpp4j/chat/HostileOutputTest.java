package io.github.llamacpp4j.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Outputs that no model should write: no exception, no hang, nothing lost. */
class HostileOutputTest {
    private static final int MUTATIONS = 10_000;
    private static final List<OutputFamiliesTest.Family> FAMILIES =
            OutputFamiliesTest.families().toList();

    @Test
    void ten_thousand_mutated_answers_are_read_without_an_exception() {
        assertTimeoutPreemptively(Duration.ofMinutes(5), () -> {
            Random random = new Random(20261122);
            for (int i = 0; i < MUTATIONS; i++) {
                OutputFamiliesTest.Family family = FAMILIES.get(i % FAMILIES.size());
                String output = mutated(family.output(), random);
                check(family, output, random);
            }
        });
    }

    private static void check(OutputFamiliesTest.Family family, String output, Random random) {
        OutputSyntax syntax = OutputSyntax.of(family.template());
        ParsedOutput whole = syntax.parse(output, OutputFamiliesTest.TOOLS, family.generationPrompt());
        OutputParser parser = syntax.parser(OutputFamiliesTest.TOOLS, family.generationPrompt());
        for (int at = 0; at < output.length(); ) {
            int next = Math.min(output.length(), at + 1 + random.nextInt(9));
            parser.accept(output.substring(at, next));
            at = next;
        }
        parser.finish();
        assertThat(parser.result()).as(output).isEqualTo(whole);
        whole.toolCalls().stream().filter(ParsedToolCall::complete).forEach(ParsedToolCall::arguments);
        if (whole.toolCalls().isEmpty() && whole.reasoning().isEmpty() && output.length() > 60) {
            assertThat(whole.text()).as(output).isNotBlank();
        }
    }

    private static String mutated(String output, Random random) {
        StringBuilder text = new StringBuilder(output);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && !text.isEmpty(); i++) {
            int at = random.nextInt(text.length());
            int to = Math.min(text.length(), at + 1 + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, to);
                case 1 -> text.insert(at, text.substring(at, to));
                case 2 -> text.setCharAt(at, (char) random.nextInt(0x10000));
                case 3 -> text.insert(at, "{}[]<>|\"\\':,\n".charAt(random.nextInt(13)));
                default -> text.setLength(at);
            }
        }
        return text.toString();
    }

    @Property(tries = 500)
    void soup_of_markup_is_read_alike_in_any_pieces(@ForAll("soup") String output, @ForAll long seed) {
        OutputFamiliesTest.Family family = FAMILIES.get(Math.floorMod(output.hashCode(), FAMILIES.size()));
        check(family, output, new Random(seed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<|constrain|>{{{{\"{\"id\": \"1\", \"arguments\": {\"city\": \"Oslo\"}, \"name\": \"get_weather\"},<|message|>",
                "<|channel|>analysis the user wants the weather of Oslo so that is what is asked for<|message|>",
                "<|start|>assistant The weather of Oslo is fine today, is it not?<|channel|>final<|message|>",
            })
    void what_stands_in_a_header_where_no_header_has_it_is_not_lost(String output) {
        ParsedOutput parsed = channels().parse(output, OutputFamiliesTest.TOOLS, "");

        assertThat(parsed.text() + parsed.reasoning()).contains("Oslo");
        assertThat(parsed.flags()).contains(OutputFlag.UNEXPECTED_FORMAT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<|channel|>final<|message|>",
                "<|start|>assistant<|channel|>final<|message|>",
                "<|channel|>commentary to=user json<|message|>",
                "<|start|>assistant<|channel|>analysis <|constrain|>json<|message|>",
                "<|start|>assistant to=user<|channel|>commentary json<|message|>",
                "<|start|>functions.get_weather to=assistant<|channel|>commentary<|message|>"
            })
    void a_header_is_no_text(String header) {
        ParsedOutput parsed = channels().parse(header + "Sure.", OutputFamiliesTest.TOOLS, "");

        assertThat(parsed.text() + parsed.reasoning()).isEqualTo("Sure.");
        assertThat(parsed.flags()).doesNotContain(OutputFlag.UNEXPECTED_FORMAT);
    }

    private static OutputSyntax channels() {
        return FAMILIES.stream()
                .map(OutputFamiliesTest.Family::template)
                .filter(template -> template.contains(ChannelSyntax.CHANNEL))
                .findFirst()
                .map(OutputSyntax::of)
                .orElseThrow();
    }

    @Provide
    Arbitrary<String> soup() {
        List<String> tokens = new ArrayList<>(List.of(
                "{",
                "}",
                "[",
                "]",
                "\"",
                ":",
                ",",
                " ",
                "\n",
                "\\",
                "x",
                "get_weather",
                "city",
                "Oslo",
                "2",
                "```json"));
        FAMILIES.forEach(family -> {
            for (String token : family.output().split("(?=<)|(?<=>)", -1)) {
                tokens.add(token);
            }
        });
        return Arbitraries.of(tokens).list().ofMaxSize(40).map(list -> String.join("", list));
    }

    static List<String> floods() {
        return List.of(
                "<tool_call>",
                "<tool_call>\n<function=get_weather>\n<parameter=city>\n",
                "</parameter>",
                "</parameter>\n",
                "{\"name\": \"get_weather\", \"arguments\": {\"city\": \"",
                "[",
                "{\"a\":",
                " ",
                "\n",
                "<think>",
                "<",
                "<|tool_call_begin|>functions.",
                "<|channel|>analysis<|message|>",
                "<|start|>assistant to=",
                "<|tool_call>call:get_weather{city:<|\"|>",
                "[TOOL_CALLS]get_weather",
                ">>>",
                "```json");
    }

    @ParameterizedTest
    @MethodSource("floods")
    void a_flood_takes_linear_time(String drop) {
        String flood = drop.repeat(60_000 / drop.length());
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
            for (OutputFamiliesTest.Family family : FAMILIES) {
                OutputSyntax syntax = OutputSyntax.of(family.template());
                syntax.parse(flood, OutputFamiliesTest.TOOLS, family.generationPrompt());
                OutputParser parser = syntax.parser(OutputFamiliesTest.TOOLS, family.generationPrompt());
                for (int at = 0; at < flood.length(); at += 16) {
                    parser.accept(flood.substring(at, Math.min(flood.length(), at + 16)));
                }
                parser.finish();
            }
        });
    }
}
