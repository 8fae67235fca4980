package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.chat.OutputSyntax;
import io.github.llamacpp4j.engine.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** What clients see of a chunk does not depend on whether what stands around its text was written with it or before. */
class TextFrameTest {

    private static final AnswerHead HEAD =
            new AnswerHead("id-\"1\"", "chunk", 1_700_000_000, "m\u00f6del \"\"", "fp_0");

    private static void chat(Chunks chunks, int choice, List<String> texts) {
        ChatChunks writer = new ChatChunks(chunks, null);
        ChatAnswer answer = new ChatAnswer(choice, OutputSyntax.of("").parser(List.of(), ""), false, false);
        for (String text : texts) {
            answer.content().append(text);
            writer.write(answer, null);
        }
    }

    private static void wholeChat(Chunks chunks, int choice, List<String> texts) {
        for (String text : texts) {
            JsonGenerator json = chunks.begin(choice);
            json.writeObjectPropertyStart("delta");
            json.writeStringProperty("content", text);
            json.writeEndObject();
            chunks.end(null, null);
        }
    }

    private static void completion(Chunks chunks, int choice, List<String> texts) {
        List<CompletionAnswer> answers = new ArrayList<>();
        for (int i = 0; i <= choice; i++) {
            answers.add(new CompletionAnswer("", null, logprobs -> {}));
        }
        CompletionStreamer streamer = new CompletionStreamer(chunks, answers, false, 1);
        for (String text : texts) {
            streamer.accept(choice, new TokenEvent(1, text, Optional.empty()));
            streamer.pause();
        }
    }

    private static void wholeCompletion(Chunks chunks, int choice, List<String> texts) {
        for (String text : texts) {
            JsonGenerator json = chunks.begin(choice);
            json.writeStringProperty("text", text);
            json.writeNullProperty("logprobs");
            chunks.end(null, null);
        }
    }

    /** The chunks, and last the failure if there was one. */
    private static List<String> events(boolean announcesUsage, Consumer<Chunks> writer) {
        KeptEvents kept = new KeptEvents();
        Chunks chunks = new Chunks(kept, HEAD, announcesUsage);
        try {
            writer.accept(chunks);
            chunks.usage(Measures.usage(1, 0, 2, 0));
        } catch (JacksonException e) {
            kept.events().add(String.valueOf(e.getOriginalMessage()));
        }
        return kept.events();
    }

    @Property(tries = 200)
    void aFramedChunkIsTheWholeChunkToTheByte(
            @ForAll("texts") List<String> texts, @ForAll("choices") int choice, @ForAll boolean announcesUsage) {
        assertThat(events(announcesUsage, chunks -> chat(chunks, choice, texts)))
                .isEqualTo(events(announcesUsage, chunks -> wholeChat(chunks, choice, texts)));
        assertThat(events(announcesUsage, chunks -> completion(chunks, choice, texts)))
                .isEqualTo(events(announcesUsage, chunks -> wholeCompletion(chunks, choice, texts)));
    }

    @Property(tries = 200)
    void theTextArrivesAsItIs(@ForAll("validText") String text) {
        String chunk = events(false, chunks -> chat(chunks, 0, List.of(text))).getFirst();
        assertThat(JsonMapper.shared()
                        .readTree(chunk)
                        .at("/choices/0/delta/content")
                        .asString())
                .isEqualTo(text);
    }

    @Test
    void aChunkIsWhatItAlwaysWas() {
        assertThat(events(false, chunks -> chat(chunks, 3, List.of("a", "say \"\ud83d\ude00\u2028\u0007\\\""))))
                .last()
                .isEqualTo("{\"id\":\"id-\\\"1\\\"\",\"object\":\"chunk\",\"created\":1700000000,"
                        + "\"model\":\"m\u00f6del \\\"\\\"\",\"system_fingerprint\":\"fp_0\",\"choices\":[{\"index\":3,"
                        + "\"delta\":{\"content\":\"say \\\"\ud83d\ude00\u2028\\u0007\\\\\\\"\"},"
                        + "\"finish_reason\":null}]}");
    }

    @Provide
    Arbitrary<Integer> choices() {
        return Arbitraries.integers().between(0, 12);
    }

    @Provide
    Arbitrary<String> validText() {
        Arbitrary<Integer> special =
                Arbitraries.of(0, 8, 10, 31, (int) '"', (int) '\\', (int) '/', 127, 0x80, 0x2028, 0x2029, 0x1F600);
        Arbitrary<Integer> any = Arbitraries.integers().between(0, 0x10FFFF).filter(c -> c < 0xD800 || c > 0xDFFF);
        return Arbitraries.oneOf(special, Arbitraries.integers().between(' ', '~'), any)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40)
                .map(points -> points.stream()
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
    }

    /** Also such as no token has: halves of code points, and texts longer than the writer's buffer. */
    @Provide
    Arbitrary<List<String>> texts() {
        Arbitrary<String> broken = validText().map(text -> text + "\ud83d");
        Arbitrary<String> longText = validText().map(text -> text.repeat(500));
        return Arbitraries.frequencyOf(Tuple.of(8, validText()), Tuple.of(1, broken), Tuple.of(1, longText))
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }
}
