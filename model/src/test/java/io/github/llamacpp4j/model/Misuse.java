package io.github.llamacpp4j.model;

import io.github.llamacpp4j.gguf.GgufArray;
import io.github.llamacpp4j.gguf.GgufWriter;
import io.github.llamacpp4j.testkit.base.TestModels;
import io.github.llamacpp4j.testkit.base.TinyLlama;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What ends the process, hangs it or reads foreign memory when it reaches llama.cpp, and the exception that has to come
 * instead; {@link Survived} where there is nothing to refuse. The names of the catalogues are in parentheses: C for the
 * pain points, N for the native study.
 */
enum Misuse {
    /** A context of a model without weights (N). */
    CONTEXT_OF_A_VOCABULARY(IllegalStateException.class, f -> {
        try (Model vocabulary = Model.load(
                TestModels.tinychat(),
                ModelOptions.builder().vocabularyOnly(true).build())) {
            vocabulary.newContext(ContextOptions.defaults());
        }
    }),
    /** A file with a vocabulary only, loaded with weights (N). */
    VOCABULARY_AS_MODEL(
            ModelLoadException.class,
            f -> Model.load(write(f, "vocabulary", TinyLlama.of().vocabularyOnly()))),
    /** A missing file (N). */
    MISSING_FILE(ModelLoadException.class, f -> Model.load(f.folder.resolve("absent.gguf"))),
    /** A directory (N). */
    DIRECTORY(ModelLoadException.class, f -> Model.load(f.folder)),
    /** A vision projector in place of a model (C22). */
    PROJECTOR_AS_MODEL(
            ModelLoadException.class,
            f -> Model.load(write(f, "clip", TinyLlama.of().file().put("general.architecture", "clip")))),
    /** The same token twice, which the vocabulary asserts against. */
    REPEATED_TOKEN(ModelLoadException.class, f -> {
        String[] tokens = new String[2048];
        Arrays.fill(tokens, "same");
        Model.load(write(f, "repeated", TinyLlama.of().file().put("tokenizer.ggml.tokens", List.of(tokens))));
    }),
    /** A tokenizer array of the wrong kind (C20). */
    MERGES_ARE_NUMBERS(
            ModelLoadException.class,
            f -> Model.load(
                    write(f, "merges", TinyLlama.of().file().put("tokenizer.ggml.merges", GgufArray.ofInts(1, 2, 3))))),
    /** A beginning token that does not exist, to be added. */
    ABSENT_BEGINNING_TOKEN(TokenizationException.class, f -> {
        GgufWriter file = TinyLlama.of().file().put("tokenizer.ggml.bos_token_id", 4_000_000);
        try (Model model = Model.load(write(f, "beginning", file.put("tokenizer.ggml.add_bos_token", true)))) {
            if (model.tokenizer().specialTokens().beginning().isPresent()) {
                throw new TokenizationException("llama.cpp chose another token, which is safe");
            }
            model.tokenizer().encode("text");
        }
    }),
    /** A progress listener that throws (C51). */
    THROWING_PROGRESS_LISTENER(ArithmeticException.class, f -> {
        ModelOptions options = ModelOptions.builder()
                .progressListener(fraction -> {
                    throw new ArithmeticException();
                })
                .build();
        Model.load(TestModels.tinychat(), options);
    }),
    /** A tensor listener that throws (C51). */
    THROWING_TENSOR_LISTENER(
            ArithmeticException.class,
            f -> f.whileComputing((context, values) -> {
                throw new ArithmeticException();
            })),
    /** A decode inside of a decode. */
    DECODE_WHILE_COMPUTING(
            IllegalStateException.class, f -> f.whileComputing((context, values) -> context.append(0, 1))),
    /** A context closed by its own decode (C37). */
    CLOSED_WHILE_COMPUTING(IllegalStateException.class, f -> f.whileComputing((context, values) -> context.close())),
    /** Numbers of a tensor whose memory is used again. */
    TENSOR_READ_TOO_LATE(IllegalStateException.class, f -> {
        List<TensorValues> kept = new ArrayList<>();
        f.whileComputing((context, values) -> kept.add(values));
        kept.getFirst().copy();
    }),
    /** A metadata override of another kind than the value. */
    OVERRIDE_OF_ANOTHER_KIND(IllegalArgumentException.class, f -> {
        ModelOptions options = ModelOptions.builder()
                .metadataOverrides(List.of(new MetadataOverride.OfString("llama.block_count", "four")))
                .build();
        Model.load(TestModels.tinychat(), options);
    }),
    /** A main device that does not exist. */
    ABSENT_DEVICE(ModelLoadException.class, f -> {
        ModelOptions options = ModelOptions.builder()
                .splitMode(SplitMode.TENSOR)
                .devices(List.of())
                .build();
        Model.load(TestModels.tinychat(), options);
    }),
    /** A token id beyond the vocabulary (C04). */
    TOKEN_TOO_LARGE(IllegalArgumentException.class, f -> inContext(f, c -> c.append(0, 2048))),
    /** A negative token id (C04). */
    TOKEN_NEGATIVE(IllegalArgumentException.class, f -> inContext(f, c -> c.append(0, -1))),
    /** No tokens (C03). */
    EMPTY_BATCH(IllegalArgumentException.class, f -> inContext(f, c -> c.decode(new Batch(4)))),
    /** No tokens (C03). */
    EMPTY_APPEND(IllegalArgumentException.class, f -> inContext(f, c -> c.append(0))),
    /** More tokens than a batch holds (C02). */
    BATCH_OVERFLOW(IllegalStateException.class, f -> {
        Batch batch = new Batch(1);
        batch.add(1, 0, 0, false);
        batch.add(1, 1, 0, false);
    }),
    /** Outputs in a part of a batch that is computed before the last (C01). */
    OUTPUT_IN_AN_EARLY_PART(IllegalArgumentException.class, f -> {
        try (Context context = f.model.newContext(Contexts.small().batchSize(32).build())) {
            Batch batch = new Batch(64);
            for (int i = 0; i < 64; i++) {
                batch.add(1, i, 0, true);
            }
            context.decode(batch);
        }
    }),
    /** More positions than the context has (N). */
    CONTEXT_FULL(
            ContextFullException.class,
            f -> inContext(f, c -> {
                c.append(0, new int[500]);
                c.append(0, new int[500]);
            })),
    /** A sequence that does not exist (C05). */
    SEQUENCE_TOO_LARGE(IllegalArgumentException.class, f -> inContext(f, c -> c.append(1, 1))),
    /** A negative sequence (C05). */
    SEQUENCE_NEGATIVE(IllegalArgumentException.class, f -> inContext(f, c -> new Batch(1).add(1, 0, -1, true))),
    /** A gap in the positions (C06). */
    POSITION_GAP(
            DecodeException.class,
            f -> inContext(f, c -> {
                c.append(0, 1, 2, 3);
                Batch batch = new Batch(1);
                batch.add(1, 7, 0, true);
                c.decode(batch);
            })),
    /** A position that was computed already (C06). */
    POSITION_AGAIN(
            DecodeException.class,
            f -> inContext(f, c -> {
                c.append(0, 1, 2, 3);
                Batch batch = new Batch(1);
                batch.add(1, 0, 0, true);
                c.decode(batch);
            })),
    /** Removing from a sequence that does not exist (C05). */
    REMOVE_UNKNOWN_SEQUENCE(
            IllegalArgumentException.class, f -> inContext(f, c -> c.memory().remove(300))),
    /** Removing from a negative sequence (C05). */
    REMOVE_NEGATIVE_SEQUENCE(
            IllegalArgumentException.class, f -> inContext(f, c -> c.memory().remove(-2, 0, 1))),
    /** Copying to a sequence that does not exist (C05). */
    COPY_TO_UNKNOWN_SEQUENCE(
            IllegalArgumentException.class, f -> inContext(f, c -> c.memory().copy(0, 999))),
    /** Asking for a position of a sequence that does not exist (C05). */
    POSITION_OF_UNKNOWN_SEQUENCE(
            IllegalArgumentException.class, f -> inContext(f, c -> c.memory().lastPosition(64))),
    /** Keeping a sequence that does not exist (C05). */
    KEEP_UNKNOWN_SEQUENCE(
            IllegalArgumentException.class, f -> inContext(f, c -> c.memory().keep(-1))),
    /** Copying a part between split streams (C07). */
    PARTIAL_COPY_ACROSS_STREAMS(IllegalArgumentException.class, f -> {
        try (Context context =
                f.model.newContext(Contexts.small().maxSequences(2).build())) {
            context.append(0, 1, 2, 3, 4);
            context.memory().copy(0, 1, 0, 2);
        }
    }),
    /** Dividing positions by nothing. */
    DIVIDE_BY_ZERO(
            IllegalArgumentException.class, f -> inContext(f, c -> c.memory().divide(0, 0, 10, 0))),
    /** Moving positions below zero. */
    SHIFT_BELOW_ZERO(
            IllegalArgumentException.class,
            f -> inContext(f, c -> {
                c.append(0, 1, 2, 3);
                c.memory().shift(0, 0, 3, -1);
            })),
    /** A token of several sequences in split streams. */
    SHARED_TOKEN_IN_SPLIT_STREAMS(IllegalArgumentException.class, f -> {
        try (Context context =
                f.model.newContext(Contexts.small().maxSequences(2).build())) {
            Batch batch = new Batch(1, 2);
            batch.add(1, 0, new int[] {0, 1}, true);
            context.decode(batch);
        }
    }),
    /** More sequences than tokens in a batch. */
    MORE_SEQUENCES_THAN_BATCH(
            IllegalArgumentException.class,
            f -> f.model.newContext(
                    Contexts.small().batchSize(2).maxSequences(4).build())),
    /** Logits before anything was decoded (C09). */
    LOGITS_BEFORE_DECODE(IllegalStateException.class, f -> inContext(f, c -> c.logits(-1))),
    /** Logits of a token that asked for none (C09). */
    LOGITS_OF_ANOTHER_TOKEN(
            IllegalArgumentException.class,
            f -> inContext(f, c -> {
                c.append(0, 1, 2, 3);
                c.logits(0);
            })),
    /** Logits after a failed decode (C09). */
    LOGITS_AFTER_A_FAILURE(
            IllegalStateException.class,
            f -> inContext(f, c -> {
                c.append(0, new int[500]);
                Batch batch = new Batch(100);
                for (int i = 0; i < 100; i++) {
                    batch.add(1, 500 + i, 0, true);
                }
                c.tryDecode(batch);
                c.logits(-1);
            })),
    /** Sampling a token that asked for no logits (C09). */
    SAMPLE_ANOTHER_TOKEN(
            IllegalArgumentException.class,
            f -> inContext(f, c -> {
                c.append(0, 1, 2, 3);
                try (Sampler sampler = Sampler.builder(f.model).greedy().build()) {
                    sampler.sample(c, 1);
                }
            })),
    /** Sampling before anything was decoded (C09). */
    SAMPLE_BEFORE_DECODE(
            IllegalStateException.class,
            f -> inContext(f, c -> {
                try (Sampler sampler = Sampler.builder(f.model).greedy().build()) {
                    sampler.sample(c, -1);
                }
            })),
    /** A chain that chooses nothing (N). */
    CHAIN_WITHOUT_CHOICE(
            IllegalStateException.class, f -> Sampler.builder(f.model).topK(4).build()),
    /** A chain of nothing (N). */
    EMPTY_CHAIN(IllegalStateException.class, f -> Sampler.builder(f.model).build()),
    /** Logits that are not numbers (C10). */
    SAMPLE_NOT_A_NUMBER(SamplingException.class, f -> sampling(f, Float.NaN)),
    /** Logits that exclude everything (C10). */
    SAMPLE_NOTHING_LEFT(SamplingException.class, f -> sampling(f, Float.NEGATIVE_INFINITY)),
    /** Infinite logits (C10). */
    SAMPLE_INFINITE(SamplingException.class, f -> sampling(f, Float.POSITIVE_INFINITY)),
    /** Biases that exclude everything (C10). */
    BIAS_EXCLUDES_ALL(SamplingException.class, f -> {
        Map<Integer, Float> all = new HashMap<>();
        for (int i = 0; i < f.model.tokenizer().size(); i++) {
            all.put(i, Float.NEGATIVE_INFINITY);
        }
        try (Sampler sampler =
                Sampler.builder(f.model).logitBias(all).distribution(1).build()) {
            sampler.sample(new float[f.model.tokenizer().size()]);
        }
    }),
    /** A bias for a token that does not exist (C11). */
    BIAS_OUT_OF_RANGE(
            IllegalArgumentException.class, f -> Sampler.builder(f.model).logitBias(Map.of(5000, 1f))),
    /** A temperature that is no number (N). */
    TEMPERATURE_NOT_A_NUMBER(
            IllegalArgumentException.class, f -> Sampler.builder(f.model).temperature(Float.NaN)),
    /** A negative top-k (N). */
    NEGATIVE_TOP_K(IllegalArgumentException.class, f -> Sampler.builder(f.model).topK(-5)),
    /** A history that no memory holds. */
    ENDLESS_HISTORY(
            IllegalArgumentException.class, f -> Sampler.builder(f.model).penalties(Integer.MAX_VALUE, 1.1f, 0, 0)),
    /** Accepting a token that does not exist. */
    ACCEPT_UNKNOWN_TOKEN(IllegalArgumentException.class, f -> {
        try (Sampler sampler =
                Sampler.builder(f.model).penalties(64, 1.1f, 0, 0).greedy().build()) {
            sampler.accept(1 << 30);
        }
    }),
    /** Infill over the whole vocabulary, which takes minutes. */
    INFILL_OVER_ALL(IllegalStateException.class, f -> Sampler.builder(f.model).infill()),
    /** Sampling with a closed chain (N). */
    SAMPLE_WITH_CLOSED_CHAIN(
            IllegalStateException.class,
            f -> inContext(f, c -> {
                c.append(0, 1);
                Sampler sampler = Sampler.builder(f.model).greedy().build();
                sampler.close();
                sampler.close();
                sampler.sample(c, -1);
            })),
    /** Sampling with a chain for another vocabulary. */
    SAMPLE_FOR_ANOTHER_MODEL(
            IllegalArgumentException.class,
            f -> inContext(f, c -> {
                c.append(0, 1);
                try (Sampler sampler = Sampler.builder(f.other).greedy().build()) {
                    sampler.sample(c, -1);
                }
            })),
    /** A context after closing (C39). */
    DECODE_AFTER_CLOSE(IllegalStateException.class, f -> {
        Context context = f.context();
        context.close();
        context.close();
        context.append(0, 1);
    }),
    /** The memory of a closed context (C39). */
    MEMORY_AFTER_CLOSE(IllegalStateException.class, f -> {
        Context context = f.context();
        context.close();
        context.memory().clear(true);
    }),
    /** The state of a closed context (C37). */
    STATE_AFTER_CLOSE(IllegalStateException.class, f -> {
        Context context = f.context();
        context.close();
        context.state().save();
    }),
    /** A context of a closed model. */
    CONTEXT_OF_A_CLOSED_MODEL(IllegalStateException.class, f -> {
        Model model = Model.load(TestModels.tinychat());
        model.close();
        model.newContext(ContextOptions.defaults());
    }),
    /** A sampler of a closed model. */
    SAMPLER_OF_A_CLOSED_MODEL(IllegalStateException.class, f -> {
        Model model = Model.load(TestModels.tinychat());
        model.close();
        Sampler.builder(model).greedy().build();
    }),
    /** A state that is noise (C35). */
    STATE_IS_NOISE(
            StateException.class,
            f -> inContext(f, c -> {
                byte[] noise = new byte[100_000];
                new Random(1).nextBytes(noise);
                c.state().restore(noise);
            })),
    /** A state that is cut off (C35). */
    STATE_IS_CUT(
            StateException.class,
            f -> inContext(f, c -> {
                c.append(0, 1, 2, 3);
                byte[] state = c.state().save();
                c.state().restore(Arrays.copyOf(state, state.length - 1));
            })),
    /** The state of a sequence with changed bytes, which made llama.cpp hang (N). */
    STATE_IS_CHANGED(
            StateException.class,
            f -> inContext(f, c -> {
                c.append(0, 1, 2, 3);
                byte[] state = c.state().saveSequence(0);
                Random random = new Random(2);
                int refused = 0;
                for (int i = 0; i < 500; i++) {
                    byte[] changed = state.clone();
                    changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                    try {
                        c.state().restoreSequence(0, changed);
                    } catch (StateException expected) {
                        refused++;
                    }
                }
                if (refused == 500) {
                    throw new StateException("all refused");
                }
            })),
    /** The state of another model (C35). */
    STATE_OF_ANOTHER_MODEL(StateException.class, f -> {
        try (Context from = f.other.newContext(Contexts.small().build());
                Context to = f.context()) {
            from.append(0, 1, 2, 3);
            to.state().restoreSequence(0, from.state().saveSequence(0));
        }
    }),
    /** The state of a context of another size (C35). */
    STATE_OF_ANOTHER_SHAPE(StateException.class, f -> {
        try (Context from =
                        f.model.newContext(Contexts.small().contextSize(1024).build());
                Context to = f.context()) {
            from.append(0, 1, 2, 3);
            to.state().restore(from.state().save());
        }
    }),
    /** The state of a longer sequence than there is room for (C35). */
    STATE_WITHOUT_ROOM(StateException.class, f -> {
        try (Context from =
                        f.model.newContext(Contexts.small().contextSize(1024).build());
                Context to =
                        f.model.newContext(Contexts.small().contextSize(256).build())) {
            from.append(0, new int[600]);
            to.state().restoreSequence(0, from.state().saveSequence(0));
        }
    }),
    /** The state of a sequence that does not exist (N). */
    STATE_OF_UNKNOWN_SEQUENCE(
            IllegalArgumentException.class, f -> inContext(f, c -> c.state().saveSequence(7))),
    /** A missing adapter (N). */
    MISSING_ADAPTER(ModelLoadException.class, f -> f.model.loadAdapter(f.folder.resolve("absent.gguf"))),
    /** A model in place of an adapter (N). */
    MODEL_AS_ADAPTER(ModelLoadException.class, f -> f.model.loadAdapter(TestModels.tinychat())),
    /** An adapter for something else (N). */
    EMPTY_ADAPTER(
            ModelLoadException.class,
            f -> f.model.loadAdapter(write(
                    f,
                    "adapter",
                    new GgufWriter()
                            .put("general.type", "adapter")
                            .put("general.architecture", "bert")
                            .put("adapter.type", "lora")))),
    /** Embeddings of a context that computes none (C14). */
    EMBEDDING_SWITCHED_OFF(
            IllegalStateException.class,
            f -> inContext(f, c -> {
                c.append(0, 1);
                c.embedding(-1);
            })),
    /** Logits of a model without an output layer: memory that nothing has written. */
    LOGITS_OF_AN_ENCODER(IllegalStateException.class, f -> {
        try (Context context = f.bertContext(Pooling.MEAN)) {
            context.append(0, 1, 2);
            context.logits(-1);
        }
    }),
    /** A pooled embedding without pooling (N). */
    POOLED_EMBEDDING_WITHOUT_POOLING(IllegalStateException.class, f -> {
        try (Context context = f.model.newContext(
                Contexts.small().embeddings(true).pooling(Pooling.NONE).build())) {
            context.append(0, 1);
            context.sequenceEmbedding(0);
        }
    }),
    /** A token's embedding although they are pooled. */
    TOKEN_EMBEDDING_WITH_POOLING(IllegalStateException.class, f -> {
        try (Context context = f.bertContext(Pooling.MEAN)) {
            context.append(0, 1, 2);
            context.embedding(0);
        }
    }),
    /** The embedding of a sequence that was not in the batch. */
    EMBEDDING_OF_AN_ABSENT_SEQUENCE(IllegalStateException.class, f -> {
        try (Context context = f.bert.newContext(Contexts.small()
                .embeddings(true)
                .pooling(Pooling.MEAN)
                .maxSequences(4)
                .build())) {
            context.append(0, 1, 2);
            context.sequenceEmbedding(3);
        }
    }),
    /** Pooled embeddings with a batch size that is no multiple of the sequences: asserts ggml_can_mul_mat (C15). */
    EMBEDDINGS_OF_UNEVEN_BATCHES(
            IllegalArgumentException.class,
            f -> f.bert.newContext(Contexts.small()
                    .batchSize(100)
                    .embeddings(true)
                    .pooling(Pooling.MEAN)
                    .maxSequences(64)
                    .build())),
    /** Encoding with a model that has no encoder (N). */
    ENCODE_WITHOUT_ENCODER(
            IllegalStateException.class,
            f -> inContext(f, c -> {
                Batch batch = new Batch(1);
                batch.add(1, 0, 0, true);
                c.encode(batch);
            })),
    /** Ranking with a model that has no head (N). */
    RANK_WITHOUT_HEAD(IllegalArgumentException.class, f -> f.bertContext(Pooling.RANK)),
    /** An input that must be computed at once and is larger than a micro-batch (C12). */
    WHOLE_INPUT_TOO_LONG(IllegalArgumentException.class, f -> {
        try (Context context = f.bert.newContext(Contexts.small()
                .batchSize(32)
                .microBatchSize(16)
                .embeddings(true)
                .build())) {
            context.append(0, new int[20]);
        }
    }),
    /** More positions than a model with learned ones has (C16). */
    POSITION_NOT_LEARNED(IllegalArgumentException.class, f -> {
        try (Context context = f.bertContext(Pooling.MEAN)) {
            context.append(0, new int[65]);
        }
    }),
    /** Attending in both directions with more tokens than a micro-batch (C12). */
    NON_CAUSAL_INPUT_TOO_LONG(IllegalArgumentException.class, f -> {
        try (Context context = f.model.newContext(
                Contexts.small().batchSize(64).microBatchSize(16).build())) {
            context.setCausalAttention(false);
            context.append(0, new int[20]);
        }
    }),
    /** A cache for a thousand million positions (N). */
    ENDLESS_CONTEXT(
            ContextCreationException.class,
            f -> f.model.newContext(Contexts.small().contextSize(1 << 30).build())),
    /** The largest number of positions. */
    LARGEST_CONTEXT(
            ContextCreationException.class,
            f -> f.model.newContext(
                    Contexts.small().contextSize(Integer.MAX_VALUE).build())),
    /** A micro-batch that no memory holds. */
    ENDLESS_MICRO_BATCH(
            ContextCreationException.class,
            f -> f.model.newContext(ContextOptions.builder()
                    .contextSize(1 << 20)
                    .batchSize(1 << 20)
                    .microBatchSize(1 << 20)
                    .build())),
    /** A quantized value cache without flash attention. */
    QUANTIZED_VALUES_WITHOUT_FLASH_ATTENTION(
            IllegalArgumentException.class,
            f -> Contexts.small()
                    .valueType(KvCacheType.Q8_0)
                    .flashAttention(FlashAttention.DISABLED)
                    .build()),
    /** A control vector for a model of another width, which llama.cpp would copy past its end. */
    VECTOR_OF_ANOTHER_WIDTH(
            IllegalArgumentException.class,
            f -> inContext(f, c -> c.setControlVector(ControlVector.of(Map.of(1, new float[100_000]))))),
    /** A control vector with more layers than the model. */
    VECTOR_WITH_TOO_MANY_LAYERS(
            IllegalArgumentException.class,
            f -> inContext(
                    f,
                    c -> c.setControlVector(ControlVector.of(
                            Map.of(4000, new float[f.model.info().embeddingSize()]))))),
    /** A control vector in a closed context (C39). */
    VECTOR_AFTER_CLOSE(IllegalStateException.class, f -> {
        Context context = f.context();
        context.close();
        context.removeControlVector();
    }),
    /** Embeddings that are shorter than llama.cpp reads. */
    EMBEDDING_INPUT_TOO_NARROW(
            IllegalArgumentException.class,
            f -> inContext(f, c -> {
                Batch batch = Batch.ofEmbeddings(2, 3);
                batch.add(new float[3], 0, 0, false);
                batch.add(new float[3], 1, 0, true);
                c.decode(batch);
            })),
    /** An embedding of another size than the batch's. */
    EMBEDDING_INPUT_OF_ANOTHER_SIZE(
            IllegalArgumentException.class, f -> Batch.ofEmbeddings(1, 4).add(new float[5], 0, 0, true)),
    /** Tokens and embeddings in one batch. */
    TOKEN_AMONG_EMBEDDINGS(
            IllegalStateException.class, f -> Batch.ofEmbeddings(1, 4).add(1, 0, 0, true)),
    /** More embeddings than memory holds. */
    ENDLESS_EMBEDDINGS(IllegalArgumentException.class, f -> Batch.ofEmbeddings(Batch.MAX_CAPACITY, Integer.MAX_VALUE)),
    /** More embeddings than the context has positions (N). */
    EMBEDDINGS_WITHOUT_ROOM(
            ContextFullException.class,
            f -> inContext(f, c -> {
                int size = f.model.info().inputEmbeddingSize();
                Batch batch = Batch.ofEmbeddings(600, size);
                for (int i = 0; i < 600; i++) {
                    batch.add(new float[size], i, 0, i == 599);
                }
                c.decode(batch);
            })),
    /** What a closed chain has measured: llama.cpp aborts where it is given no chain. */
    COUNTERS_OF_A_CLOSED_CHAIN(IllegalStateException.class, f -> {
        Sampler sampler = Sampler.builder(f.model).greedy().build();
        sampler.close();
        sampler.performance();
    }),
    /** One position, fewer than the warm-up of other programs decodes (C18). */
    SMALLEST_CONTEXT(Survived.class, f -> {
        try (Context context = f.model.newContext(
                Contexts.small().contextSize(1).batchSize(1).microBatchSize(1).build())) {
            context.append(0, 1, 2, 3);
            throw new Survived();
        }
    }),
    /** A mean over a sequence whose id is larger than the number of tokens (C13). */
    MEAN_OF_THE_LAST_SEQUENCE(Survived.class, f -> {
        try (Context context = f.bert.newContext(Contexts.small()
                .embeddings(true)
                .pooling(Pooling.MEAN)
                .maxSequences(4)
                .build())) {
            context.append(3, 1);
            context.sequenceEmbedding(3);
            throw new Survived();
        }
    }),
    /** An embedding for each of more tokens than the usual micro-batch (C17). */
    MANY_TOKEN_EMBEDDINGS(Survived.class, f -> {
        try (Context context = f.model.newContext(Contexts.small()
                .contextSize(1024)
                .batchSize(1024)
                .embeddings(true)
                .pooling(Pooling.NONE)
                .build())) {
            context.append(0, new int[900]);
            context.embedding(899);
            throw new Survived();
        }
    }),
    /** Opened and closed without anything in between (C38). */
    NEVER_USED(Survived.class, f -> {
        for (int i = 0; i < 20; i++) {
            Model model = Model.load(TestModels.tinychat());
            model.newContext(Contexts.small().build()).close();
            model.close();
        }
        throw new Survived();
    }),
    /** Closing while states are saved (C37). */
    CLOSED_WHILE_A_STATE_IS_SAVED(IllegalStateException.class, f -> {
        Context context = f.context();
        context.append(0, new int[400]);
        Thread closing = new Thread(context::close);
        closing.start();
        while (true) {
            context.state().save();
        }
    }),
    /** Two contexts of a model that compute at once (C41). */
    TWO_CONTEXTS_AT_ONCE(Survived.class, f -> {
        Thread other = new Thread(() -> inContext(f, c -> c.append(0, new int[400])));
        other.start();
        inContext(f, c -> c.append(0, new int[400]));
        try {
            other.join();
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
        throw new Survived();
    }),
    /** A negative number of threads. */
    NEGATIVE_THREADS(IllegalArgumentException.class, f -> inContext(f, c -> c.setThreads(-1, 1)));

    /** What is thrown where others come down and nothing is wrong. */
    private static final class Survived extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private interface Body {
        void run(Fixture fixture) throws IOException;
    }

    private final Class<? extends RuntimeException> expected;

    @SuppressWarnings("ImmutableEnumChecker") // the bodies hold no state
    private final Body body;

    Misuse(Class<? extends RuntimeException> expected, Body body) {
        this.expected = expected;
        this.body = body;
    }

    /** What the library must throw. */
    Class<? extends RuntimeException> expected() {
        return expected;
    }

    void commit(Fixture fixture) {
        try {
            body.run(fixture);
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
    }

    private static void inContext(Fixture fixture, Consumer<Context> body) {
        try (Context context = fixture.context()) {
            body.accept(context);
        }
    }

    private static void sampling(Fixture fixture, float value) {
        float[] logits = new float[fixture.model.tokenizer().size()];
        Arrays.fill(logits, value);
        try (Sampler sampler = Sampler.builder(fixture.model).distribution(1).build()) {
            sampler.sample(logits);
        }
    }

    private static Path write(Fixture fixture, String name, GgufWriter file) throws IOException {
        return Files.write(fixture.folder.resolve(name + ".gguf"), file.toBytes());
    }
}
