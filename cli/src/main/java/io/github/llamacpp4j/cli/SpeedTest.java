package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.model.Batch;
import io.github.llamacpp4j.model.Context;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * One measurement as llama-bench makes it: decode a prompt of random tokens in batches, or random tokens one by one, in
 * an empty context, without sampling.
 *
 * @param promptTokens how many tokens are decoded in batches; 0 when generation is measured
 * @param generatedTokens how many tokens are decoded one by one; 0 when the prompt is measured
 * @param threads how many threads compute
 */
record SpeedTest(int promptTokens, int generatedTokens, int threads) {

    private static final int BATCH_SIZE = 2048;
    private static final int MICRO_BATCH_SIZE = 512;
    private static final long SEED = 1;

    /**
     * The speed of each repetition.
     *
     * @param perSecond tokens per second
     */
    record Speeds(List<Double> perSecond) {

        double mean() {
            return perSecond.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        }

        /** The standard deviation of the sample. */
        double deviation() {
            double mean = mean();
            double squares = perSecond.stream()
                    .mapToDouble(value -> (value - mean) * (value - mean))
                    .sum();
            return perSecond.size() < 2 ? 0 : Math.sqrt(squares / (perSecond.size() - 1));
        }
    }

    /** The name that llama-bench gives this test, such as {@code pp512}. */
    String label() {
        if (generatedTokens == 0) {
            return "pp" + promptTokens;
        }
        return promptTokens == 0 ? "tg" + generatedTokens : "pp" + promptTokens + "+tg" + generatedTokens;
    }

    /** Runs once to warm up and then {@code repetitions} times. */
    Speeds run(Model model, int repetitions, LongSupplier nanoClock) {
        ContextOptions options = ContextOptions.builder()
                .contextSize(Math.max(promptTokens + generatedTokens, 1))
                .batchSize(BATCH_SIZE)
                .microBatchSize(MICRO_BATCH_SIZE)
                .threads(threads)
                .batchThreads(threads)
                .build();
        try (Context context = model.newContext(options)) {
            Batch batch = new Batch(Math.min(BATCH_SIZE, context.batchSize()));
            SplittableRandom random = new SplittableRandom(SEED);
            decodePrompt(context, batch, random, promptTokens);
            decodeOneByOne(context, batch, random, Math.min(generatedTokens, 1));
            List<Double> perSecond = new ArrayList<>();
            for (int i = 0; i < repetitions; i++) {
                context.memory().clear(false);
                long start = nanoClock.getAsLong();
                decodePrompt(context, batch, random, promptTokens);
                decodeOneByOne(context, batch, random, generatedTokens);
                perSecond.add(1e9 * (promptTokens + generatedTokens) / (nanoClock.getAsLong() - start));
            }
            return new Speeds(perSecond);
        }
    }

    private static void decodePrompt(Context context, Batch batch, SplittableRandom random, int count) {
        for (int done = 0; done < count; ) {
            batch.clear();
            int end = Math.min(count, done + batch.capacity());
            for (; done < end; done++) {
                batch.add(random.nextInt(context.vocabularySize()), done, 0, done == end - 1);
            }
            context.decode(batch);
        }
    }

    private void decodeOneByOne(Context context, Batch batch, SplittableRandom random, int count) {
        for (int i = 0; i < count; i++) {
            batch.clear();
            batch.add(random.nextInt(context.vocabularySize()), promptTokens + i, 0, true);
            context.decode(batch);
        }
    }
}
