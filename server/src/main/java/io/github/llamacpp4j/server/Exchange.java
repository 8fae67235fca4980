package io.github.llamacpp4j.server;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One request as an endpoint sees it: body read, parsed within limits, key checked. Used by the request's thread. */
interface Exchange {

    /** The body; duplicate keys, bad UTF-8 and exaggerated depth were refused before. */
    ObjectNode body();

    /** Who asks, for the engine's fair share: the same for all requests with one key, or from one address. */
    String caller();

    /** Whether unknown fields are errors. */
    boolean strict();

    /** Adds to the {@code warnings} header; before the answer begins. */
    void warn(String text);

    /** Sends the whole answer. */
    void json(int status, JsonNode body);

    /**
     * Begins an answer with status 200 and type {@code text/event-stream}. While nothing is sent, heart-beat comments go out by
     * themselves. Requests are submitted to the engine before, so that a refusal can still have its own status.
     */
    EventSink events();

    /**
     * Runs {@code action} when the client leaves before the answer is complete, on another thread; at once if it has left.
     * Meant for {@code Generation::close}, which ends the wait of the thread that reads the generation.
     */
    void onClientGone(Runnable action);
}
