package io.github.llamacpp4j.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The events between the engine and a reader: in order, none lost, none twice, one end. */
public class EventBufferStress {

    /** A writer and a reader. */
    @JCStressTest
    @Outcome(
            id = {"T, E, -", "T, -, E", "-, T, E", "-, -, TE"},
            expect = Expect.ACCEPTABLE,
            desc = "in order")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost, twice or out of order")
    @State
    public static class Order {
        private final EventBuffer buffer = new EventBuffer(4, () -> {});

        @Actor
        public void write() {
            buffer.add(Stress.TOKEN);
            buffer.add(Stress.END);
        }

        @Actor
        public void read(LLL_Result result) {
            result.r1 = Stress.take(buffer);
            result.r2 = Stress.take(buffer);
        }

        @Arbiter
        public void rest(LLL_Result result) {
            String first = Stress.take(buffer);
            result.r3 = first.equals("T") ? first + Stress.take(buffer) : first;
        }
    }

    /** An end and a failure at once: one of them, not both. */
    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = Expect.ACCEPTABLE,
            desc = "one end")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two ends or none")
    @State
    public static class OneEnd {
        private final EventBuffer buffer = new EventBuffer(4, () -> {});

        @Actor
        public void finish() {
            buffer.add(Stress.END);
        }

        @Actor
        public void fail() {
            buffer.fail(Stress.failure());
        }

        @Arbiter
        public void ends(ZZ_Result result) {
            result.r1 = buffer.failure() != null;
            result.r2 = Stress.take(buffer).equals("E");
        }
    }

    /** A reader that leaves while the writer writes: the end can still be seen, tokens cannot. */
    @JCStressTest
    @Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "only the end is left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a token is left, or no end")
    @State
    public static class Discard {
        private final EventBuffer buffer = new EventBuffer(4, () -> {});

        @Actor
        public void write() {
            buffer.add(Stress.TOKEN);
            buffer.add(Stress.END);
        }

        @Actor
        public void leave() {
            buffer.discard();
        }

        @Arbiter
        public void rest(ZZ_Result result) {
            result.r1 = Stress.take(buffer).equals("E");
            result.r2 = !Stress.take(buffer).equals("-");
        }
    }
}
