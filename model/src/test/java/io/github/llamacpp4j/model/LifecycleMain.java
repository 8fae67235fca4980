package io.github.llamacpp4j.model;

import io.github.llamacpp4j.testkit.base.ProcessMemory;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Opens and closes in every order, from several threads and while others compute. The first argument is what to do, the
 * second how often.
 */
final class LifecycleMain {

    private static final String PROMPT = "Tell me a story about a fox.";

    private LifecycleMain() {}

    public static void main(String[] arguments) throws Exception {
        int times = Integer.parseInt(arguments[1]);
        switch (arguments[0]) {
            case "cycles" -> cycles(times);
            case "orders" -> orders(times);
            case "races" -> races(times);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.println("alive");
    }

    /** Open, generate, close; prints the resident memory after one half and at the end. */
    private static void cycles(int times) {
        for (int i = 0; i < times; i++) {
            try (Model model = Model.load(TestModels.tinychat());
                    Context context = model.newContext(Contexts.small().build());
                    Sampler sampler = Sampler.builder(model)
                            .penalties(64, 1.1f, 0, 0)
                            .topK(40)
                            .temperature(0.8f)
                            .distribution(i)
                            .build()) {
                generate(model, context, sampler, 8);
                context.state().restoreSequence(0, context.state().saveSequence(0));
            }
            if (i == times / 2 || i == times - 1) {
                System.out.println("resident " + ProcessMemory.residentBytes());
            }
        }
    }

    /** Closes model, context and sampler in every order, each twice, with and without having computed. */
    private static void orders(int times) {
        Random random = new Random(3);
        for (int i = 0; i < times; i++) {
            Model model = Model.load(TestModels.tinychat());
            Context context = model.newContext(Contexts.small().build());
            Context second = model.newContext(Contexts.small().build());
            Sampler sampler = Sampler.builder(model).greedy().build();
            if (random.nextBoolean()) {
                generate(model, context, sampler, 2);
            }
            List<AutoCloseable> parts = new ArrayList<>(List.of(model, context, second, sampler));
            parts.addAll(List.of(model, context, second, sampler));
            Collections.shuffle(parts, random);
            parts.forEach(LifecycleMain::close);
            if (context.isOpen() || model.isOpen() || sampler.isOpen()) {
                throw new AssertionError("still open");
            }
        }
    }

    /** Two threads close everything while two others generate with it. */
    private static void races(int times) throws Exception {
        AtomicInteger refused = new AtomicInteger();
        for (int i = 0; i < times; i++) {
            Model model = Model.load(TestModels.tinychat());
            Context context =
                    model.newContext(Contexts.small().contextSize(2048).build());
            Sampler sampler = Sampler.builder(model).greedy().build();
            CountDownLatch started = new CountDownLatch(2);
            Runnable generating = () -> {
                started.countDown();
                try {
                    while (context.isOpen()) {
                        context.memory().clear(false);
                        generate(model, context, sampler, 40);
                    }
                } catch (IllegalStateException | IllegalArgumentException | DecodeException closed) {
                    refused.incrementAndGet();
                }
            };
            List<Thread> threads = new ArrayList<>(List.of(new Thread(generating), new Thread(generating)));
            threads.forEach(Thread::start);
            started.await();
            Thread.sleep(i % 10);
            List<Thread> closing = List.of(
                    new Thread(() -> List.of(model, context, sampler).forEach(LifecycleMain::close)),
                    new Thread(() -> List.of(sampler, context, model).forEach(LifecycleMain::close)));
            closing.forEach(Thread::start);
            threads.addAll(closing);
            for (Thread thread : threads) {
                thread.join();
            }
            if (context.isOpen() || model.isOpen() || sampler.isOpen()) {
                throw new AssertionError("still open");
            }
        }
        System.out.println("refused " + refused);
    }

    private static void generate(Model model, Context context, Sampler sampler, int tokens) {
        context.append(0, model.tokenizer().encode(PROMPT));
        for (int i = 0; i < tokens; i++) {
            context.append(0, sampler.sample(context, -1));
        }
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception impossible) {
            throw new AssertionError(impossible);
        }
    }
}
