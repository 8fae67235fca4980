package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.*;

import io.github.llamacpp4j.ffi.NativeHandle;
import io.github.llamacpp4j.ffi.generated.LlamaH;
import io.github.llamacpp4j.ffi.generated.llama_perf_sampler_data;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * llama.cpp's own sampler chain: filters that reorder, rescale and drop candidates, and at the end one that chooses a
 * token ({@code llama_sampler_chain}). It remembers what it has chosen, for penalties and the like: one for each sequence.
 *
 * <p>Thread-safe in that calls are served one after another. Made by {@link #builder(Model)}, closed by the caller; keeps
 * its model alive. After closing every method throws {@link IllegalStateException}.
 */
public final class Sampler implements AutoCloseable {

    private final NativeHandle model;
    private final NativeHandle handle;
    private final Candidates candidates;
    private final int vocabularySize;
    private final ReentrantLock lock = new ReentrantLock();

    /** Takes the chain over. */
    Sampler(NativeHandle model, MemorySegment chain, int vocabularySize) {
        Arena arena = Arena.ofShared();
        this.model = model;
        this.candidates = new Candidates(arena, vocabularySize);
        this.handle = NativeHandle.own("sampler", arena, chain, LlamaH::llama_sampler_free, model);
        this.vocabularySize = vocabularySize;
    }

    /**
     * A chain without any sampler yet.
     *
     * @param model the model whose logits are sampled
     */
    public static SamplerBuilder builder(Model model) {
        return new SamplerBuilder(model);
    }

    /**
     * Chooses a token by the logits of a context and remembers it.
     *
     * @param context the context, of the same model
     * @param index the index in its last batch, or -1 for the last token with an output
     * @return the token
     * @throws SamplingException if the logits are not numbers or every candidate is excluded
     * @throws IllegalArgumentException if that token has no output
     * @throws IllegalStateException if nothing has been decoded
     */
    public int sample(Context context, int index) {
        requireVocabulary(context.vocabularySize());
        return exclusively(() -> {
            context.exclusively(open -> {
                candidates.fill(context.logitsRow(index));
                return open;
            });
            return choose();
        });
    }

    /**
     * Chooses a token by given logits and remembers it.
     *
     * @param logits one number for each token of the vocabulary; negative infinity excludes a token
     * @return the token
     * @throws SamplingException if the logits are not numbers or every candidate is excluded
     * @throws IllegalArgumentException if there are not as many logits as tokens
     */
    public int sample(float[] logits) {
        requireVocabulary(logits.length);
        return exclusively(() -> {
            candidates.fill(MemorySegment.ofArray(logits));
            return choose();
        });
    }

    /**
     * What the last choice was made from: the probability of each token, 0 for those that the chain excluded. Of use where the
     * last stage draws.
     *
     * @throws IllegalStateException if nothing has been chosen yet
     */
    public float[] probabilities() {
        return exclusively(candidates::probabilities);
    }

    private int choose() {
        MemorySegment chain = handle.segment();
        llama_sampler_apply(chain, candidates.array());
        int token = candidates.selected();
        llama_sampler_accept(chain, token);
        return token;
    }

    private void requireVocabulary(int size) {
        if (size != vocabularySize) {
            throw new IllegalArgumentException("this sampler is made for " + vocabularySize + " logits, found " + size);
        }
    }

    /**
     * Remembers a token that was not chosen here, such as one of the prompt; what {@link #sample(Context, int)} chose is
     * remembered already.
     *
     * @throws IllegalArgumentException if the id is outside the vocabulary
     */
    public void accept(int token) {
        if (token < 0 || token >= vocabularySize) {
            throw new IllegalArgumentException("token ids go from 0 to " + (vocabularySize - 1) + ", found " + token);
        }
        exclusively(() -> {
            llama_sampler_accept(handle.segment(), token);
            return token;
        });
    }

    /** Forgets everything and starts the random numbers anew. */
    public void reset() {
        exclusively(() -> {
            llama_sampler_reset(handle.segment());
            return handle;
        });
    }

    /** A second chain in the same state, closed by the caller. */
    public Sampler copy() {
        return exclusively(() -> new Sampler(model, llama_sampler_clone(handle.segment()), vocabularySize));
    }

    /** llama.cpp's names of the samplers in their order; one that is switched off begins with a question mark. */
    public List<String> stages() {
        return exclusively(() -> {
            MemorySegment chain = handle.segment();
            return IntStream.range(0, llama_sampler_chain_n(chain))
                    .mapToObj(i -> llama_sampler_name(llama_sampler_chain_get(chain, i))
                            .getString(0))
                    .toList();
        });
    }

    /** The seed of the random numbers in use, 32 bits without sign; empty if nothing here is random. */
    public OptionalLong seed() {
        int seed = exclusively(() -> llama_sampler_get_seed(handle.segment()));
        return seed == SamplerBuilder.RANDOM_SEED
                ? OptionalLong.empty()
                : OptionalLong.of(Integer.toUnsignedLong(seed));
    }

    /** What was measured since the start or the last {@link #resetPerformance()}. */
    public SamplerCounters performance() {
        return exclusively(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment data = llama_perf_sampler(arena, handle.segment());
                return new SamplerCounters(
                        Duration.ofNanos((long) (llama_perf_sampler_data.t_sample_ms(data) * 1e6)),
                        llama_perf_sampler_data.n_sample(data));
            }
        });
    }

    /** Starts measuring anew. */
    public void resetPerformance() {
        exclusively(() -> {
            llama_perf_sampler_reset(handle.segment());
            return handle;
        });
    }

    /** Whether the sampler has not been closed yet. */
    public boolean isOpen() {
        return handle.isOpen();
    }

    private <T> T exclusively(Supplier<T> call) {
        lock.lock();
        try {
            return call.get();
        } finally {
            lock.unlock();
        }
    }

    /** Frees the chain. Closing twice does nothing. */
    @Override
    public void close() {
        exclusively(() -> {
            handle.close();
            return handle;
        });
    }
}
