package io.github.llamacpp4j.engine;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

@Name("io.github.llamacpp4j.EngineRequest")
@Label("Engine Request")
@Category("llamacpp4j")
@StackTrace(false)
final class RequestFlightEvent extends Event {

    @Label("Request")
    long requestId;

    @Label("Finish Reason")
    String finishReason = "";

    @Label("Failure")
    String failure = "";

    @Label("Prompt Tokens")
    int promptTokens;

    @Label("Cached Tokens")
    int cachedTokens;

    @Label("Generated Tokens")
    int generatedTokens;

    @Label("Queue Time")
    @Timespan(Timespan.NANOSECONDS)
    long queuedNanos;

    @Label("Time To First Token")
    @Timespan(Timespan.NANOSECONDS)
    long firstTokenNanos;

    @Label("Total Time")
    @Timespan(Timespan.NANOSECONDS)
    long totalNanos;

    void fillFailed(long id, int tokensOfPrompt, Throwable cause) {
        requestId = id;
        failure = cause.toString();
        promptTokens = tokensOfPrompt;
    }

    void fill(long id, FinishedEvent end) {
        requestId = id;
        finishReason = end.reason().name();
        promptTokens = end.usage().promptTokens();
        cachedTokens = end.usage().cachedTokens();
        generatedTokens = end.usage().generatedTokens();
        queuedNanos = end.timings().queued().toNanos();
        firstTokenNanos = end.timings().firstToken().toNanos();
        totalNanos = end.timings().total().toNanos();
    }
}
