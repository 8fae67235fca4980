package io.github.llamacpp4j.server;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a server is doing: loading, serving or draining, and how many requests are in work. Thread-safe. */
final class ServerState {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private volatile @Nullable Loaded loaded;
    private volatile boolean draining;
    private int active;

    private record Loaded(ServedModel model, Map<String, Endpoint> endpoints) {}

    /** Requests for {@code model} are answered from now on, by what {@code makers} make for each path. */
    void serve(ServedModel model, Map<String, Function<ServedModel, Endpoint>> makers) {
        Map<String, Endpoint> endpoints = new HashMap<>();
        makers.forEach((path, maker) -> endpoints.put(path, maker.apply(model)));
        loaded = new Loaded(model, Map.copyOf(endpoints));
    }

    /** The model, if it is loaded. */
    Optional<ServedModel> served() {
        Loaded current = loaded;
        return current == null ? Optional.empty() : Optional.of(current.model());
    }

    /**
     * The model.
     *
     * @throws ApiException if it is not loaded yet
     */
    ServedModel model() {
        return loaded().model();
    }

    /**
     * The model's endpoint for a path.
     *
     * @throws ApiException if the model is not loaded yet
     */
    Endpoint endpoint(String path) {
        Endpoint endpoint = loaded().endpoints().get(path);
        if (endpoint == null) {
            throw new IllegalStateException("no endpoint was made for " + path);
        }
        return endpoint;
    }

    private Loaded loaded() {
        Loaded current = loaded;
        if (current == null) {
            throw ErrorTable.unavailable("model_loading", "the model is still being loaded; try again soon");
        }
        return current;
    }

    /** Whether requests are taken. */
    boolean isReady() {
        return loaded != null && !draining;
    }

    boolean isDraining() {
        return draining;
    }

    /** How many requests are in work. */
    int active() {
        lock.lock();
        try {
            return active;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes in a request, which {@link #left} lets go.
     *
     * @throws ApiException if no more are taken
     */
    void enter() {
        lock.lock();
        try {
            if (draining) {
                throw ErrorTable.draining();
            }
            active++;
        } finally {
            lock.unlock();
        }
    }

    void left() {
        lock.lock();
        try {
            active--;
            if (active == 0) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more requests and waits for those in work; tells whether they were done in time. */
    boolean drain(Duration timeout) {
        lock.lock();
        try {
            draining = true;
            long remaining = timeout.toNanos();
            while (active > 0 && remaining > 0) {
                remaining = idle.awaitNanos(remaining);
            }
            return active == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
