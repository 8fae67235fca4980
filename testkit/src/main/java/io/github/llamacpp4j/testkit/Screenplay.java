package io.github.llamacpp4j.testkit;

import io.github.llamacpp4j.engine.EngineVocabulary;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the token that follows. A decoder sees tokens and no requests: what continues an answer under way by its own words
 * belongs to that request, wherever the engine has moved it, and everything else is a new prompt. Not thread-safe.
 */
final class Screenplay {

    private final EngineVocabulary vocabulary;
    private final Script script;
    private final int end;
    private final Map<Integer, Scene> scenes = new HashMap<>();

    /** A prompt and the answer to it, as tokens and in UTF-8. */
    private static final class Scene {
        final int[] prompt;
        final int[] answer;
        final byte[] text;

        Scene(int[] prompt, int[] answer, byte[] text) {
            this.prompt = prompt;
            this.answer = answer;
            this.text = text;
        }
    }

    /**
     * A play in a vocabulary.
     *
     * @throws IllegalArgumentException if no token ends generation
     */
    Screenplay(EngineVocabulary vocabulary, Script script) {
        this.vocabulary = vocabulary;
        this.script = script;
        this.end = IntStream.range(0, vocabulary.size())
                .filter(vocabulary::isEndOfGeneration)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "a script needs a token that ends generation; this vocabulary has none"));
    }

    /** The token behind {@code tokens}, which are all of a sequence. */
    int next(int sequence, int[] tokens) {
        Scene scene = Stream.concat(Stream.ofNullable(scenes.get(sequence)), scenes.values().stream())
                .filter(known -> continues(known, tokens))
                .findFirst()
                .orElseGet(() -> begin(tokens));
        scenes.put(sequence, scene);
        return follow(scene, text(tokens, scene.prompt.length).length);
    }

    private Scene begin(int[] prompt) {
        String answer = script.answer(new String(text(prompt, 0), StandardCharsets.UTF_8));
        byte[] text = answer.getBytes(StandardCharsets.UTF_8);
        int[] tokens = vocabulary.tokenize(text);
        if (!Arrays.equals(text(tokens, 0), text)) {
            throw new IllegalStateException("this vocabulary cannot spell what the script says: " + answer);
        }
        return new Scene(prompt, tokens, text);
    }

    /** The token behind the first {@code written} bytes of an answer, which need not be where the script's tokens end. */
    private int follow(Scene scene, int written) {
        int at = 0;
        for (int token : scene.answer) {
            if (at == written) {
                return token;
            }
            at += vocabulary.text(token).length;
        }
        return at == written ? end : vocabulary.tokenize(Arrays.copyOfRange(scene.text, written, scene.text.length))[0];
    }

    /** Whether something has been answered, and nothing but what the scene says. */
    private boolean continues(Scene scene, int[] tokens) {
        if (tokens.length <= scene.prompt.length || !startsWith(tokens, scene.prompt)) {
            return false;
        }
        byte[] written = text(tokens, scene.prompt.length);
        return written.length <= scene.text.length
                && Arrays.equals(written, 0, written.length, scene.text, 0, written.length);
    }

    private static boolean startsWith(int[] tokens, int[] start) {
        return Arrays.equals(tokens, 0, start.length, start, 0, start.length);
    }

    private byte[] text(int[] tokens, int from) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = from; i < tokens.length; i++) {
            bytes.writeBytes(vocabulary.text(tokens[i]));
        }
        return bytes.toByteArray();
    }
}
