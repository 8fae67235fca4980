package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.model.Model;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the callers of the soak do: everything an engine offers, in random order. Thread-safe. */
final class SoakLoad {

    private static final String COUNTED =
            IntStream.range(1, 30).mapToObj(Integer::toString).collect(Collectors.joining(", "));

    private final Engine engine;
    private final Model model;
    private final SoakLedger ledger;
    private final Supplier<? extends TokenConstraint> counting;

    SoakLoad(Engine engine, Model model, SoakLedger ledger) {
        this.engine = engine;
        this.model = model;
        this.ledger = ledger;
        ModelVocabulary vocabulary = new ModelVocabulary(model);
        counting = GrammarConstraint.of(
                Grammar.parse("root ::= \"" + COUNTED + "\"").compile(vocabulary.grammarVocabulary()), vocabulary);
    }

    /** One caller's work until it is over. */
    void run(int caller, AtomicBoolean over) {
        Random random = new Random(caller);
        String name = "caller " + caller % 5;
        while (!over.get()) {
            switch (random.nextInt(10)) {
                case 0 -> count(name);
                case 1 -> leaveEarly(name, random);
                case 2 -> tryOnce(name, random);
                case 3 -> pin(name, random);
                default -> ask(name, random);
            }
        }
    }

    private EngineRequest.Builder request(String caller, Random random) {
        String question = "Question " + random.nextInt(20) + ": " + "what else ".repeat(random.nextInt(20)) + "?";
        EngineRequest.Builder request = EngineRequest.builder(TinyChatEngines.question(model, question))
                .caller(caller)
                .priority(random.nextInt(3))
                .maxTokens(1 + random.nextInt(60))
                .speculativeTokens(random.nextInt(4))
                .ignoreEndOfGeneration(random.nextBoolean())
                .prefixCache(random.nextInt(4) > 0);
        if (random.nextInt(8) == 0) {
            request.timeout(Duration.ofSeconds(60));
        }
        if (random.nextInt(200) == 0) {
            request.maxTokens(2500)
                    .ignoreEndOfGeneration(true)
                    .contextFullPolicy(random.nextBoolean() ? ContextFullPolicy.SHIFT : ContextFullPolicy.STOP);
        }
        return request;
    }

    private void ask(String caller, Random random) {
        List<Generation> streams = engine.submit(request(caller, random).build(), 1 + random.nextInt(2));
        int cancelAfter = random.nextInt(5) == 0 ? random.nextInt(20) : Integer.MAX_VALUE;
        boolean slow = random.nextInt(10) == 0;
        streams.forEach(stream -> read(stream, cancelAfter, slow));
    }

    private void tryOnce(String caller, Random random) {
        try {
            read(engine.trySubmit(request(caller, random).build()), Integer.MAX_VALUE, false);
        } catch (EngineOverloadedException e) {
            assertThat(e).hasMessageContaining("queue");
        }
    }

    private void leaveEarly(String caller, Random random) {
        try (Generation stream = engine.submit(request(caller, random).build())) {
            stream.poll(Duration.ofMillis(random.nextInt(50)));
        }
    }

    private void pin(String caller, Random random) {
        EngineRequest request = request(caller, random).build();
        try (PrefixPin pin = engine.pin(request.prompt())) {
            read(engine.submit(request), Integer.MAX_VALUE, false);
            assertThat(pin).isNotNull();
        }
    }

    /** Text that can only come out one way shows a lost, doubled or misplaced event. */
    private void count(String caller) {
        Generation stream = engine.submit(EngineRequest.builder(TinyChatEngines.question(model, "Count to thirty."))
                .caller(caller)
                .constraint(counting)
                .build());
        Completion counted = stream.result();
        assertThat(counted.text()).isEqualTo(COUNTED);
        ledger.read(stream.id(), counted.tokens().size(), counted.end());
    }

    private void read(Generation stream, int cancelAfter, boolean slowly) {
        int tokens = 0;
        while (stream.hasNext()) {
            switch (stream.next()) {
                case TokenEvent token -> {
                    assertThat(token.token()).isNotNegative();
                    if (++tokens == cancelAfter) {
                        stream.cancel();
                    }
                }
                case FinishedEvent end -> {
                    ledger.read(stream.id(), tokens, end);
                    assertThat(stream.hasNext()).isFalse();
                }
            }
            if (slowly) {
                LockSupport.parkNanos(2_000_000);
            }
        }
    }
}
