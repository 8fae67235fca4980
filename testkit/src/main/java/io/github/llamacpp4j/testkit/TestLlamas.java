package io.github.llamacpp4j.testkit;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.engine.EngineOptions;
import io.github.llamacpp4j.engine.EngineVocabulary;
import io.github.llamacpp4j.engine.ModelVocabulary;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.natives.LlamaCppHome;
import io.github.llamacpp4j.tinychat.TinyChat;
import java.nio.file.Path;

/**
 * Models for tests, each closed by the caller. Those with a {@link Llama} need llama.cpp's libraries, of which the artifact
 * {@code llamacpp4j-natives-<platform>} on the test class path is enough; {@link #scriptedEngine(Script)} needs none.
 */
public final class TestLlamas {

    private static final int CONTEXT_SIZE = 2048;

    private TestLlamas() {}

    /**
     * The model that comes with llamacpp4j, computed by one thread: small, quick, ignorant, and with temperature 0 always of
     * the same opinion.
     */
    public static Llama tinychat() {
        return Llama.load(
                file(),
                LlamaOptions.builder()
                        .context(context ->
                                context.contextSize(CONTEXT_SIZE).threads(1).batchThreads(1))
                        .build());
    }

    /**
     * A {@link Llama} whose model writes what a script says. Tokenizer, chat template, parsers, sampling and engine are the
     * real ones, those of {@link #tinychat()}: an answer with markup becomes reasoning and tool calls as a model's would.
     */
    public static Llama scripted(Script script) {
        Model model = Model.load(file());
        try {
            EngineVocabulary vocabulary = new ModelVocabulary(model);
            return Llama.of(model, engine(vocabulary, script), LlamaOptions.defaults());
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    /** A real engine on a scripted decoder and a {@link ByteVocabulary}, without native code. */
    public static Engine scriptedEngine(Script script) {
        return engine(new ByteVocabulary(), script);
    }

    private static Engine engine(EngineVocabulary vocabulary, Script script) {
        return Engine.start(() -> new ScriptedDecoder(vocabulary, script), vocabulary, EngineOptions.defaults());
    }

    private static Path file() {
        return TinyChat.MODEL.extractTo(LlamaCppHome.current().directory().resolve("testkit"));
    }
}
