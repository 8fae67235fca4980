package io.github.llamacpp4j.engine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what an engine tells its listener. */
final class EventLog implements EngineListener {

    final List<String> lines = new CopyOnWriteArrayList<>();
    final List<EngineStep> steps = new CopyOnWriteArrayList<>();

    @Override
    public void admitted(long requestId, String caller, int promptTokens, int cachedTokens, long queuedNanos) {
        lines.add("admitted " + requestId);
    }

    @Override
    public void rejected(String caller, int queueLength) {
        lines.add("rejected " + caller);
    }

    @Override
    public void queued(long requestId, String caller, int queueLength) {
        lines.add("queued " + requestId);
    }

    @Override
    public void prefilled(long requestId, int tokens, int remainingTokens) {
        lines.add("prefilled " + requestId + " " + tokens);
    }

    @Override
    public void firstToken(long requestId, long nanos) {
        lines.add("first " + requestId);
    }

    @Override
    public void finished(long requestId, String caller, FinishedEvent end) {
        lines.add("finished " + requestId + " " + end.reason());
    }

    @Override
    public void failed(long requestId, String caller, Throwable cause) {
        lines.add("failed " + requestId + " " + cause.getClass().getSimpleName());
    }

    @Override
    public void evicted(int cells) {
        lines.add("evicted");
    }

    @Override
    public void preempted(long requestId, int cells) {
        lines.add("preempted " + requestId);
    }

    @Override
    public void stepped(EngineStep step) {
        steps.add(step);
    }

    @Override
    public void stuck(long nanos) {
        lines.add("stuck");
    }

    List<String> with(String prefix) {
        return lines.stream().filter(line -> line.startsWith(prefix)).toList();
    }

    @Override
    public String toString() {
        return lines.toString();
    }
}
