package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.EngineListener;
import io.github.llamacpp4j.engine.EngineStep;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/** Holds an engine's thread at the end of a step, so that nothing happens in the engine before a test has seen it there. Thread-safe. */
final class Brake implements EngineListener {

    /** A step to stop at. */
    private record Place(Predicate<EngineStep> step, CountDownLatch reached, CountDownLatch open) {

        Place(Predicate<EngineStep> step) {
            this(step, new CountDownLatch(1), new CountDownLatch(1));
        }
    }

    private volatile Place place = new Place(step -> false);

    /** Lets the engine go on to the next step that is like this. */
    void holdAt(Predicate<EngineStep> step) {
        Place before = place;
        place = new Place(step);
        before.open().countDown();
    }

    /** Lets the engine go on. */
    void release() {
        holdAt(step -> false);
    }

    /** Waits until the engine is held. */
    void awaitHeld() {
        Await.latch(place.reached());
    }

    @Override
    public void stepped(EngineStep step) {
        Place here = place;
        if (here.step().test(step)) {
            here.reached().countDown();
            Await.latch(here.open());
        }
    }
}
