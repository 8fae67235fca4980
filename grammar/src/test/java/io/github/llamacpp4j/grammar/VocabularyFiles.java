package io.github.llamacpp4j.grammar;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufVocabulary;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the shared vocabularies. */
final class VocabularyFiles {
    private VocabularyFiles() {}

    static TokenVocabulary read(String name) {
        Optional<Path> path = Corpus.find("tokenizers/ggml-vocab-" + name + ".gguf");
        assumeTrue(path.isPresent(), "skipped: no shared vocabulary " + name);
        GgufVocabulary tokens =
                GgufVocabulary.of(GgufFile.read(path.orElseThrow()).metadata());
        return TokenVocabulary.of(tokens.pieces(), tokens::isControl, tokens::isEndOfGeneration);
    }
}
