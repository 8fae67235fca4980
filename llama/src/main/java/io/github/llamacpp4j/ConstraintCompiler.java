package io.github.llamacpp4j;

import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.GrammarConstraint;
import io.github.llamacpp4j.engine.ModelVocabulary;
import io.github.llamacpp4j.grammar.CompiledGrammar;
import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Compiles constraints for one model, on the caller's thread, and keeps those last used. Thread-safe; two callers that need the same
 * constraint at the same time compile it once.
 */
final class ConstraintCompiler {

    static final int MOST_KEPT = 64;
    static final long MOST_KEPT_BYTES = 256L << 20;

    /** The caller's thread computes masks ahead for so long, so that the engine's thread finds most of what it needs. */
    private static final Duration PREPARATION = Duration.ofMillis(100);

    private final Supplier<ModelVocabulary> vocabulary;
    private final Map<Object, Lazy<Optional<CompiledGrammar>>> kept = new LinkedHashMap<>(16, 0.75f, true);

    ConstraintCompiler(Supplier<ModelVocabulary> vocabulary) {
        this.vocabulary = vocabulary;
    }

    ModelVocabulary vocabulary() {
        return vocabulary.get();
    }

    /** The request under the constraint. */
    EngineRequest constrained(EngineRequest request, OutputConstraint constraint) {
        return constrained(request, constraint, tokens -> Optional.of(constraint.grammar(tokens)));
    }

    /**
     * The request under a grammar.
     *
     * @param key equal keys stand for equal grammars
     * @param grammar makes the grammar; empty leaves the request as it is
     */
    EngineRequest constrained(EngineRequest request, Object key, Function<TokenVocabulary, Optional<Grammar>> grammar) {
        return compiled(key, grammar)
                .map(compiled -> request.toBuilder()
                        .constraint(GrammarConstraint.of(compiled, vocabulary.get()))
                        .build())
                .orElse(request);
    }

    Optional<CompiledGrammar> compiled(Object key, Function<TokenVocabulary, Optional<Grammar>> grammar) {
        Lazy<Optional<CompiledGrammar>> lazy;
        synchronized (kept) {
            lazy = kept.computeIfAbsent(key, absent -> new Lazy<>(() -> compile(grammar)));
        }
        Optional<CompiledGrammar> compiled;
        try {
            compiled = lazy.get();
        } catch (RuntimeException failure) {
            synchronized (kept) {
                kept.remove(key, lazy);
            }
            throw failure;
        }
        trim();
        return compiled;
    }

    private Optional<CompiledGrammar> compile(Function<TokenVocabulary, Optional<Grammar>> grammar) {
        TokenVocabulary tokens = vocabulary.get().grammarVocabulary();
        return grammar.apply(tokens).map(made -> made.compile(tokens).prepare(PREPARATION));
    }

    private void trim() {
        synchronized (kept) {
            long bytes = 0;
            for (Lazy<Optional<CompiledGrammar>> each : kept.values()) {
                bytes += bytes(each);
            }
            Iterator<Lazy<Optional<CompiledGrammar>>> eldest = kept.values().iterator();
            while (kept.size() > 1 && (kept.size() > MOST_KEPT || bytes > MOST_KEPT_BYTES)) {
                bytes -= bytes(eldest.next());
                eldest.remove();
            }
        }
    }

    private static long bytes(Lazy<Optional<CompiledGrammar>> lazy) {
        return lazy.made()
                .flatMap(made -> made)
                .map(CompiledGrammar::cachedBytes)
                .orElse(0L);
    }
}
