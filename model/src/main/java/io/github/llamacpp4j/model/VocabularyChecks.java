package io.github.llamacpp4j.model;

import io.github.llamacpp4j.gguf.GgufArray;
import io.github.llamacpp4j.gguf.GgufMetadata;
import io.github.llamacpp4j.gguf.GgufType;
import io.github.llamacpp4j.gguf.GgufValue;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What llama.cpp's vocabulary loader takes for granted: it reads arrays by the type it expects, whatever their type, and
 * asserts that no token occurs twice.
 */
final class VocabularyChecks {

    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String SCORES = "tokenizer.ggml.scores";
    private static final String TOKEN_TYPES = "tokenizer.ggml.token_type";
    private static final String MERGES = "tokenizer.ggml.merges";

    private VocabularyChecks() {}

    /** What is wrong with the vocabulary, if anything. */
    static Optional<String> fault(GgufMetadata metadata) {
        return Stream.of(
                        wrongType(metadata, TOKENS, EnumSet.of(GgufType.STRING)),
                        wrongType(metadata, MERGES, EnumSet.of(GgufType.STRING)),
                        wrongType(metadata, SCORES, EnumSet.of(GgufType.FLOAT32, GgufType.INT32)),
                        wrongType(metadata, TOKEN_TYPES, EnumSet.of(GgufType.INT32)),
                        tooShort(metadata, SCORES),
                        tooShort(metadata, TOKEN_TYPES))
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> repeated(metadata));
    }

    private static Optional<String> wrongType(GgufMetadata metadata, String key, Set<GgufType> expected) {
        Optional<GgufValue> value = metadata.value(key);
        if (value.isEmpty() || (value.get() instanceof GgufArray array && expected.contains(array.elementType()))) {
            return Optional.empty();
        }
        return Optional.of("metadata key " + key + ": expected an array of " + expected + ", found "
                + (value.get() instanceof GgufArray array ? array : value.get().type()));
    }

    private static Optional<String> tooShort(GgufMetadata metadata, String key) {
        int tokens = size(metadata, TOKENS);
        return metadata.value(key).isEmpty() || size(metadata, key) >= tokens
                ? Optional.empty()
                : Optional.of("metadata key " + key + ": expected " + tokens + " elements, one for each token, found "
                        + size(metadata, key));
    }

    private static int size(GgufMetadata metadata, String key) {
        return metadata.value(key)
                .map(value -> value instanceof GgufArray array ? array.size() : 0)
                .orElse(0);
    }

    private static Optional<String> repeated(GgufMetadata metadata) {
        List<String> tokens = metadata.strings(TOKENS);
        Set<String> seen = HashSet.newHashSet(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i).isEmpty() ? "[EMPTY_" + i + "]" : tokens.get(i);
            boolean comparable = token.indexOf('\uFFFD') < 0;
            if (comparable && !seen.add(token)) {
                return Optional.of("the vocabulary holds the token '" + token + "' twice, the second time as number "
                        + i + "; every token must be unique");
            }
        }
        return Optional.empty();
    }
}
