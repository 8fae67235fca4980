package io.github.llamacpp4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** What benchmarks under load send. */
final class Workloads {

    private static final int SHARED_PREFIX_TOKENS = 1000;
    private static final int PREFIX_CALLERS = 8;
    private static final int DECODED_PROMPT_TOKENS = 150;
    private static final int NEWCOMER_TOKENS = 1500;
    private static final int INTERFERED_STREAMS = 3;
    private static final int INTERFERED_TOKENS = 160;
    private static final int TOKENS_BEFORE_NEWCOMER = 8;

    /** Answers reach the maximum of tokens: the list has to be longer. */
    private static final String PLAIN_SCHEMA = """
            {"type":"array","minItems":400,"items":{"type":"object","properties":{"name":{"type":"string"},\
            "age":{"type":"integer","minimum":0,"maximum":120},"city":{"type":"string"}},"required":["name","age","city"]}}""";

    private static final String LONG_KEYS_SCHEMA = """
            {"type":"array","minItems":400,"items":{"type":"object","properties":{\
            "is_the_customer_a_natural_person":{"type":"boolean"},\
            "number_of_items_in_the_shopping_cart":{"type":"integer","minimum":0,"maximum":99},\
            "preferred_method_of_payment":{"enum":["card","cash"]}},\
            "required":["is_the_customer_a_natural_person","number_of_items_in_the_shopping_cart",\
            "preferred_method_of_payment"]}}""";

    private final PromptTexts texts;

    Workloads(PromptTexts texts) {
        this.texts = texts;
    }

    /** The seed's table of single requests: short, medium and long prompts with 32 and 128 tokens. */
    List<Workload> single() {
        List<Workload> points = new ArrayList<>();
        Map<String, Integer> lengths = new LinkedHashMap<>();
        lengths.put("short", 6);
        lengths.put("medium", 100);
        lengths.put("long", 500);
        lengths.forEach((name, count) -> {
            for (int tokens : List.of(32, 128)) {
                points.add(new Workload("single", name + ", " + tokens + " tokens", target -> {
                    LoadReply reply = target.send(new LoadRequest(texts.fresh(count), tokens), () -> {});
                    Map<String, Double> values = new LinkedHashMap<>();
                    values.put("prompt_tokens", (double) reply.promptTokens());
                    values.put("seconds", reply.seconds());
                    values.put("ips", 1 / reply.seconds());
                    values.put("ttft_ms", 1000 * reply.firstTokenSeconds());
                    values.put("tokens_per_second", reply.tokensPerSecond());
                    return values;
                }));
            }
        });
        return points;
    }

    /** The seed's table of the server: so many short requests at once. */
    Workload concurrency(int callers, int tokens) {
        return new Workload("concurrency", Integer.toString(callers), target -> {
            target.averageBatch();
            long start = System.nanoTime();
            List<LoadReply> replies = together(target, callers, () -> new LoadRequest(texts.fresh(0), tokens));
            double wall = (System.nanoTime() - start) / 1e9;
            Map<String, Double> values = new LinkedHashMap<>();
            int generated = replies.stream().mapToInt(LoadReply::tokens).sum();
            values.put("wall_ms", 1000 * wall);
            values.put("tokens_per_second", generated / wall);
            values.put(
                    "per_request_tokens_per_second",
                    median(replies.stream().map(LoadReply::tokensPerSecond).toList()));
            values.put(
                    "ttft_ms",
                    1000
                            * median(replies.stream()
                                    .map(LoadReply::firstTokenSeconds)
                                    .toList()));
            target.averageBatch().ifPresent(batch -> values.put("average_batch", batch));
            return values;
        });
    }

    /** So many sequences generate together: the speed of the steps in which all of them do, and of the whole. */
    Workload decode(int sequences, int tokens) {
        return new Workload("decode", Integer.toString(sequences), target -> {
            target.decodeSpeed(sequences);
            long start = System.nanoTime();
            List<LoadReply> replies =
                    together(target, sequences, () -> new LoadRequest(texts.fresh(DECODED_PROMPT_TOKENS), tokens));
            double wall = (System.nanoTime() - start) / 1e9;
            Map<String, Double> values = new LinkedHashMap<>();
            values.put("prompt_tokens", (double) replies.getFirst().promptTokens());
            target.decodeSpeed(sequences).ifPresent(speed -> values.put("decode_tokens_per_second", speed));
            values.put(
                    "total_tokens_per_second",
                    replies.stream().mapToInt(LoadReply::tokens).sum() / wall);
            return values;
        });
    }

    /** A long beginning that all prompts share: read once, then used at once and one after another. */
    Workload prefix(int tokens) {
        return new Workload("prefix", "shared " + texts.length(SHARED_PREFIX_TOKENS) + " tokens", target -> {
            String shared = texts.fresh(SHARED_PREFIX_TOKENS);
            LoadReply cold = target.send(new LoadRequest(shared + texts.question(), tokens), () -> {});
            List<LoadReply> warm =
                    together(target, PREFIX_CALLERS, () -> new LoadRequest(shared + texts.question(), tokens));
            List<LoadReply> inTurn = new ArrayList<>();
            for (int i = 0; i < PREFIX_CALLERS; i++) {
                inTurn.add(target.send(new LoadRequest(shared + texts.question(), tokens), () -> {}));
            }
            Map<String, Double> values = new LinkedHashMap<>();
            values.put("prompt_tokens", (double) cold.promptTokens());
            values.put("cold_ttft_ms", 1000 * cold.firstTokenSeconds());
            values.put(
                    "together_ttft_ms",
                    1000
                            * median(warm.stream()
                                    .map(LoadReply::firstTokenSeconds)
                                    .toList()));
            values.put(
                    "serial_ttft_ms",
                    1000
                            * median(inTurn.stream()
                                    .map(LoadReply::firstTokenSeconds)
                                    .toList()));
            values.put(
                    "cached_tokens",
                    median(warm.stream()
                            .map(reply -> (double) reply.cachedTokens())
                            .toList()));
            return values;
        });
    }

    /** Free text, text under a schema, and text under a schema with long names of members, one after another. */
    Workload schema(int callers, int tokens) {
        return new Workload("schema", Integer.toString(callers), target -> {
            double free = speed(target, callers, () -> new LoadRequest(texts.fresh(0), tokens));
            double plain = speed(target, callers, () -> new LoadRequest(texts.fresh(0), tokens, PLAIN_SCHEMA));
            double keys = speed(target, callers, () -> new LoadRequest(texts.fresh(0), tokens, LONG_KEYS_SCHEMA));
            Map<String, Double> values = new LinkedHashMap<>();
            values.put("free_tokens_per_second", free);
            values.put("schema_tokens_per_second", plain);
            values.put("long_keys_tokens_per_second", keys);
            values.put("schema_ratio", plain / free);
            values.put("long_keys_ratio", keys / free);
            return values;
        });
    }

    private static double speed(LoadTarget target, int callers, Supplier<LoadRequest> requests) {
        long start = System.nanoTime();
        List<LoadReply> replies = together(target, callers, requests);
        double wall = (System.nanoTime() - start) / 1e9;
        return replies.stream().mapToInt(LoadReply::tokens).sum() / wall;
    }

    /** Three streams run while a long prompt arrives: how long they stand still. */
    Workload interference() {
        return new Workload("interference", texts.length(NEWCOMER_TOKENS) + " tokens arrive", target -> {
            CountDownLatch running = new CountDownLatch(INTERFERED_STREAMS * TOKENS_BEFORE_NEWCOMER);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<LoadReply>> streams = new ArrayList<>();
                for (int i = 0; i < INTERFERED_STREAMS; i++) {
                    LoadRequest request = new LoadRequest(texts.fresh(0), INTERFERED_TOKENS);
                    streams.add(threads.submit(() -> target.send(request, running::countDown)));
                }
                awaitUninterrupted(running);
                LoadReply newcomer = target.send(new LoadRequest(texts.fresh(NEWCOMER_TOKENS), 8), () -> {});
                long from = newcomer.startNanos();
                long to = newcomer.arrivalNanos().getFirst();
                double longest = 0;
                for (Future<LoadReply> stream : streams) {
                    longest = Math.max(longest, join(stream).longestGapSeconds(from, to));
                }
                Map<String, Double> values = new LinkedHashMap<>();
                values.put("prompt_tokens", (double) newcomer.promptTokens());
                values.put("longest_gap_ms", 1000 * longest);
                values.put("newcomer_ttft_ms", 1000 * newcomer.firstTokenSeconds());
                return values;
            }
        });
    }

    /** The seed's table of thinking on and off. */
    List<Workload> thinking(int tokens) {
        List<Workload> points = new ArrayList<>();
        for (boolean on : new boolean[] {true, false}) {
            points.add(new Workload("thinking", on ? "on" : "off", target -> {
                LoadReply reply = target.send(new LoadRequest(texts.fresh(40), tokens, on), () -> {});
                Map<String, Double> values = new LinkedHashMap<>();
                values.put("prompt_tokens", (double) reply.promptTokens());
                values.put("output_tokens", (double) reply.tokens());
                values.put("ttft_ms", 1000 * reply.firstTokenSeconds());
                values.put("prompt_tokens_per_second", reply.promptTokens() / reply.firstTokenSeconds());
                values.put("generation_tokens_per_second", reply.generationSpeed());
                values.put("seconds", reply.seconds());
                return values;
            }));
        }
        return points;
    }

    private static List<LoadReply> together(LoadTarget target, int callers, Supplier<LoadRequest> requests) {
        List<LoadRequest> all = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            all.add(requests.get());
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<LoadReply>> futures = all.stream()
                    .map(request -> threads.submit(() -> target.send(request, () -> {})))
                    .toList();
            return futures.stream().map(Workloads::join).toList();
        }
    }

    private static LoadReply join(Future<LoadReply> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", "interrupted while measuring");
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", "interrupted while measuring");
        }
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
