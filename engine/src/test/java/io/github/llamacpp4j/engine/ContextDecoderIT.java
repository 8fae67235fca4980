package io.github.llamacpp4j.engine;

import io.github.llamacpp4j.model.Model;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ContextDecoderIT extends DecoderContract {

    private static Model model;

    @BeforeAll
    static void load() {
        model = TinyChatEngines.load();
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @Override
    protected Decoder newDecoder() {
        return ContextDecoder.open(
                model,
                TinyChatEngines.context().contextSize(256).build(),
                EngineOptions.builder()
                        .parallelSequences(2)
                        .retainedSequences(2)
                        .build());
    }
}
