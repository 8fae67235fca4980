package io.github.llamacpp4j.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** The requests between callers and the engine: bounded, none lost, none taken twice. */
public class RequestQueueStress {

    /** Two callers and one place. */
    @JCStressTest
    @Outcome(
            id = {"true, false, 1", "false, true, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "one of them got it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both or none")
    @State
    public static class OnePlace {
        private final RequestQueue queue = new RequestQueue(1);

        @Actor
        public void first(ZZI_Result result) {
            result.r1 = queue.offer(Stress.request(1), (sequence, length) -> {});
        }

        @Actor
        public void second(ZZI_Result result) {
            result.r2 = queue.offer(Stress.request(2), (sequence, length) -> {});
        }

        @Arbiter
        public void count(ZZI_Result result) {
            result.r3 = queue.size();
        }
    }

    /** Two takers and one request. */
    @JCStressTest
    @Outcome(
            id = {"true, false, 0", "false, true, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "one of them got it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "taken twice or lost")
    @State
    public static class OneRequest {
        private final RequestQueue queue = new RequestQueue(4);

        /** Puts the request there. */
        public OneRequest() {
            queue.offer(Stress.request(1), (sequence, length) -> {});
        }

        @Actor
        public void first(ZZI_Result result) {
            result.r1 = queue.take(sequence -> true, sequence -> 1) != null;
        }

        @Actor
        public void second(ZZI_Result result) {
            result.r2 = queue.take(sequence -> true, sequence -> 1) != null;
        }

        @Arbiter
        public void count(ZZI_Result result) {
            result.r3 = queue.size();
        }
    }

    /** A caller while the queue closes: taken, or told so. */
    @JCStressTest
    @Outcome(
            id = {"true, 1", "false, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "in the queue or refused")
    @Outcome(expect = Expect.FORBIDDEN, desc = "refused but in the queue, or the other way round")
    @State
    public static class Closing {
        private final RequestQueue queue = new RequestQueue(4);

        @Actor
        public void offer(ZI_Result result) {
            try {
                result.r1 = queue.offer(Stress.request(1), (sequence, length) -> {});
            } catch (EngineClosedException e) {
                result.r1 = false;
            }
        }

        @Actor
        public void close() {
            queue.close(Stress.failure());
        }

        @Arbiter
        public void count(ZI_Result result) {
            result.r2 = queue.size();
        }
    }
}
