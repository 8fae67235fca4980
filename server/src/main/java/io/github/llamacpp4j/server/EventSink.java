package io.github.llamacpp4j.server;

import tools.jackson.databind.JsonNode;

/** A stream of server-sent events to one client. Used by the request's thread. */
interface EventSink extends AutoCloseable {

    /**
     * Sends one {@code data:} event and whatever was {@link #add added} before it.
     *
     * @throws ClientGoneException if the client has left
     */
    void send(JsonNode data);

    /** Adds one {@code data:} event that goes out with the next {@link #flush} or {@link #done}: one write for a batch of events. */
    void add(JsonBuffer json);

    /**
     * Sends what was {@link #add added}.
     *
     * @throws ClientGoneException if the client has left
     */
    void flush();

    /** Sends {@code data: [DONE]}, the last event. */
    void done();

    /** Whether the client is known to have left. */
    boolean clientGone();

    /** As {@link Exchange#onClientGone}. */
    void onClientGone(Runnable action);

    /** Ends the stream. May be called more than once. */
    @Override
    void close();
}
